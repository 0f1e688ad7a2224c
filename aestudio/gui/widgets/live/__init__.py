"""What is used while a training goes on."""
