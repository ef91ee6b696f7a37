"""What is kept of one image: particles, labels and a preview, with what they follow from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nanotem.analysis import Analysis
from nanotem.errors import UnreadableFileError
from nanotem.export.label_image import label_tiff
from nanotem.figures.pictures import encode, outlined_picture
from nanotem.files.replacing import replacing
from nanotem.study.study import Study, StudyImage
from nanotem.summary import ImageSummary

_PREVIEW_PX = 480
_ORIGIN, _SUMMARY = b"nanotem.origin", b"nanotem.summary"
_MOST_PARTICLES = 1_000_000


def write_result(study: Study, image: StudyImage, origin: Mapping[str, Any], analysis: Analysis) -> None:
    """Keep a result with its numbers. The particles come last: where they are, all is.

    Parameters
    ----------
    study, image
        Where to; the study's recipe must be that of the analysis.
    origin
        From `nanotem.study.origin`.
    analysis
        Its particles are kept with their weights, how much each counts.

    Raises
    ------
    NanotemError
        If a file cannot be written.
    """
    with replacing(study.file(image, "labels")) as path:
        path.write_bytes(label_tiff(analysis.labels, analysis.scale))
    with replacing(study.file(image, "previews")) as path:
        preview = outlined_picture(analysis.micrograph.pixels, analysis.labels, longest_px=_PREVIEW_PX)
        path.write_bytes(encode(preview))
    facts = {_ORIGIN: json.dumps(origin), _SUMMARY: json.dumps(asdict(ImageSummary.of(analysis)))}
    table = pa.Table.from_pandas(_with_weights(analysis), preserve_index=False)
    with replacing(study.file(image, "particles")) as path:
        pq.write_table(table.replace_schema_metadata(facts), path)


def _with_weights(analysis: Analysis) -> pd.DataFrame:
    """Return the particles with a column `weight`: how much each counts, 0 for those that the frame cuts."""
    sizes = analysis.diameters
    weights = dict(zip(sizes.labels.tolist(), sizes.weights.tolist(), strict=True))
    return analysis.particles.assign(weight=[weights.get(label, 0.0) for label in analysis.particles["label"]])


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
