"""The use of a trained model: codes, reconstructions, repairs, and files for other programs."""
