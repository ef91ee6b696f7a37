"""Drawn micrographs to learn from, by kind: what a segmentation network meets, and what it is to leave alone."""
