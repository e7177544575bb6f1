"""`python -m aboard` is the `aboard` command."""

from aboard.cli.main import main

main()
