"""`python -m aboard` is the `aboard` command."""

from aboard.cli import main

main()
