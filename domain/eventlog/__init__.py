"""The event log, in SQLite or PostgreSQL."""
