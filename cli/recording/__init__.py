"""What the commands share that record facts or begin files of facts."""
