"""The one place where the stages of an analysis are put in order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nanotem.calibration import Annotations, ScaleBar, find_annotations, find_bars, sure_bar
from nanotem.measurement import add_flag, in_nm, measure_particles
from nanotem.micrograph import Mask, Micrograph
from nanotem.preprocess import PreprocessStages, preprocess
from nanotem.recipe import PreprocessParams, Recipe, SegmentParams
from nanotem.segmentation import Segmentation, segment
from nanotem.segmentation.edits import Edit, EditedLabels, apply_edits
from nanotem.segmentation.learned.prediction import Prediction, predict
from nanotem.segmentation.learned.segmenter import own_segmenter

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


def predict_stages(stages: PreprocessStages, params: SegmentParams) -> Prediction | None:
    """Ask the network, if the method is "learned"; of the other parameters only `satellites` and `flips` matter.

    Raises
    ------
    ModelError
        If the network is absent or broken.
    """
    if params.method != "learned":
        return None
    nothing_stands_out = stages.level == np.inf  # then all that a network can find is noise
    ignore = stages.ignored | nothing_stands_out
    return predict(stages.flattened, own_segmenter(), ignore=ignore, satellites=params.satellites, flips=params.flips)


def segment_stages(
    stages: PreprocessStages, params: SegmentParams, *, prediction: Prediction | None = None
) -> Segmentation:
    """Tell the particles apart, with what preprocessing found out about grey levels.

    Parameters
    ----------
    stages, params
        The picture after every step of preprocessing, and how particles are told apart.
    prediction
        What `predict_stages` said, if it was asked already: the network is not asked again.

    Raises
    ------
    ModelError
        If the method is "learned" and its network is absent or broken.
    """
    if prediction is None:
        prediction = predict_stages(stages, params)
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
