"""Stepping through history: each event that changed an answer."""
