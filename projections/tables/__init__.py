"""The tables of the read model, and their versions."""
