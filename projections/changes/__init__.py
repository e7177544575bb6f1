"""What changed between two answers."""
