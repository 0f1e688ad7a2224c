"""Several runs side by side: types, seeds, recipes, results."""
