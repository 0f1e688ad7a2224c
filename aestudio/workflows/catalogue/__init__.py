"""What can be chosen, and the words for it."""
