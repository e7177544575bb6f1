"""Connections to SQLite and PostgreSQL, the differences in their SQL, and the header of a log."""
