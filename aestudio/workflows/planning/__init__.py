"""What is decided before a training: the recipe for the data at hand, and what it will cost."""
