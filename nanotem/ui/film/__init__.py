"""The page Film."""
