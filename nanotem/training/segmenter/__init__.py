"""Training of the segmentation network, on drawn and on labelled micrographs."""
