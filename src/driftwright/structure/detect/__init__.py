"""What whole documents tell of a change that two shapes do not."""
