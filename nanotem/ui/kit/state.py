"""What one visitor is working on: one object, one default."""

from dataclasses import dataclass, field

import streamlit as st

from nanotem.edits.edits import EditLog
from nanotem.micrograph import Micrograph, Scale
from nanotem.recipe import Recipe


@dataclass
class Work:
    """The image, its scale and the parameters of one visitor."""

    micrograph: Micrograph | None = None
    scale: Scale | None = None
    recipe: Recipe = field(default_factory=Recipe)
    log: EditLog = field(default_factory=EditLog)
    """Corrections by hand of this image."""
    upload_id: str = ""
    """The upload that was taken up last."""
    revision: int = 0
    """Goes up when parameters are set by something other than their controls, which are then made anew."""

    def open(self, micrograph: Micrograph) -> None:
        """Take up another image; parameters stay."""
        self.micrograph = micrograph
        self.scale = micrograph.scale
        self.log = EditLog()

    def use_recipe(self, recipe: Recipe) -> None:
        """Replace every parameter."""
        self.recipe = recipe
        self.revision += 1


def current_work() -> Work:
    """Return the work of this visitor."""
    return st.session_state.setdefault("work", Work())
