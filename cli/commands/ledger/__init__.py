"""Commands for ledger files: write, check and load them."""
