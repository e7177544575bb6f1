"""What users type: the options that commands share, and the names in them."""
