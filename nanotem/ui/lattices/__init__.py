"""The page Lattices."""
