"""What there is to see of data before anything is learned from it."""
