"""Training as a generator of events; no disk, no printing, no window."""
