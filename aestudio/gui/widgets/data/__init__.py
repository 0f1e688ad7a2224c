"""Data and its samples, before anything is trained on them."""
