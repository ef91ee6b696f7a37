"""The page Explanation."""
