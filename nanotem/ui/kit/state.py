"""What one visitor is working on: one object, one default."""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

import streamlit as st

from nanotem.edits.edits import EditLog
from nanotem.micrograph import Micrograph, Scale
from nanotem.recipe import Recipe
from nanotem.ui.kit.visits import Source


@dataclass
class Work:
    """The image, its scale and the parameters of one visitor."""

    micrograph: Micrograph | None = None
    source: Source | None = None
    """The file of the image, until it is kept on the server."""
    scale: Scale | None = None
    is_settled: bool = False
    """Whether the scale is what a file, a reading or a person says; else the picture is still to be read."""
    recipe: Recipe = field(default_factory=Recipe)
    log: EditLog = field(default_factory=EditLog)
    """Corrections by hand of this image."""
    revision: int = 0
    """Goes up when parameters are set by something other than their controls, which are then made anew."""

    @property
    def deciding(self) -> Hashable:
        """What decides the result: as long as it is equal, so are all numbers."""
        return self.micrograph.id if self.micrograph else "", self.scale, self.recipe, self.log.done

    def open(self, micrograph: Micrograph, source: Source | None = None) -> None:
        """Take up another image; parameters stay, but for what was settled for the sample of the one before."""
        self.recipe = replace(self.recipe, outlines=self.recipe.outlines.unsettled())
        self.micrograph = micrograph
        self.source = source
        self.scale = micrograph.scale
        self.is_settled = micrograph.scale is not None
        self.log = EditLog()

    def settle(self, scale: Scale | None) -> None:
        """Put a scale in force, or None for sizes in pixels."""
        self.scale = scale
        self.is_settled = True

    def use_recipe(self, recipe: Recipe) -> None:
        """Replace every parameter."""
        self.recipe = recipe
        self.revision += 1


def current_work() -> Work:
    """Return the work of this visitor."""
    return st.session_state.setdefault("work", Work())
