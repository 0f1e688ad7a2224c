"""Published results, obtained again."""
