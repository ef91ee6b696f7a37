"""The one place where the stages of an analysis are put in order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from nanotem.calibration import Annotations, ScaleBar, find_annotations, find_bars, sure_bar
from nanotem.evaluation import evaluate
from nanotem.measurement import add_flag, in_nm, measure_particles
from nanotem.micrograph import Mask, Micrograph
from nanotem.networks.errors import ModelError
from nanotem.preprocess import PreprocessStages, preprocess
from nanotem.recipe import Method, PreprocessParams, Recipe, SegmentParams
from nanotem.segmentation import Segmentation, segment
from nanotem.segmentation.edits import Edit, EditedLabels, apply_edits
from nanotem.segmentation.network.prediction import Prediction, agreement, predict
from nanotem.segmentation.network.segmenter import own_segmenter

SAME = 0.8
"""F1 from which on two methods found the same particles."""

_SURE = 0.6
"""Mean confidence from which on the network is sure."""

_MANY_TIMES = 10
"""A network that is not sure is believed all the same if it finds so many times the particles: a raft of small ones."""

Progress = Callable[[float, str], object]
"""Called with the share done, 0 to 1, and what is being done."""


@dataclass(frozen=True, eq=False)
class Analysis:
    """A micrograph, its particles, and everything in between.

    Attributes
    ----------
    micrograph, recipe
        What was analysed, and how.
    bars
        Every line in the picture that could be a scale bar, the most believable first.
    annotations
        What the microscope wrote over the picture.
    stages
        The picture after every step of preprocessing.
    segmentation
        Basin, seeds and labels, as found automatically.
    edited
        The labels after corrections by hand: those that were measured.
    particles
        One row per particle, see `nanotem.measurement.COLUMNS`; with columns in nm if the micrograph has a scale.
    """

    micrograph: Micrograph
    recipe: Recipe
    bars: list[ScaleBar]
    annotations: Annotations
    stages: PreprocessStages
    segmentation: Segmentation
    edited: EditedLabels
    particles: pd.DataFrame

    @property
    def bar(self) -> ScaleBar | None:
        """The scale bar that was found in the picture, if any."""
        return sure_bar(self.bars)


def analyse(
    micrograph: Micrograph,
    recipe: Recipe | None = None,
    edits: Iterable[Edit] = (),
    *,
    on_progress: Progress = lambda share, doing: None,
) -> Analysis:
    """Count and measure the particles of a micrograph.

    Parameters
    ----------
    micrograph
        As read; its scale, if any, gives the columns in nm.
    recipe
        Parameters of every stage; the defaults if it is left out.
    edits
        Corrections by hand, in their order.
    on_progress
        Told what is being done.

    Returns
    -------
    Analysis
        With zero particles if none is found.
    """
    recipe = recipe or Recipe()
    on_progress(0.0, "Looking for a scale bar and text")
    bars = find_bars(micrograph.pixels)
    annotations = find_annotations(micrograph.pixels, sure_bar(bars))
    on_progress(0.2, "Finding the foreground")
    stages = preprocess(micrograph.pixels, recipe.preprocess, ignore=ignored(annotations, recipe.preprocess))
    on_progress(0.5, "Telling particles apart")
    segmentation = segment_stages(stages, recipe.segment)
    on_progress(0.8, "Measuring")
    edited = apply_edits(segmentation.labels, edits)
    particles = measure(micrograph, edited, annotations)
    on_progress(1.0, "Done")
    return Analysis(micrograph, recipe, bars, annotations, stages, segmentation, edited, particles)


def ignored(annotations: Annotations, params: PreprocessParams) -> Mask | None:
    """Return the part of the picture that is no micrograph, None if it is to be kept."""
    return annotations.mask if params.annotation.ignore else None


@dataclass(frozen=True, eq=False)
class Choice:
    """Which method tells the particles apart, and what was found out on the way.

    Attributes
    ----------
    method
        Never "automatic".
    prediction
        What the network says of the image, if that is the method.
    agreement
        F1 of its particles against those of the neck ratio; NaN if they were not compared.
    default
        What the method gives with default parameters, if that was worked out.
    """

    method: Method
    prediction: Prediction | None = None
    agreement: float = float("nan")
    default: Segmentation | None = None


def choose_method(stages: PreprocessStages, params: SegmentParams) -> Choice:
    """Settle the method; what it is depends on `method`, `satellites` and `flips` alone, not on how a method is tuned.

    "automatic" is the neck ratio if the network sees the same particles, at a glance or when it looks closely, or is
    not sure of what it sees instead, or is absent, or if the recipe has a threshold of its own; else it is the network.
    Many small particles in the place of few large ones are believed even if it is not sure.

    Raises
    ------
    ModelError
        If the method is "learned" and the network is absent or broken.
    """
    if params.method == "learned":
        return Choice("learned", _predict(stages, params))
    if params.method != "automatic":
        return Choice(params.method)
    if stages.level == np.inf or stages.own_threshold:
        return Choice("neck_ratio")
    try:
        network = own_segmenter()
    except ModelError:
        return Choice("neck_ratio")
    by_neck = _segment(stages, SegmentParams(method="neck_ratio"))
    share = agreement(by_neck.labels, stages.flattened, network, ignore=stages.ignored)
    if share >= SAME:
        return Choice("neck_ratio", agreement=share, default=by_neck)
    prediction = _predict(stages, params)
    learned = _segment(stages, SegmentParams(method="learned"), prediction)
    share = evaluate(learned.labels, by_neck.labels).f1_50
    sure = np.mean(list(learned.confidence.values()) or [0.0])
    is_raft = len(learned.confidence) >= _MANY_TIMES * max(len(np.unique(by_neck.labels)) - 1, 1)
    if share >= SAME or (sure < _SURE and not is_raft):
        return Choice("neck_ratio", agreement=share, default=by_neck)
    return Choice("learned", prediction, share, learned)


def segment_stages(stages: PreprocessStages, params: SegmentParams, *, choice: Choice | None = None) -> Segmentation:
    """Tell the particles apart, with what preprocessing found out about grey levels.

    Parameters
    ----------
    stages, params
        The picture after every step of preprocessing, and how particles are told apart.
    choice
        What `choose_method` settled, if it was called already.

    Raises
    ------
    ModelError
        If the method is "learned" and its network is absent or broken.
    """
    choice = choice or choose_method(stages, params)
    if choice.default is not None and params == SegmentParams():
        found = choice.default
    else:
        found = _segment(stages, replace(params, method=choice.method), choice.prediction)
    return replace(found, agreement=choice.agreement)


def _predict(stages: PreprocessStages, params: SegmentParams) -> Prediction:
    nothing_stands_out = stages.level == np.inf  # then all that a network can find is noise
    ignore = stages.ignored | nothing_stands_out
    return predict(stages.flattened, own_segmenter(), ignore=ignore, satellites=params.satellites, flips=params.flips)


def _segment(stages: PreprocessStages, params: SegmentParams, prediction: Prediction | None = None) -> Segmentation:
    return segment(
        stages.mask,
        params,
        contrast=stages.contrast,
        noise=stages.background.noise,
        faint=stages.faint,
        blur_px=stages.blur_px,
        prediction=prediction,
    )


def measure(micrograph: Micrograph, edited: EditedLabels, annotations: Annotations) -> pd.DataFrame:
    """Measure the particles in px, and in nm if the micrograph has a scale; mark those corrected by hand."""
    particles = measure_particles(edited.labels, micrograph.pixels, frame=~annotations.mask)
    particles = add_flag(particles, "edited", edited.touched)
    return in_nm(particles, micrograph.scale) if micrograph.scale else particles
