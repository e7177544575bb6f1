"""The command line: options, commands, and how their answers are printed."""
