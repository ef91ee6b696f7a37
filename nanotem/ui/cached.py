"""The stages of an analysis, remembered per visitor; keys are image id and parameters, never arrays."""

from dataclasses import dataclass
from functools import reduce

import pandas as pd
import streamlit as st

from nanotem.calibration import (
    Annotations,
    ScaleBar,
    ScaleReading,
    find_annotations,
    find_bars,
    read_scale,
    sure_bar,
)
from nanotem.calibration.line import Box
from nanotem.figures.outlines import outline_polygons
from nanotem.figures.pictures import data_address, encode, micrograph_picture
from nanotem.micrograph import Micrograph, Scale
from nanotem.morphology.class_columns import with_names
from nanotem.morphology.classifier import ClassPrediction
from nanotem.morphology.classify import class_table
from nanotem.morphology.crops import Crops, crop_particles
from nanotem.morphology.outline_geometry import outlines_by_geometry
from nanotem.pipeline import Choice, choose_method, ignored, measure, segment_stages
from nanotem.preprocess import Denoised, PreprocessStages, denoise, preprocess, to_grey
from nanotem.recipe import ClassifyParams, PreprocessParams, Recipe, SegmentParams
from nanotem.segmentation import Segmentation
from nanotem.segmentation.edits import Edit, EditedLabels, apply_edits, without_names
from nanotem.ui.models import outline_classifier, solid_classifier

Edits = tuple[Edit, ...]

_EDITOR_PX = 2048

_EDITS_AT_ONCE = 16
"""So many of the last corrections are carried out anew after each; the result of all before is remembered."""


def bars(micrograph: Micrograph) -> list[ScaleBar]:
    """Return what could be a scale bar in the whole frame."""
    return _bars(micrograph.id, micrograph)


def scale_reading(micrograph: Micrograph, region: Box | None) -> ScaleReading:
    """Return what the picture says about its scale, in a part of it or in all of it."""
    return _scale_reading(micrograph.id, region, micrograph)


def annotations(micrograph: Micrograph) -> Annotations:
    """Return what the microscope wrote over the picture."""
    return _annotations(micrograph.id, micrograph)


def stages(micrograph: Micrograph, params: PreprocessParams) -> PreprocessStages:
    """Return the picture after every step of preprocessing."""
    return _stages(micrograph.id, params, micrograph)


def segmentation(micrograph: Micrograph, recipe: Recipe) -> Segmentation:
    """Return basin, seeds and labels."""
    return _segmentation(micrograph.id, recipe.preprocess, recipe.segment, micrograph)


def edited(micrograph: Micrograph, recipe: Recipe, edits: Edits) -> EditedLabels:
    """Return the labels with corrections by hand."""
    return _edited(micrograph.id, recipe.preprocess, recipe.segment, edits, micrograph)


def outlines(micrograph: Micrograph, recipe: Recipe, edits: Edits) -> dict[int, list[int]]:
    """Return a polygon per particle."""
    return _outlines(micrograph.id, recipe.preprocess, recipe.segment, without_names(edits), micrograph)


def particles(micrograph: Micrograph, recipe: Recipe, edits: Edits) -> pd.DataFrame:
    """Return one row per particle, with columns in nm if the micrograph has a scale."""
    key = recipe.preprocess, recipe.segment, without_names(edits), micrograph.scale
    return _particles(micrograph.id, *key, micrograph)


@dataclass(frozen=True, eq=False)
class Seen:
    """The particles of an image as the networks see them, in the order of the particle table."""

    crops: Crops
    geometry: tuple[str, ...]
    outline: ClassPrediction
    solid: ClassPrediction


def seen(micrograph: Micrograph, recipe: Recipe, edits: Edits) -> Seen:
    """Return crops and predictions of all particles; waits until the models are loaded."""
    return _seen(micrograph.id, recipe.preprocess, recipe.segment, without_names(edits), micrograph)


def classes(micrograph: Micrograph, recipe: Recipe, edits: Edits) -> pd.DataFrame:
    """Return the class of every particle, those named by hand included; a threshold only combines anew."""
    return _classes(micrograph.id, recipe.preprocess, recipe.segment, recipe.classify, edits, micrograph)


def picture(micrograph: Micrograph) -> str:
    """Return the micrograph as a data address for the editor."""
    return _picture(micrograph.id, micrograph)


@st.cache_resource(scope="session", max_entries=4, show_spinner="Looking for a scale bar…")
def _bars(image_id: str, _micrograph: Micrograph) -> list[ScaleBar]:
    return find_bars(_micrograph.pixels)


@st.cache_resource(scope="session", max_entries=8, show_spinner="Reading the scale bar…")
def _scale_reading(image_id: str, region: Box | None, _micrograph: Micrograph) -> ScaleReading:
    return read_scale(_micrograph.pixels, region=region, bars=bars(_micrograph))


