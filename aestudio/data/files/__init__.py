"""Files and folders as such: how they are opened, listed, kept decoded, and named."""
