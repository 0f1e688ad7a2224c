"""Texts become token arrays: cut into symbols, numbered, cut off or filled up to one length."""