@st.cache_resource(scope="session", max_entries=2, show_spinner=False)
def _annotations(image_id: str, _micrograph: Micrograph) -> Annotations:
    return find_annotations(_micrograph.pixels, sure_bar(bars(_micrograph)))


@st.cache_resource(scope="session", max_entries=2, show_spinner="Removing noise…")
def _denoised(image_id: str, params: PreprocessParams, _micrograph: Micrograph) -> Denoised:
    ignore = ignored(annotations(_micrograph), params)
    return denoise(to_grey(_micrograph.pixels), params.denoise, ignore=ignore)


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _stages(image_id: str, params: PreprocessParams, _micrograph: Micrograph) -> PreprocessStages:
    earlier_steps = PreprocessParams(annotation=params.annotation, denoise=params.denoise)
    return preprocess(
        _micrograph.pixels,
        params,
        ignore=ignored(annotations(_micrograph), params),
        denoised=_denoised(image_id, earlier_steps, _micrograph),
    )


@st.cache_resource(scope="session", max_entries=2, show_spinner="Telling particles apart…")
def _segmentation(
    image_id: str, preprocessing: PreprocessParams, params: SegmentParams, _micrograph: Micrograph
) -> Segmentation:
    asked = SegmentParams(method=params.method, satellites=params.satellites, flips=params.flips)
    choice = _choice(image_id, preprocessing, asked, _micrograph)
    return segment_stages(stages(_micrograph, preprocessing), params, choice=choice)


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _choice(image_id: str, preprocessing: PreprocessParams, asked: SegmentParams, _micrograph: Micrograph) -> Choice:
    return choose_method(stages(_micrograph, preprocessing), asked)


@st.cache_resource(scope="session", max_entries=4, show_spinner=False)
def _edited(
    image_id: str, preprocessing: PreprocessParams, params: SegmentParams, edits: Edits, _micrograph: Micrograph
) -> EditedLabels:
    recipe = Recipe(preprocess=preprocessing, segment=params)
    if not edits:
        return apply_edits(segmentation(_micrograph, recipe).labels, ())
    n_earlier = (len(edits) - 1) // _EDITS_AT_ONCE * _EDITS_AT_ONCE
    return reduce(EditedLabels.then, edits[n_earlier:], edited(_micrograph, recipe, edits[:n_earlier]))


@st.cache_data(scope="session", max_entries=4, show_spinner=False)
def _outlines(
    image_id: str, preprocessing: PreprocessParams, params: SegmentParams, edits: Edits, _micrograph: Micrograph
) -> dict[int, list[int]]:
    return outline_polygons(edited(_micrograph, Recipe(preprocess=preprocessing, segment=params), edits).labels)


@st.cache_data(scope="session", max_entries=8, show_spinner="Measuring…")
def _particles(
    image_id: str,
    preprocessing: PreprocessParams,
    params: SegmentParams,
    edits: Edits,
    scale: Scale | None,
    _micrograph: Micrograph,
) -> pd.DataFrame:
    labels = edited(_micrograph, Recipe(preprocess=preprocessing, segment=params), edits)
    return measure(_micrograph, labels, annotations(_micrograph))


@st.cache_resource(scope="session", max_entries=2, show_spinner="Classifying…")
def _seen(
    image_id: str, preprocessing: PreprocessParams, params: SegmentParams, edits: Edits, _micrograph: Micrograph
) -> Seen:
    recipe = Recipe(preprocess=preprocessing, segment=params)
    numbers = particles(_micrograph, recipe, edits)["label"].to_numpy()
    crops = crop_particles(_micrograph.pixels, edited(_micrograph, recipe, edits).labels, numbers)
    return Seen(
        crops, outlines_by_geometry(crops), outline_classifier().predict(crops), solid_classifier().predict(crops)
    )


@st.cache_data(scope="session", max_entries=4, show_spinner=False)
def _classes(
    image_id: str,
    preprocessing: PreprocessParams,
    params: SegmentParams,
    classify: ClassifyParams,
    edits: Edits,
    _micrograph: Micrograph,
) -> pd.DataFrame:
    recipe = Recipe(preprocess=preprocessing, segment=params)
    particle, by_network = particles(_micrograph, recipe, edits), seen(_micrograph, recipe, edits)
    card = solid_classifier().card
    table = class_table(particle, by_network.geometry, by_network.outline, by_network.solid, card, classify)
    by_hand = edited(_micrograph, recipe, edits)
    return with_names(table, by_hand.named("outline"), by_hand.named("solid"))


@st.cache_data(scope="session", max_entries=2, show_spinner=False)
def _picture(image_id: str, _micrograph: Micrograph) -> str:
    return data_address(encode(micrograph_picture(_micrograph.pixels, longest_px=_EDITOR_PX)))
