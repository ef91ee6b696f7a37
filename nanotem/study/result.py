"""What is kept of one image: particles, labels and a preview, with what they follow from."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nanotem.edits.edits import EditedLabels
from nanotem.errors import UnreadableFileError
from nanotem.export.label_image import label_tiff
from nanotem.figures.pictures import encode, outlined_picture
from nanotem.measurement.doubt import doubtful_particles
from nanotem.micrograph import Mask, Pixels, Scale, ScaleSource
from nanotem.segmentation.params import Method
from nanotem.statistics import summarise
from nanotem.statistics.params import SizeParams
from nanotem.statistics.sizes import sizes_of
from nanotem.study.files import replacing
from nanotem.study.study import Study, StudyImage

_PREVIEW_PX = 480
_ORIGIN, _SUMMARY = b"nanotem.origin", b"nanotem.summary"
_MOST_PARTICLES = 1_000_000


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
    """Keep a result with its numbers. The particles come last: where they are, all is.

    Parameters
    ----------
    study, image
        Where to; the study's recipe must be that of the result.
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
    with replacing(study.file(image, "labels")) as path:
        path.write_bytes(label_tiff(edited.labels, scale))
    with replacing(study.file(image, "previews")) as path:
        path.write_bytes(encode(outlined_picture(pixels, edited.labels, longest_px=_PREVIEW_PX)))
    params = study.recipe.sizes
    summary = summary_of(particles, scale, params, method=method, frame=frame, n_lost_edits=len(edited.lost))
    facts = {_ORIGIN: json.dumps(origin), _SUMMARY: json.dumps(asdict(summary))}
    table = pa.Table.from_pandas(_with_weights(particles, params, frame=frame), preserve_index=False)
    with replacing(study.file(image, "particles")) as path:
        pq.write_table(table.replace_schema_metadata(facts), path)


def read_particles(study: Study, image: StudyImage) -> pd.DataFrame:
    """Return the particles of an image.

    Raises
    ------
    UnreadableFileError
        If its table is not there, is damaged, or has more than a million rows.
    """
    path = study.file(image, "particles")
    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows > _MOST_PARTICLES:
                raise UnreadableFileError(
                    f"{path.name} has {file.metadata.num_rows} rows, more than {_MOST_PARTICLES}.",
                    "Analyse the image again.",
                )
            return file.read().to_pandas(ignore_metadata=True)
    except (OSError, pa.ArrowException) as error:
        raise UnreadableFileError(f"{path} cannot be read ({error}).", "Analyse the image again.") from error


def read_summary(study: Study, image: StudyImage) -> ImageSummary | None:
    """Return the numbers of an image; None if there is no result, or that of a version that counted other things."""
    saved = _fact(study, image, _SUMMARY)
    return ImageSummary(**saved) if saved and set(saved) == {field.name for field in fields(ImageSummary)} else None


def read_origin(study: Study, image: StudyImage) -> dict[str, Any] | None:
    """Return what the result of an image follows from; None if there is no result."""
    return _fact(study, image, _ORIGIN)


def _fact(study: Study, image: StudyImage, name: bytes) -> dict[str, Any] | None:
    """Return what is written in a table of particles beside its columns; None if it is not there or damaged."""
    try:
        fact = json.loads(pq.read_schema(study.file(image, "particles")).metadata[name])
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        return None
    return fact if isinstance(fact, dict) else None


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
