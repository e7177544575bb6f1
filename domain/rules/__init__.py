"""Rules that span more than one stream."""
