"""The shape of every particle: outline and solid."""
