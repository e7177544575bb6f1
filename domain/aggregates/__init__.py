"""The aggregates: a stream of events each, and what it accepts."""
