"""A network that tells foreground and particles apart, trained on drawn and on real micrographs."""
