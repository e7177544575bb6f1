"""Aboard: the flight recorder of human spaceflight."""

__version__ = "0.1.0"

RELEASED = 1_795_392_000
"""When this version was released, in Unix seconds: 2026-11-23T00:00:00Z."""
