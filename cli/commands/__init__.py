"""The commands of `aboard`, in the groups of its help: one module a command."""
