"""The page Classification."""
