"""What every way in shares: open a database, load it, ask it, record in it."""
