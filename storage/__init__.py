"""Connections to SQLite and PostgreSQL, and what their SQL differs in."""
