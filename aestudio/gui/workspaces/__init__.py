"""What the window shows one at a time: Data, Train, Runs."""
