"""Each type of autoencoder as a person would write it for one experiment, with torch alone."""
