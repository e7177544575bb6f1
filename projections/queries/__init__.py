"""Questions to the read model; these need the standard library alone."""
