"""The run folder: what is in it, how it is written, listed and resumed."""
