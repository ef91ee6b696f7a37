"""Why the model said so, and whether to believe it."""
