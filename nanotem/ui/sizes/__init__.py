"""The page Sizes."""
