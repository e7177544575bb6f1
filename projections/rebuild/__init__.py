"""Building the read model from the beginning of the log."""
