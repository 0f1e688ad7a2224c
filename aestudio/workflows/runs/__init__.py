"""What a finished run can tell: its data, its curves, its faults, and what is inside its model."""
