"""What is kept of one image: particles, labels and a preview, with what they follow from."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from nanotem.errors import NanotemError
from nanotem.export.label_image import label_tiff
from nanotem.figures.pictures import encode, outlined_picture
from nanotem.measurement.doubt import doubtful_particles
from nanotem.micrograph import Mask, Pixels, Scale, ScaleSource
from nanotem.recipe import Method, SizeParams
from nanotem.segmentation.edits import EditedLabels
from nanotem.statistics import summarise
from nanotem.statistics.sizes import sizes_of
from nanotem.study.from_json import from_json
from nanotem.study.record import read_record, write_record
from nanotem.study.study import Kind, Study, StudyImage
from nanotem.study.table_file import read_table, table_bytes

_PREVIEW_PX = 480


@dataclass(frozen=True)
class ImageSummary:
    """One image in numbers; None for what cannot be known.

    Parameters
    ----------
    n_particles
        Those that the frame cuts included.
    method
        How they were told apart: what "automatic" came to.
    nm_per_px, scale_source, scale_relative_uncertainty
        The scale, as in `Scale`.
    unit
        "nm" or "px", of the sizes.
    mean, median, sd
        Of the area-equivalent diameter of the whole particles, corrected for the frame if the recipe says so.
    n_doubtful
        Particles that `nanotem.measurement.doubt` lists.
    n_lost_edits
        Corrections by hand that could not be carried out.
    """

    n_particles: int
    method: Method
    nm_per_px: float | None
    scale_source: ScaleSource | None
    scale_relative_uncertainty: float | None
    unit: str
    mean: float | None
    median: float | None
    sd: float | None
    n_doubtful: int
    n_lost_edits: int

    @property
    def scale(self) -> Scale | None:
        """The scale that was in force."""
        if self.nm_per_px is None or self.scale_source is None:
            return None
        return Scale(self.nm_per_px, self.scale_source, self.scale_relative_uncertainty or 0.0)

    @property
    def is_possible(self) -> bool:
        """Whether its counts and its scale can be true, whoever wrote them."""
        try:
            scale = self.scale
        except NanotemError:
            return False
        return min(self.n_particles, self.n_doubtful, self.n_lost_edits) >= 0 and self.unit == ("nm" if scale else "px")


def summary_of(
    particles: pd.DataFrame,
    scale: Scale | None,
    params: SizeParams,
    *,
    method: Method,
    frame: Mask,
    n_lost_edits: int,
) -> ImageSummary:
    """Return the numbers of an image.

    Parameters
    ----------
    particles
        A particle table, in nm if there is a scale.
    scale
        Of the image.
    params
        Only whether to correct for the frame is taken from them.
    method
        As in the summary.
    frame
        Shape of the image, False where it is no micrograph.
    n_lost_edits
        As in the summary.
    """
    sizes = sizes_of(particles, replace(params, quantity="diameter"), frame=frame)
    summary = summarise(sizes.values, sizes.weights, n_resamples=1)
    numbers = {name: _known(getattr(summary, name).value) for name in ("mean", "median", "sd")}
    return ImageSummary(
        n_particles=len(particles),
        method=method,
        nm_per_px=scale.nm_per_px if scale else None,
        scale_source=scale.source if scale else None,
        scale_relative_uncertainty=scale.relative_uncertainty if scale else None,
        unit=sizes.unit,
        n_doubtful=len(doubtful_particles(particles)),
        n_lost_edits=n_lost_edits,
        **numbers,
    )


def _with_weights(particles: pd.DataFrame, params: SizeParams, *, frame: Mask) -> pd.DataFrame:
    """Return the table with a column `weight`: how much each particle counts, 0 for those that the frame cuts."""
    sizes = sizes_of(particles, replace(params, quantity="diameter"), frame=frame)
    weights = dict(zip(sizes.labels.tolist(), sizes.weights.tolist(), strict=True))
    return particles.assign(weight=[weights.get(label, 0.0) for label in particles["label"]])


def write_result(
    study: Study,
    image: StudyImage,
    origin: Mapping[str, Any],
    *,
    pixels: Pixels,
    edited: EditedLabels,
    method: Method,
    scale: Scale | None,
    particles: pd.DataFrame,
    frame: Mask,
) -> None:
    """Keep a result with its numbers, among the drafts of the study if it has some.

    Parameters
    ----------
    study, image
        Where to; the image's settings must be those of the result.
    origin
        From `nanotem.study.origin`.
    pixels
        Shape (rows, columns).
    edited
        Labels of the same shape, corrections carried out.
    method
        How the particles were told apart.
    scale
        In force.
    particles, frame
        As for `summary_of`; each particle is kept with its weight, how much it counts.

    Raises
    ------
    NanotemError
        If a file cannot be written.
    """
    params = image.settings.recipe.sizes
    summary = summary_of(particles, scale, params, method=method, frame=frame, n_lost_edits=len(edited.lost))
    contents: dict[Kind, bytes] = {
        "labels": label_tiff(edited.labels, scale),
        "previews": encode(outlined_picture(pixels, edited.labels, longest_px=_PREVIEW_PX)),
        "particles": table_bytes(_with_weights(particles, params, frame=frame)),
    }
    write_record(study, image, origin, asdict(summary), contents)


def read_particles(study: Study, image: StudyImage) -> pd.DataFrame:
    """Return the particles of an image.

    Raises
    ------
    UnreadableFileError
        If its table is not there, is damaged, or is larger than `nanotem.study.table_file` allows.
    """
    return read_table(study.file(image, "particles"))


def read_summary(study: Study, image: StudyImage) -> ImageSummary | None:
    """Return the numbers of an image; None if there is no result, or that of a version that counted other things."""
    record = read_record(study, image)
    summary = from_json(ImageSummary, record.summary) if record else None
    return summary if summary and summary.is_possible else None


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
