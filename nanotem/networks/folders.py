"""Where networks lie."""

from pathlib import Path

MODELS = Path(__file__).parents[1] / "models"
"""Folder of the networks that come along."""
