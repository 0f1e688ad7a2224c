"""How good a model is, in numbers, by samples that it has not learned from."""
