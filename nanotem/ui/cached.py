"""The stages of an analysis, remembered per visitor; keys are image id and parameters, never arrays."""

import pandas as pd
import streamlit as st

from nanotem.calibration import Annotations, ScaleBar, find_annotations, find_scale_bar
from nanotem.micrograph import GreyImage, Micrograph, Scale
from nanotem.pipeline import ignored, measure
from nanotem.preprocess import PreprocessStages, denoise, preprocess, to_grey
from nanotem.recipe import PreprocessParams, Recipe, SegmentParams
from nanotem.segmentation import Segmentation, segment


def scale_bar(micrograph: Micrograph) -> ScaleBar | None:
    """Return the scale bar found in the whole frame."""
    return _scale_bar(micrograph.id, micrograph)


def annotations(micrograph: Micrograph) -> Annotations:
    """Return what the microscope wrote over the picture."""
    return _annotations(micrograph.id, micrograph)


def stages(micrograph: Micrograph, params: PreprocessParams) -> PreprocessStages:
    """Return the picture after every step of preprocessing."""
    return _stages(micrograph.id, params, micrograph)


def segmentation(micrograph: Micrograph, recipe: Recipe) -> Segmentation:
    """Return basin, seeds and labels."""
    return _segmentation(micrograph.id, recipe.preprocess, recipe.segment, micrograph)


def particles(micrograph: Micrograph, recipe: Recipe) -> pd.DataFrame:
    """Return one row per particle, with columns in nm if the micrograph has a scale."""
    return _particles(micrograph.id, recipe, micrograph.scale, micrograph)


@st.cache_resource(scope="session", max_entries=4, show_spinner="Looking for a scale bar…")
def _scale_bar(image_id: str, _micrograph: Micrograph) -> ScaleBar | None:
    return find_scale_bar(_micrograph.pixels)


@st.cache_resource(scope="session", max_entries=2, show_spinner=False)
def _annotations(image_id: str, _micrograph: Micrograph) -> Annotations:
    return find_annotations(_micrograph.pixels, scale_bar(_micrograph))


@st.cache_resource(scope="session", max_entries=2, show_spinner="Removing noise…")
def _denoised(image_id: str, params: PreprocessParams, _micrograph: Micrograph) -> GreyImage:
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
    found = stages(_micrograph, preprocessing)
    return segment(found.mask, params, contrast=found.contrast, noise=found.background.noise, faint=found.faint)


@st.cache_data(scope="session", max_entries=8, show_spinner="Measuring…")
def _particles(image_id: str, recipe: Recipe, scale: Scale | None, _micrograph: Micrograph) -> pd.DataFrame:
    return measure(_micrograph, segmentation(_micrograph, recipe).labels, annotations(_micrograph))
