"""How much the result moves when parameters move a little."""

from dataclasses import replace
from typing import TypeVar

import pandas as pd

from nanotem.calibration import Annotations
from nanotem.edits.edits import apply_edits
from nanotem.measurement import has_flag
from nanotem.micrograph import Micrograph
from nanotem.parameters import knobs
from nanotem.pipeline import Progress, choose_method, ignored, measure, segment_stages
from nanotem.preprocess import preprocess
from nanotem.preprocess.params import ThresholdParams
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams

_Step = TypeVar("_Step", ThresholdParams, SegmentParams)

_SHARE, _RATIO = 0.1, 0.05


def neighbouring_recipes(recipe: Recipe) -> dict[str, Recipe]:
    """Return recipes with the threshold 10 % lower and higher, and the neck ratio 0.05 lower and higher.

    For a network, which has neither, the least confidence and the split ratio are 0.05 lower and higher.
    """
    recipes = {}
    if recipe.segment.method == "learned":
        for title, name in (("Least confidence", "least_confidence"), ("Split ratio", "split_ratio")):
            for word, sign in (("lower", -1), ("higher", 1)):
                recipes[f"{title} {word}"] = replace(recipe, segment=_moved(recipe.segment, name, sign * _RATIO))
        return recipes
    for word, sign in (("lower", -1), ("higher", 1)):
        threshold = recipe.preprocess.threshold
        for name in ("otsu_factor", "level", "offset"):
            threshold = _moved(threshold, name, sign * _SHARE * abs(getattr(threshold, name)))
        recipes[f"Threshold {word}"] = replace(recipe, preprocess=replace(recipe.preprocess, threshold=threshold))
    for word, sign in (("lower", -1), ("higher", 1)):
        recipes[f"Neck ratio {word}"] = replace(recipe, segment=_moved(recipe.segment, "neck_ratio", sign * _RATIO))
    return recipes


def sensitivity(
    micrograph: Micrograph,
    recipe: Recipe,
    annotations: Annotations,
    *,
    on_progress: Progress = lambda share, doing: None,
) -> pd.DataFrame:
    """Repeat the analysis with slightly other parameters and the same method, without corrections by hand.

    Parameters
    ----------
    micrograph, recipe
        What is analysed, and how.
    annotations
        What is left out of the picture.
    on_progress
        Told what is being done.

    Returns
    -------
    pandas.DataFrame
        Columns `change`, `n_particles` and `mean_diameter` (of whole particles, in nm if there is a scale, else px);
        the first row is the recipe itself.
    """
    rows = []
    stages = preprocess(micrograph.pixels, recipe.preprocess, ignore=ignored(annotations, recipe.preprocess))
    choice = choose_method(stages, recipe.segment)
    settled = replace(recipe, segment=replace(recipe.segment, method=choice.method))
    recipes = {"As it is": settled, **neighbouring_recipes(settled)}
    for number, (change, moved) in enumerate(recipes.items()):
        on_progress(number / len(recipes), change)
        here = stages
        if moved.preprocess != recipe.preprocess:
            here = preprocess(micrograph.pixels, moved.preprocess, ignore=ignored(annotations, moved.preprocess))
        labels = segment_stages(here, moved.segment, choice=choice).labels
        particles = measure(micrograph, apply_edits(labels, ()), annotations)
        whole = particles[~has_flag(particles, "touches_frame")]
        diameter = whole["diameter_nm" if micrograph.scale else "diameter_px"].mean()
        rows.append((change, len(particles), diameter))
    return pd.DataFrame(rows, columns=["change", "n_particles", "mean_diameter"])


def _moved(step: _Step, name: str, change: float) -> _Step:
    """Return the parameters of a step with one of them changed, as far as its limits allow."""
    limits = knobs(type(step))[name]
    assert limits.low is not None
    assert limits.high is not None
    return replace(step, **{name: min(max(getattr(step, name) + change, limits.low), limits.high)})
