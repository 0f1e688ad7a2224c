"""What became of runs: figures, verdicts, and a look inside the model."""
