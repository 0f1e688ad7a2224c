"""Encoders and decoders as modules; they know shapes, not losses."""
