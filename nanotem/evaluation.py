"""Score a segmentation against the truth by matching particles that overlap."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels


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
    if found.shape != true.shape:
        raise ValueError(f"`found` (shape {found.shape}) must have the same shape as `true` (shape {true.shape})")
    iou, ratio, n_found, n_true = _overlaps(found, true)
    matched = iou > 0.5
    n_matched = int(matched.sum())
    error = ratio[matched] - 1
    return Score(
        n_true=n_true,
        n_found=n_found,
        f1_50=_f1(n_matched, n_found, n_true),
        f1_75=_f1(int((iou > 0.75).sum()), n_found, n_true),
        precision=n_matched / n_found if n_found else 1.0,
        recall=n_matched / n_true if n_true else 1.0,
        pq=_f1(n_matched, n_found, n_true) * (float(iou[matched].mean()) if n_matched else 1.0),
        count_error=(n_found - n_true) / n_true if n_true else np.nan,
        diameter_bias=float(error.mean()) if n_matched else np.nan,
        diameter_spread=float(error.std()) if n_matched else np.nan,
    )


def _overlaps(found: Labels, true: Labels) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], int, int]:
    """Return IoU and ratio of diameters (found / true) of every overlapping pair, and both counts."""
    found_ids, found_flat = np.unique(found, return_inverse=True)
    true_ids, true_flat = np.unique(true, return_inverse=True)
    found_area = np.bincount(found_flat.ravel())
    true_area = np.bincount(true_flat.ravel())
    both = (found.ravel() > 0) & (true.ravel() > 0)
    pairs, overlap = np.unique(found_flat.ravel()[both] * len(true_ids) + true_flat.ravel()[both], return_counts=True)
    area_found, area_true = found_area[pairs // len(true_ids)], true_area[pairs % len(true_ids)]
    iou = overlap / (area_found + area_true - overlap)
    return iou, np.sqrt(area_found / area_true), int((found_ids > 0).sum()), int((true_ids > 0).sum())


def _f1(n_matched: int, n_found: int, n_true: int) -> float:
    return 2 * n_matched / (n_found + n_true) if n_found + n_true else 1.0
