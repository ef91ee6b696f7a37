"""A recipe as a table of plain words."""

from dataclasses import dataclass, fields
from typing import Any

from nanotem.parameters import Knob, Parameters, knobs
from nanotem.recipe import Recipe
from nanotem.segmentation import SegmentParams

_TITLES = {
    "annotation": "Scale bar and text",
    "denoise": "Noise",
    "background": "Background",
    "contrast": "Contrast",
    "threshold": "Threshold",
    "clean": "Mask",
    "segment": "Segmentation",
    "options": "Segmentation",
    "outlines": "Outlines",
    "sizes": "Sizes",
    "networks": "Networks",
    "classify": "Classification",
    "lattice": "Lattices",
}


@dataclass(frozen=True)
class RecipeLine:
    """One parameter that was in use, in words, with its default where the recipe differs from it (else empty)."""

    step: str
    parameter: str
    value: str
    default: str

    @property
    def differs(self) -> bool:
        """Whether somebody chose this value."""
        return bool(self.default)


def recipe_lines(recipe: Recipe, *, with_shapes: bool = False, with_lattices: bool = False) -> list[RecipeLine]:
    """Return every parameter that has an effect, in the order of the analysis.

    Parameters
    ----------
    recipe
        Parameters of every stage.
    with_shapes, with_lattices
        Whether particles were classified, and whether lattice fringes were looked for in them.
    """
    left_out = {name for name, asked in (("classify", with_shapes), ("lattice", with_lattices)) if not asked}
    steps = [step for step in _steps(recipe) if step[0] not in left_out]
    return [line for name, step, default in steps for line in _lines(_TITLES[name], step, default)]


def _steps(recipe: Recipe) -> list[tuple[str, Parameters, Parameters]]:
    """Return the steps with their names and defaults."""
    default = Recipe()
    steps = [
        (f.name, getattr(recipe.preprocess, f.name), getattr(default.preprocess, f.name))
        for f in fields(recipe.preprocess)
    ]
    method = recipe.segment.method
    usual = SegmentParams(method=method)
    return [
        *steps,
        ("segment", recipe.segment, default.segment),
        ("options", recipe.segment.options, usual.options),
        ("outlines", recipe.outlines, default.outlines),
        ("sizes", recipe.sizes, default.sizes),
        ("networks", recipe.networks, default.networks),
        ("classify", recipe.classify, default.classify),
        ("lattice", recipe.lattice, default.lattice),
    ]


def _lines(title: str, step: Parameters, default: Parameters) -> list[RecipeLine]:
    return [
        RecipeLine(title, knob.label, _words(value, knob), _words(usual, knob) if value != usual else "")
        for name, knob in knobs(type(step)).items()
        if step.is_used(name)
        for value, usual in [(getattr(step, name), getattr(default, name))]
    ]


def _words(value: Any, knob: Knob) -> str:
    if knob.choices:
        return knob.choices[value]
    if isinstance(value, str):
        return value
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}"
