"""What `make check` holds true beside lint, types and layers: contracts, migrations and manifests."""
