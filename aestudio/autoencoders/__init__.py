"""One file per type of autoencoder; each says how a network and objectives compose."""
