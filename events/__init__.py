"""The vocabulary everyone shares: frozen events, times with precision, citations.

This package module imports nothing, so that a reader of answers can use
:mod:`aboard.events.time` without paying for pydantic.
"""
