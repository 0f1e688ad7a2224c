"""Files that are damaged, odd or made to do harm, counted row by row (``python -m tests.hostile``)."""
