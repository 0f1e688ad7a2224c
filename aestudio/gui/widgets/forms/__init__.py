"""Options as lines of a form, and what explains them."""
