"""What is special about a trained model: each file registers one way to look inside it."""
