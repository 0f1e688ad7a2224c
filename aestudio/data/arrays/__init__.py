"""Bare arrays, from files and from Python programs."""
