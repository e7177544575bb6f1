"""Keeping the read model up to date with the log."""
