"""Commands for the event log: read it, record in it, correct it."""
