"""Families divided by hand, at sizes that a person chose."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.statistics.estimate import Z_95, Estimate, FloatArray
from nanotem.statistics.family import Families, Family
from nanotem.statistics.histogram import gaussian_histogram_fit, histogram_bins
from nanotem.statistics.sample import Sample, as_sample
from nanotem.statistics.share import wilson
from nanotem.statistics.summary import summarise


def split_at(diameters: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, edges: Sequence[float]) -> Families:
    """Divide sizes at given diameters, and describe each part on its own.

    A cut takes the tails of overlapping families away: for means two standard deviations apart their widths
    come out up to a fifth too small, whichever fit is used. `find_families` does not cut.

    Parameters
    ----------
    diameters
        Shape (n,), above 0.
    weights
        Shape (n,), from `frame_weights`.
    edges
        Ascending diameters to cut at; a particle of exactly that size goes to the larger part.

    Returns
    -------
    Families
        `len(edges) + 1` families, each with the maximum-likelihood fit of its part and a Gaussian fitted to
        the histogram of its part; NaN for an empty part.

    Raises
    ------
    ParameterError
        If the edges do not ascend from above 0, or a diameter or a weight is outside its limits.
    """
    cuts = np.asarray(edges, dtype=np.float64)
    if (np.diff(cuts, prepend=0.0) <= 0).any():
        raise ParameterError(
            f"The dividing sizes {', '.join(f'{cut:g}' for cut in cuts)} do not ascend from above 0.",
            "Order them from small to large, each once.",
        )
    sample = as_sample(diameters, weights)
    part_of = np.digitize(sample.diameters, cuts)
    families = tuple(
        _family(sample.diameters[part_of == part], sample.weights[part_of == part], sample)
        for part in range(cuts.size + 1)
    )
    membership = np.digitize(np.asarray(diameters, dtype=np.float64).ravel(), cuts)
    sizes = ", ".join(f"{cut:g}" for cut in cuts)
    verdict = f"Divided by hand at {sizes}." if cuts.size else "Not divided."
    return Families(families, membership, "by hand", False, float("nan"), (), verdict)


def _family(diameters: FloatArray, weights: FloatArray, whole: Sample) -> Family:
    """Describe one part."""
    summary = summarise(diameters, weights)
    share = float(weights.sum() / whole.weights.sum()) if whole.n else float("nan")
    return Family(
        fraction=wilson(share, Z_95**2 / whole.n_eff) if whole.n else Estimate(share),
        median=summary.log_normal.median,
        geometric_sd=summary.log_normal.geometric_sd,
        mean=summary.mean,
        histogram_fit=gaussian_histogram_fit(diameters, histogram_bins(diameters), weights=weights),
    )
