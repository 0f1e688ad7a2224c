"""The tests; ``python -m tests`` runs everything that has to hold."""
