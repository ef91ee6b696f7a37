"""What is kept of one image: particles, labels and a preview, with what they follow from."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from nanotem.analysis import Analysis
from nanotem.errors import NanotemError
from nanotem.export.label_image import label_tiff
from nanotem.figures.pictures import encode, outlined_picture
from nanotem.outlines import ProfileScores
from nanotem.quantities import QUANTITIES
from nanotem.segmentation import METHODS
from nanotem.study.from_json import from_json
from nanotem.study.record import read_record, write_record
from nanotem.study.shares import counts_record, shares_record
from nanotem.study.study import Kind, Study, StudyImage
from nanotem.study.table_file import read_table, table_bytes
from nanotem.summary import ImageSummary

_PREVIEW_PX = 480


def write_result(study: Study, image: StudyImage, origin: Mapping[str, Any], analysis: Analysis) -> None:
    """Keep a result with its numbers, among the drafts of the study if it has some.

    Parameters
    ----------
    study, image
        Where to; the image's settings must be those of the analysis.
    origin
        From `nanotem.study.origin`.
    analysis
        Its particles are kept with their weights, how much each counts.

    Raises
    ------
    NanotemError
        If a file cannot be written.
    """
    preview = outlined_picture(analysis.micrograph.pixels, analysis.labels, longest_px=_PREVIEW_PX)
    contents: dict[Kind, bytes] = {
        "labels": label_tiff(analysis.labels, analysis.scale),
        "previews": encode(preview),
        "particles": table_bytes(_with_weights(analysis)),
    }
    write_record(
        study,
        image,
        origin,
        asdict(ImageSummary.of(analysis)),
        contents,
        edges=_scores_table(analysis.outlines.report.scores),
        shapes=counts_record(analysis),
        shares=shares_record(analysis),
    )


def _scores_table(scores: ProfileScores) -> dict[str, Any]:
    """Return what the edges say of their profile, as JSON can hold it; empty where only one family was asked."""
    return asdict(scores) if scores.n and np.isfinite(scores.total).all() else {}


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
        If its table is not there, is damaged, or is larger than `nanotem.study.table_file` allows.
    """
    return read_table(study.file(image, "particles"))


def read_summary(study: Study, image: StudyImage) -> ImageSummary | None:
    """Return the numbers of an image; None if there is no result, or that of a version that counted other things."""
    record = read_record(study, image)
    summary = from_json(ImageSummary, record.summary) if record else None
    return summary if summary and _is_possible(summary) else None


def _is_possible(summary: ImageSummary) -> bool:
    """Whether counts, method, quantities and scale can be true, whoever wrote them."""
    try:
        scale = summary.scale
    except NanotemError:
        return False
    counts = (summary.n_particles, summary.n_measured, summary.n_doubtful, summary.n_lost_edits, summary.area_px)
    are_known = set(summary.quantities) == set(QUANTITIES) and {len(one) for one in summary.quantities.values()} == {3}
    return min(counts) >= 0 and are_known and summary.method in METHODS and summary.unit == ("nm" if scale else "px")
