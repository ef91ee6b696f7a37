"""Training of the judge: from labelled and drawn micrographs to trees with their card."""
