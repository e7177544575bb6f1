"""From events of the log to rows of the read model."""
