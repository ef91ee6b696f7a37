"""Analysis files as the pages and the command line write them."""

from collections.abc import Iterable

from recipes import BY_NECK

from nanotem.analysis import Analysis, ScaleRule
from nanotem.analysis_file import write_analysis
from nanotem.edits.edits import Edit
from nanotem.micrograph import Micrograph
from nanotem.recipe import Recipe


def saved_text(micrograph: Micrograph, recipe: Recipe | None = None, edits: Iterable[Edit] = ()) -> str:
    """Return the file of an analysis whose scale is that of the micrograph, none included."""
    rule = ScaleRule.of(micrograph.scale)
    return write_analysis(Analysis(micrograph, recipe or BY_NECK, tuple(edits), rule))
