"""The segmentation network in use: it tells foreground and particles apart."""
