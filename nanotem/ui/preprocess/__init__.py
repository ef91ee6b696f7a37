"""The page Preprocess."""
