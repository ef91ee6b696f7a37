"""Score a segmentation against the truth by matching particles that overlap."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels

Verdict = Literal["hit", "missed", "false", "merged", "split"]
"""What became of a particle, see `Verdicts`."""

_LEAST_IOU = 0.5
_MOST = 0.5


@dataclass(frozen=True)
class Verdicts:
    """What became of every particle, by its label.

    The first that applies counts:

    - hit: the intersection over union (IoU) with its counterpart is above 0.5;
    - merged: one found particle covers more than half of each of two or more true ones;
    - split: more than half of each of two or more found particles lies in one true one;
    - false: a found particle that is none of these; missed: a true one.

    Attributes
    ----------
    found, true
        Verdict of each found and of each true particle; "missed" is never said of a found one, "false" never of a
        true one.
    """

    found: Mapping[int, Verdict]
    true: Mapping[int, Verdict]


@dataclass(frozen=True)
class Score:
    """How well the found particles agree with the true ones.

    Attributes
    ----------
    n_true, n_found
        Number of particles.
    f1_50, f1_75
        Harmonic mean of precision and recall, where a particle counts as found if its intersection over union
        (IoU) with a true one is above 0.5 or 0.75. 1 if both images are empty.
    precision, recall
        At IoU 0.5.
    pq
        Panoptic quality: F1 at 0.5 times the mean IoU of the matched pairs.
    count_error
        (found - true) / true; nan if there is no true particle.
    diameter_bias, diameter_spread
        Mean and standard deviation of the relative error of the area-equivalent diameter over matched pairs.
    """

    n_true: int
    n_found: int
    f1_50: float
    f1_75: float
    precision: float
    recall: float
    pq: float
    count_error: float
    diameter_bias: float
    diameter_spread: float


def evaluate(found: Labels, true: Labels) -> Score:
    """Match the particles of two label images of the same shape and score the agreement.

    A pair whose IoU is above 0.5 is unique, so no assignment problem has to be solved (Kirillov et al., CVPR 2019).

    Parameters
    ----------
    found, true
        Label images, 0 background.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    pairs = _overlaps(found, true)
    n_found, n_true = len(pairs.found_labels), len(pairs.true_labels)
    matched = pairs.iou > _LEAST_IOU
    n_matched = int(matched.sum())
    error = np.sqrt(pairs.found_area / pairs.true_area)[matched] - 1
    f1_50 = _f1(n_matched, n_found, n_true)
    return Score(
        n_true=n_true,
        n_found=n_found,
        f1_50=f1_50,
        f1_75=_f1(int((pairs.iou > 0.75).sum()), n_found, n_true),
        precision=n_matched / n_found if n_found else 1.0,
        recall=n_matched / n_true if n_true else 1.0,
        pq=f1_50 * (float(pairs.iou[matched].mean()) if n_matched else 1.0),
        count_error=(n_found - n_true) / n_true if n_true else np.nan,
        diameter_bias=float(error.mean()) if n_matched else np.nan,
        diameter_spread=float(error.std()) if n_matched else np.nan,
    )


def verdicts(found: Labels, true: Labels) -> Verdicts:
    """Tell what became of every particle: hit, merged, split, false or missed.

    Parameters
    ----------
    found, true
        Label images, 0 background.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    pairs = _overlaps(found, true)
    of_found: dict[int, Verdict] = dict.fromkeys(pairs.found_labels, "false")
    of_true: dict[int, Verdict] = dict.fromkeys(pairs.true_labels, "missed")
    is_piece = pairs.area > _MOST * pairs.found_area
    is_covered = pairs.area > _MOST * pairs.true_area
    rules: tuple[tuple[Verdict, npt.NDArray[np.bool_]], ...] = (
        ("split", is_piece & _shared(pairs.true, is_piece)),
        ("merged", is_covered & _shared(pairs.found, is_covered)),
        ("hit", pairs.iou > _LEAST_IOU),
    )
    for verdict, applies in rules:
        of_found.update(dict.fromkeys(pairs.found[applies].tolist(), verdict))
        of_true.update(dict.fromkeys(pairs.true[applies].tolist(), verdict))
    return Verdicts(of_found, of_true)


@dataclass(frozen=True, eq=False)
class _Overlaps:
    """Every pair of a found and a true particle that share pixels, one element per pair."""

    found_labels: list[int]
    true_labels: list[int]
    found: npt.NDArray[np.int64]
    true: npt.NDArray[np.int64]
    area: npt.NDArray[np.int64]
    found_area: npt.NDArray[np.int64]
    true_area: npt.NDArray[np.int64]

    @property
    def iou(self) -> npt.NDArray[np.float64]:
        """Intersection over union."""
        return self.area / (self.found_area + self.true_area - self.area)


def _overlaps(found: Labels, true: Labels) -> _Overlaps:
    if found.shape != true.shape:
        raise ValueError(f"`found` (shape {found.shape}) must have the same shape as `true` (shape {true.shape})")
    found_area, true_area = np.bincount(found.ravel()), np.bincount(true.ravel())
    both = (found > 0) & (true > 0)
    pairs, area = np.unique(found[both].astype(np.int64) * len(true_area) + true[both], return_counts=True)
    one, other = np.divmod(pairs, len(true_area))
    return _Overlaps(
        *(_present(found_area), _present(true_area), one, other, area, found_area[one], true_area[other]),
    )


def _present(areas: npt.NDArray[np.int64]) -> list[int]:
    """Return the labels that occur, background left out."""
    labels: list[int] = (np.flatnonzero(areas[1:]) + 1).tolist()
    return labels


def _shared(labels: npt.NDArray[np.int64], counted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return True for every pair whose label occurs in two or more of the counted pairs."""
    times = Counter(labels[counted].tolist())
    return np.array([times[label] >= 2 for label in labels.tolist()], bool)


def _f1(n_matched: int, n_found: int, n_true: int) -> float:
    return 2 * n_matched / (n_found + n_true) if n_found + n_true else 1.0
