"""What speaks for a proposed particle: above all, that other witnesses propose it too."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from nanotem.micrograph import GreyImage
from nanotem.robust import robust_sd
from nanotem.segmentation.judge.polarity import rim_levels
from nanotem.segmentation.judge.proposals import Proposals
from nanotem.segmentation.judge.witnesses import CLOSER, LEVEL, Witness
from nanotem.segmentation.network.fit import fit_of
from nanotem.segmentation.network.prediction import levelled
from nanotem.threads import side_by_side

_ABSENT = -1.0
"""The value of what no witness could say."""

_LEAST_NOISE = 0.3
"""Grey levels of 256: rounding to whole levels leaves a standard deviation of 0.29."""

_LEAST_SHARE = 0.01
"""The same as a share of the standard deviation of a levelled image."""

_ALIKE = 0.25
"""Two proposals are alike whose diameters and levels differ by no more than a quarter: that is within one family."""

FloatArray = npt.NDArray[np.float64]


def evidence(
    proposals: Proposals, witnesses: Sequence[Witness], *, contrast: GreyImage, diameter_px: float
) -> dict[str, FloatArray]:
    """Return the features of every proposal by their names, each of shape (proposals,).

    Parameters
    ----------
    proposals
        From `pooled`, of the labels of these witnesses.
    witnesses
        In the same order.
    contrast
        Grey level above the background.
    diameter_px
        Typical diameter of the particles for the network.
    """
    met = _Met(proposals, len(witnesses))
    groups = {kind: [k for k, one in enumerate(witnesses) if one.kind == kind] for kind in ("neck", "network")}
    looks = _looks(witnesses)
    sure = met.sure(proposals, witnesses)
    features = {
        "survival": met.overlap.mean(axis=1),
        "share_75": (met.overlap > 0.75).mean(axis=1),
        "share_50": (met.overlap > 0.5).mean(axis=1),
        "sure": _largest(sure, groups["network"]),
        "sure_1": _largest(sure, looks["1"]),
        "sure_level": _largest(sure, looks["level_1"]),
    }
    for kind in ("neck", "network"):
        features |= {
            f"survival_{kind}": _mean(met.overlap, groups[kind]),
            f"best_{kind}": _largest(met.overlap, groups[kind]),
            f"first_{kind}": _mean(met.overlap, groups[kind][:1]),
            f"covered_{kind}": _mean(met.covered, groups[kind]),
            f"unsplit_{kind}": _mean(met.unsplit, groups[kind]),
            f"unmerged_{kind}": _mean(met.unmerged, groups[kind]),
        }
    for look, members in looks.items():
        features |= {f"overlap_{look}": _mean(met.overlap, members), f"covered_{look}": _mean(met.covered, members)}
    levels, squares = proposals.means_of(contrast, contrast**2)
    noise = _noise(contrast, proposals, least=_LEAST_NOISE)
    features |= _of_bodies(proposals, levels, noise=noise, diameter_px=diameter_px)
    features |= _of_rims(proposals, witnesses, contrast, levels, noise=noise)
    features |= _of_image(proposals, met, levels, squares, noise=noise)
    plain, level = (next((witnesses[k] for k in looks[look]), None) for look in ("1", "level_1"))
    features["image_likeness"] = np.full(len(proposals), _likeness(plain))
    features["image_likeness_level"] = np.full(len(proposals), _likeness(level))
    return features | _without_background(proposals, contrast, level.shown_px if level else diameter_px)


def _looks(witnesses: Sequence[Witness]) -> dict[str, list[int]]:
    """Return the witnesses of every look of the network by its name."""

    def of(closer: float, *, level: bool) -> list[int]:
        asked = (k for k, one in enumerate(witnesses) if one.kind == "network")
        return [k for k in asked if witnesses[k].closer == closer and witnesses[k].level == level]

    plain = {f"{closer:g}": of(closer, level=False) for closer in (1.0, *CLOSER)}
    return plain | {f"level_{closer:g}": of(closer, level=True) for closer in LEVEL}


def _without_background(proposals: Proposals, contrast: GreyImage, level_px: float) -> dict[str, FloatArray]:
    """Return size and contrast of proposals for what is found without what is much larger."""
    level = levelled(contrast, level_px)
    noise = _noise(level, proposals, least=_LEAST_SHARE)
    return {
        "size_to_level": np.log(2 * np.sqrt(proposals.areas_px / np.pi) / level_px),
        "contrast_level": np.log(np.maximum(proposals.means_of(level)[0], 0) / noise + 0.1),
    }


def _of_bodies(proposals: Proposals, levels: FloatArray, *, noise: float, diameter_px: float) -> dict[str, FloatArray]:
    """Return what a proposal is by itself: size, contrast, place; and how many others are like it."""
    areas = proposals.areas_px
    diameters = 2 * np.sqrt(areas / np.pi)
    share = levels / _typical(levels, areas)
    return {
        "size_to_network": np.log(diameters / diameter_px),
        "size_to_median": np.log(diameters / (np.median(diameters) if len(diameters) else 1.0)),
        "size": np.log(diameters),
        "contrast_to_noise": np.log(np.maximum(levels, 0) / noise + 0.1),
        "contrast_share": share,
        "alike": _alike(proposals, np.log(diameters), share),
        "at_frame": proposals.at_frame().astype(float),
    }


def _of_rims(
    proposals: Proposals, witnesses: Sequence[Witness], contrast: GreyImage, levels: FloatArray, *, noise: float
) -> dict[str, FloatArray]:
    """Return how far a proposal is above the background at its rim: what is below is a hole, or between particles."""
    rims = np.zeros(len(proposals))
    for k, found in enumerate(side_by_side(lambda one: rim_levels(one.labels, contrast), witnesses)):
        of_witness = proposals.witness == k
        rims[of_witness] = found[proposals.label[of_witness] - 1]
    above = np.nan_to_num(levels - rims)
    return {"step_share": above / _typical(levels, proposals.areas_px), "step_to_noise": above / noise}


def _typical(levels: FloatArray, areas: FloatArray) -> float:
    return max(float(np.average(levels, weights=areas)) if len(levels) else 1.0, 1e-3)


def _alike(proposals: Proposals, *values: FloatArray) -> FloatArray:
    """Return the logarithm of how many proposals of the first witness are of nearly the same size and level."""
    points = np.stack(values, axis=1) / _ALIKE
    first = cKDTree(points[proposals.witness == 0])
    return np.log1p(first.query_ball_point(points, 1.0, p=np.inf, return_length=True))


def _of_image(
    proposals: Proposals, met: "_Met", levels: FloatArray, squares: FloatArray, *, noise: float
) -> dict[str, FloatArray]:
    """Return what all proposals of an image have in common.

    Holes, dirt and other texture are told by these: holes are of one level, dirt is of all sizes and ragged, and
    neither is seen in a single proposal.
    """
    areas = proposals.areas_px
    n, lengths = met.overlap.shape[1], np.sqrt(areas)
    total = np.bincount(proposals.witness, lengths, n)
    survived = np.bincount(proposals.witness, lengths * met.overlap.mean(axis=1), n)
    alike = {
        "image_survival": float(np.mean(survived / np.maximum(total, 1))),
        "image_n": float(np.log1p(len(proposals) / n)),
        "image_covered": float((proposals.atoms > 0).mean()),
    }
    alike |= dict.fromkeys(("image_levels", "image_sizes", "image_uneven", "image_compact"), 0.0)
    if len(proposals):
        uneven = np.sqrt(np.maximum(squares - levels**2, 0)) / np.maximum(np.abs(levels), noise)
        alike |= {
            "image_levels": robust_sd(levels) / _typical(levels, areas),
            "image_sizes": robust_sd(np.log(areas) / 2),
            "image_uneven": float(np.average(uneven, weights=lengths)),
            "image_compact": float(np.average(proposals.compactness(), weights=lengths)),
        }
    return {name: np.full(len(proposals), value) for name, value in alike.items()}


def _likeness(network: Witness | None) -> float:
    """Return how well what the network finds fits the scale at which it was asked: dirt, holes and noise fit none."""
    if network is None or network.sure is None:
        return _ABSENT
    return fit_of(network.labels, network.sure, shown_px=network.shown_px).likeness


def _noise(contrast: GreyImage, proposals: Proposals, *, least: float) -> float:
    """Return the noise where nobody sees a particle, of everything if everybody sees one everywhere."""
    outside = contrast[proposals.atoms == 0]
    levels = outside if outside.size else contrast.ravel()
    levels = levels[:: max(levels.size // 100_000, 1)]
    return max(robust_sd(levels), least)


class _Met:
    """How every proposal meets the particles of every witness; arrays of shape (proposals, witnesses).

    Attributes
    ----------
    overlap
        Largest intersection over union with a particle of the witness.
    covered
        Share of the proposal that the witness takes for particles.
    unsplit
        Share of that in one particle.
    unmerged
        Share of that particle that is in the proposal.
    """

    def __init__(self, proposals: Proposals, n_witnesses: int) -> None:
        areas, shared = proposals.areas_px, proposals.shared_px()
        self._row, self._other = shared.row, shared.col
        self._iou = shared.data / (areas[shared.row] + areas[shared.col] - shared.data)
        self._witness = proposals.witness[shared.col]
        shape = (len(proposals), n_witnesses)
        self.overlap = self._gathered(shape, np.maximum, self._iou)
        on_particles = self._gathered(shape, np.add, shared.data)
        in_one = self._gathered(shape, np.maximum, shared.data)
        self.covered = on_particles / areas[:, None]
        self.unsplit = np.divide(in_one, on_particles, out=np.zeros(shape), where=on_particles > 0)
        is_main = shared.data == in_one[shared.row, self._witness]
        self.unmerged = self._gathered(shape, np.maximum, np.where(is_main, shared.data / areas[shared.col], 0))

    def sure(self, proposals: Proposals, witnesses: Sequence[Witness]) -> FloatArray:
        """Return how sure each witness is of what it has there: its confidence times the overlap."""
        own = np.zeros(len(proposals))
        for k, one in enumerate(witnesses):
            if one.sure is not None:
                of_witness = proposals.witness == k
                own[of_witness] = one.sure[proposals.label[of_witness]]
        return self._gathered(self.overlap.shape, np.maximum, self._iou * own[self._other])

    def _gathered(self, shape: tuple[int, ...], how: np.ufunc, values: FloatArray) -> FloatArray:
        gathered = np.zeros(shape)
        how.at(gathered, (self._row, self._witness), values)
        return gathered


def _mean(values: npt.NDArray[np.generic], members: Sequence[int]) -> FloatArray:
    return _reduced(values, members, np.mean)


def _largest(values: npt.NDArray[np.generic], members: Sequence[int]) -> FloatArray:
    return _reduced(values, members, np.max)


def _reduced(values: npt.NDArray[np.generic], members: Sequence[int], how: Callable[..., FloatArray]) -> FloatArray:
    return np.asarray(how(values[:, members], axis=1), float) if members else np.full(len(values), _ABSENT)
