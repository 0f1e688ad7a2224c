"""Several data sets, each learned in a run of its own."""
