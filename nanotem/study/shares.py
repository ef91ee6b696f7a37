"""The shares of the population by class, of each image and each sample of a study."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from nanotem.analysis import CLASSIFIERS, Analysis
from nanotem.errors import ParameterError
from nanotem.morphology.fractions import Fractions
from nanotem.morphology.population import ClassCounts, fractions_of
from nanotem.study.copies import copies_of
from nanotem.study.from_json import from_json
from nanotem.study.record import Record, read_record
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


@dataclass(frozen=True)
class _KeptShares:
    """The shares of the classes of an image with their intervals, in the order of its counts, as a record has them."""

    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class _Told:
    """What was said of the particles of an image, and what follows from it alone."""

    counts: ClassCounts
    fractions: Fractions


def counts_record(analysis: Analysis) -> dict[str, Any]:
    """Return what was said of the particles of an image, as JSON can hold it; empty where nobody asked."""
    return {kind: asdict(one) for kind, one in analysis.class_counts.items()} if analysis.with_shapes else {}


def shares_record(analysis: Analysis) -> dict[str, Any]:
    """Return the shares of the population that an image shows, as JSON can hold them; empty where nobody asked.

    Whoever analyses the image works them out: a quarter of a second of each kind, which nobody waits for later.
    """
    found = analysis.class_fractions if analysis.with_shapes else {}
    names = _KeptShares.__annotations__
    return {kind: {name: getattr(one, name).tolist() for name in names} for kind, one in found.items()}


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
        `nanotem.morphology.fractions.pooled_fractions`. Copies of an image count once. Classes of at least 0.5 %, the
        largest first. A sample whose images different networks told has rows of its images only.
    """
    told = {image: _told(study, image) for image in study.images if image.status == "done"}
    told, copies = {image: kinds for image, kinds in told.items() if kinds}, copies_of(study)
    samples = sorted({image.sample for image in told})
    rows: list[tuple[object, ...]] = []
    for sample in samples:
        for kind in CLASSIFIERS:
            counts = tuple(
                kinds[kind].counts
                for image, kinds in told.items()
                if image.sample == sample and kind in kinds and image.name not in copies
            )
            if counts and all(one.is_comparable(counts[0]) for one in counts):
                rows += _rows(("sample", sample, "", kind), counts, _fractions(counts))
    for image, kinds in told.items():
        for kind, one in kinds.items():
            rows += _rows(("image", image.sample, image.name, kind), (one.counts,), one.fractions)
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def _rows(
    which: tuple[str, ...], counts: tuple[ClassCounts, ...], fractions: Fractions
) -> Iterator[tuple[object, ...]]:
    n_particles = sum(one.n_particles for one in counts)
    for row in fractions.table().itertuples(index=False):
        yield (*which, len(counts), n_particles, *row)


@lru_cache(maxsize=10_000)  # a few hundred bytes each, of two kinds and 5,000 images: a page shows them again and again
def _fractions(counts: tuple[ClassCounts, ...]) -> Fractions:
    return fractions_of(counts)


def _told(study: Study, image: StudyImage) -> Mapping[str, _Told]:
    """Return what was said of an image by kind; what cannot be true, whoever wrote it, is left out."""
    record = read_record(study, image)
    if record is None:
        return {}
    found = {kind: _plain_counts(record.shapes[kind]) for kind in CLASSIFIERS if kind in record.shapes}
    return {kind: _Told(one, _kept(record, kind, one) or _fractions((one,))) for kind, one in found.items() if one}


def _plain_counts(saved: object) -> ClassCounts | None:
    try:
        counts = from_json(ClassCounts, saved) if isinstance(saved, dict) else None
    except ParameterError:
        return None
    is_possible = counts and 0 < len(counts.classes) <= _MOST_CLASSES and counts.n_particles <= MOST_PARTICLES
    return counts if is_possible else None


def _kept(record: Record, kind: str, counts: ClassCounts) -> Fractions | None:
    """Return the shares in a record; None where it has none, or none that these classes can have."""
    saved = record.shares.get(kind)
    plain = from_json(_KeptShares, saved) if isinstance(saved, dict) else None
    if plain is None or {len(plain.values), len(plain.low), len(plain.high)} != {len(counts.classes)}:
        return None
    low, values, high = (np.array(one, np.float64) for one in (plain.low, plain.values, plain.high))
    is_possible = (np.diff([np.zeros_like(low), low, values, high, np.ones_like(low)], axis=0) >= 0).all()
    return Fractions(counts.classes, values, low, high) if is_possible else None
