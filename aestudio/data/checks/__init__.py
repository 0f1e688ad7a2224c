"""What to look for in data that was read without an error, one file each."""
