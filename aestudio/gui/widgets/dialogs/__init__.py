"""Everything that opens above the window."""
