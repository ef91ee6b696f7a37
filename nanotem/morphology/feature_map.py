"""Particles on a map of two axes: principal components, or the directions that separate classes best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.percent import in_percent

Values = npt.NDArray[np.float64]

DESCRIPTORS = ("diameter_px", "aspect_ratio", "circularity", "roundness", "solidity", "extent", "mean_grey")
"""Columns of the particle table that describe size, shape and contrast."""

_CONSTANT = 1e-9
_FEWEST_PER_CLASS = 3
_PARTICLES_PER_COMPONENT = 5
_MOST_COMPONENTS = 20
_NO_LDA = (
    f"LDA needs two classes with {_FEWEST_PER_CLASS} particles each that are not all alike; these are the principal "
    "components."
)


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """Where particles lie among each other.

    Attributes
    ----------
    points
        Shape (n, 2): x and y of each particle, in standard deviations of no meaning in themselves.
    axes
        Titles of the two axes, with the share of the variance that each of them shows.
    note
        What could not be done, empty if nothing.
    """

    points: Values
    axes: tuple[str, str]
    note: str = ""


def descriptors(particles: pd.DataFrame) -> Values:
    """Return the descriptors of a particle table, shape (n, len(DESCRIPTORS))."""
    return particles[list(DESCRIPTORS)].to_numpy(np.float64)


def map_features(
    features: Values, *, method: Literal["pca", "lda"] = "pca", classes: Sequence[str | None] | None = None
) -> FeatureMap:
    """Place particles on a map of two axes.

    Parameters
    ----------
    features
        Shape (n, features), any units: each is divided by its standard deviation, constant ones are left out, and
        what is not finite is put at the mean.
    method
        "pca": the two directions in which particles differ most. "lda": those that separate the classes best,
        searched among the largest principal components, at most one for every five particles: with more, few
        particles can be separated by any classes.
    classes
        Shape (n,), for "lda"; None where it is not known. Those particles are placed but not learned from.

    Returns
    -------
    FeatureMap
        The principal components, with a note, where there are no two classes with three particles each.

    Raises
    ------
    ParameterError
        If the method is unknown, or there are not as many classes as particles.
    """
    if method not in ("pca", "lda"):
        raise ParameterError(f"There is no map {method!r}.", "Use pca or lda.")
    if classes is not None and len(classes) != len(features):
        raise ParameterError(f"{len(classes)} classes for {len(features)} particles.", "Give one class each.")
    components, shares = _principal(_standardised(features))
    flat = FeatureMap(components[:, :2], (_title("PC 1", shares[0]), _title("PC 2", shares[1])))
    if method == "pca":
        return flat
    names = np.array([name or "" for name in classes or [""] * len(features)], dtype=object)
    learned = np.isin(names, [k for k in set(names) - {""} if (names == k).sum() >= _FEWEST_PER_CLASS])
    if len(set(names[learned])) < 2 or not _differ_within(components[learned], names[learned]):
        return replace(flat, note=_NO_LDA)
    return _discriminant(components, names, learned, shares[0])


def _standardised(features: Values) -> Values:
    """Return features of mean 0 and standard deviation 1, without those that are constant."""
    known = np.where(np.isfinite(features), features, np.nan)
    known = known[:, ~np.isnan(known).all(axis=0)] if len(known) else known[:, :0]
    centred = known - np.nanmean(known, axis=0) if known.size else known
    filled = np.nan_to_num(centred)
    sd = filled.std(axis=0) if len(filled) else np.zeros(filled.shape[1])
    varies = sd > _CONSTANT * np.maximum(1, np.abs(known).max(axis=0, initial=0, where=~np.isnan(known)))
    return np.asarray(filled[:, varies] / sd[varies])


def _principal(standardised: Values) -> tuple[Values, Values]:
    """Return principal components, at least two, and the share of the variance of each; zeros where there are none."""
    from sklearn.decomposition import PCA

    n, n_features = standardised.shape
    components, shares = np.zeros((n, 2)), np.zeros(2)
    k = min(n - 1, n_features, _MOST_COMPONENTS)
    if k > 0:
        pca = PCA(n_components=k, svd_solver="full").fit(standardised)
        components = np.pad(pca.transform(standardised), ((0, 0), (0, max(2 - k, 0))))
        shares = np.pad(pca.explained_variance_ratio_, (0, max(2 - k, 0)))
    return components, shares


def _discriminant(components: Values, names: npt.NDArray[Any], learned: npt.NDArray[Any], share: float) -> FeatureMap:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    k = min(max(2, int(learned.sum()) // _PARTICLES_PER_COMPONENT), components.shape[1])
    searched = components[:, :k]
    lda = LinearDiscriminantAnalysis(solver="svd").fit(searched[learned], names[learned].astype(str))
    points = lda.transform(searched)[:, :2]
    shares = lda.explained_variance_ratio_
    if points.shape[1] == 2:
        return FeatureMap(points, (_title("LD 1", shares[0]), _title("LD 2", shares[1])))
    return FeatureMap(np.column_stack([points, components[:, 0]]), ("LD 1", _title("PC 1", share)))


def _differ_within(components: Values, names: npt.NDArray[Any]) -> bool:
    """Whether particles of the same class differ: else there is nothing to measure distances between classes by."""
    return any(np.ptp(components[names == name], axis=0).max() > _CONSTANT for name in set(names))


def _title(name: str, share: float) -> str:
    return f"{name} ({in_percent(share)})"
