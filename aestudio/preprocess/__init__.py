"""Scaling fitted on the training split, invertible, and saved with the model."""
