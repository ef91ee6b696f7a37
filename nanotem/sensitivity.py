"""How much the result moves when parameters move a little."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pandas as pd

from nanotem.analysis import Analysis
from nanotem.measurement import has_flag
from nanotem.parameters import Parameters, knobs
from nanotem.recipe import Recipe
from nanotem.segmentation import METHODS

Progress = Callable[[float, str], object]
"""Called with the share done, 0 to 1, and what is being done."""

_Step = TypeVar("_Step", bound=Parameters)

_SHARE = 0.1
"""How much the threshold moves: about what two people differ by who set it by eye."""


def neighbouring_recipes(recipe: Recipe) -> dict[str, Recipe]:
    """Return recipes in which one parameter that decides the result is a little lower or higher.

    These are what the method names in its entry (`Method.moves`), and the threshold, 10 % lower and higher, if the
    method uses it.
    """
    segment, recipes = recipe.segment, {}
    method = METHODS[segment.method]
    for word, sign in (("lower", -1), ("higher", 1)):
        threshold = recipe.preprocess.threshold
        for name in ("otsu_factor", "level", "offset"):
            threshold = _moved(threshold, name, sign * _SHARE * abs(getattr(threshold, name)))
        if method.uses_mask:
            recipes[f"Threshold {word}"] = replace(recipe, preprocess=replace(recipe.preprocess, threshold=threshold))
    for name, change in method.moves.items():
        title = knobs(method.options)[name].label
        for word, sign in (("lower", -1), ("higher", 1)):
            options = _moved(segment.options, name, sign * change)
            recipes[f"{title} {word}"] = replace(recipe, segment=replace(segment, options=options))
    return recipes


def sensitivity(analysis: Analysis, *, on_progress: Progress = lambda share, doing: None) -> pd.DataFrame:
    """Repeat an analysis with slightly other parameters and the same method, without corrections by hand.

    Parameters
    ----------
    analysis
        What is repeated; what does not change is shared with it.
    on_progress
        Told what is being done.

    Returns
    -------
    pandas.DataFrame
        Columns `change`, `n_particles` and `mean_diameter` (of whole particles, in nm if there is a scale, else px);
        the first row is the recipe itself.
    """
    rows = []
    recipe = analysis.recipe
    settled = replace(recipe, segment=replace(recipe.segment, method=analysis.segmentation.method))
    recipes = {"As it is": settled, **neighbouring_recipes(settled)}
    for number, (change, moved) in enumerate(recipes.items()):
        on_progress(number / len(recipes), change)
        particles = replace(analysis, recipe=moved, edits=(), with_shapes=False).particles
        whole = particles[~has_flag(particles, "touches_frame")]
        diameter = whole["diameter_nm" if analysis.scale else "diameter_px"].mean()
        rows.append((change, len(particles), diameter))
    return pd.DataFrame(rows, columns=["change", "n_particles", "mean_diameter"])


def _moved(step: _Step, name: str, change: float) -> _Step:
    """Return the parameters of a step with one of them changed, as far as its limits allow."""
    limits = knobs(type(step))[name]
    assert limits.low is not None
    assert limits.high is not None
    value = min(max(getattr(step, name) + change, limits.low), limits.high)
    return replace(step, **{name: value})  # type: ignore[type-var]
