"""One organisation's measurement, played through the public API, with every figure held against the input files."""
