"""Formats that only large foreign libraries can read, each decoded in a process of its own."""
