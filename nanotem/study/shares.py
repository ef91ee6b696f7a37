"""The shares of the population by class, of each image and each sample of a study."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import pandas as pd

from nanotem.analysis import CLASSIFIERS, Analysis
from nanotem.errors import ParameterError
from nanotem.morphology.fractions import Fractions
from nanotem.morphology.population import ClassCounts, fractions_of
from nanotem.study.from_json import from_json
from nanotem.study.record import read_record
from nanotem.study.study import Study, StudyImage
from nanotem.study.table_file import MOST_PARTICLES

_COLUMNS = {
    "of": "str",
    "sample": "str",
    "file": "str",
    "kind": "str",
    "n_images": "int64",
    "n_particles": "int64",
    "class": "str",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
}
_MOST_CLASSES = 100
"""The solids that can be drawn are 13; what a forged record may ask for grows with the square."""


def counts_record(analysis: Analysis) -> dict[str, Any]:
    """Return what was said of the particles of an image, as JSON can hold it; empty where nobody asked."""
    return {kind: asdict(one) for kind, one in analysis.class_counts.items()} if analysis.with_shapes else {}


def shares_table(study: Study) -> pd.DataFrame:
    """Return the part of the population that each class is, by sample and by image; no rows where nobody asked.

    Parameters
    ----------
    study
        Of its images those count that are analysed with `classify.in_batches`.

    Returns
    -------
    pandas.DataFrame
        Columns of ("sample" or "image"), sample, file (empty for a sample), kind ("outline" or "solid"), n_images,
        n_particles (whole ones that are large enough), class, share, share_low, share_high: 95 % intervals, which hold
        the finite number of particles, what the networks take for what, and how much images differ, see
        `nanotem.morphology.fractions.pooled_fractions`. Classes of at least 0.5 %, the largest first. A sample whose
        images different networks told has rows of its images only.
    """
    counts = {image: _counts(study, image) for image in study.images if image.status == "done"}
    counts = {image: kinds for image, kinds in counts.items() if kinds}
    samples = sorted({image.sample for image in counts})
    rows: list[tuple[object, ...]] = []
    for sample in samples:
        for kind in CLASSIFIERS:
            found = tuple(kinds[kind] for image, kinds in counts.items() if image.sample == sample and kind in kinds)
            if found and all(one.is_comparable(found[0]) for one in found):
                rows += _rows(("sample", sample, "", kind), found)
    for image, kinds in counts.items():
        for kind, one in kinds.items():
            rows += _rows(("image", image.sample, image.name, kind), (one,))
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def _rows(which: tuple[str, ...], counts: tuple[ClassCounts, ...]) -> Iterator[tuple[object, ...]]:
    n_particles = sum(one.n_particles for one in counts)
    for row in _fractions(counts).table().itertuples(index=False):
        yield (*which, len(counts), n_particles, *row)


@lru_cache(maxsize=10_000)  # a few hundred bytes each, of two kinds and 5,000 images: a page shows them again and again
def _fractions(counts: tuple[ClassCounts, ...]) -> Fractions:
    return fractions_of(counts)


def _counts(study: Study, image: StudyImage) -> Mapping[str, ClassCounts]:
    """Return what was said of an image by kind; what cannot be true, whoever wrote it, is left out."""
    record = read_record(study, image)
    found = {kind: _plain_counts(record.shapes[kind]) for kind in CLASSIFIERS if record and kind in record.shapes}
    return {kind: one for kind, one in found.items() if one}


def _plain_counts(saved: object) -> ClassCounts | None:
    try:
        counts = from_json(ClassCounts, saved) if isinstance(saved, dict) else None
    except ParameterError:
        return None
    is_possible = counts and 0 < len(counts.classes) <= _MOST_CLASSES and counts.n_particles <= MOST_PARTICLES
    return counts if is_possible else None
