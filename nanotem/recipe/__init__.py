"""Everything that decides a result but the image and the corrections: parameters, and their files and links."""

from nanotem.recipe.recipe import Recipe

__all__ = ["Recipe"]
