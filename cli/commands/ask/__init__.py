"""Commands that ask: who was where, and when."""
