"""Commands that look after a database: copy, rebuild, follow."""
