"""Training of the classifiers of outlines and solids, on drawn particles and on own pictures."""
