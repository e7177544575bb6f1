"""Aboard: the flight recorder of human spaceflight."""

__version__ = "0.1.0"
