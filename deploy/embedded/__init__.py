"""Everything on one machine: PostgreSQL from a wheel, a mail sink, and the services as their containers run them."""
