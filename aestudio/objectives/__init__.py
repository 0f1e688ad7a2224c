"""Pure functions with a citation each; they return one number per sample."""
