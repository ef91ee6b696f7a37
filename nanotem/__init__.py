"""Count, size and shape of nanoparticles in transmission electron micrographs."""

__version__ = "0.1.0"
