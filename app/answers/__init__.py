"""The answers of the Python interface: typed, immutable, documented."""
