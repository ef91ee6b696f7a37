"""Histograms, and the Gaussian that is fitted to their counts."""

import warnings
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.optimize import OptimizeWarning, curve_fit

from nanotem.errors import ParameterError
from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.sample import as_sample

BinRule = Literal["auto", "fd", "scott", "sturges", "count"]

MOST_BINS = 200
_FIT_PARAMETERS = 3


def histogram_bins(
    diameters: npt.ArrayLike,
    *,
    rule: BinRule = "auto",
    n_bins: int | None = None,
    least_width: float = 0.0,
) -> FloatArray:
    """Return the edges of equal bins from the smallest to the largest diameter.

    Parameters
    ----------
    diameters
        Shape (n,).
    rule
        `auto` takes the finer of `fd` and `sturges`, as the first is too coarse for two families.
        `fd`, Freedman-Diaconis (2·IQR·n^(−1/3), Scott where the IQR is 0), suits skewed sizes; `scott`
        (3.49·s·n^(−1/3)) and `sturges` (1 + log₂ n bins) are coarser; `count` takes `n_bins`.
    n_bins
        Only for `count`: 1 to 200.
    least_width
        Width of one pixel in the unit of the diameters: finer bins would show the pixels, not the particles.

    Returns
    -------
    numpy.ndarray
        Ascending, at least 2 and at most 201 edges. Sizes that are all the same get one bin around them.

    Raises
    ------
    ParameterError
        If the rule is unknown, `n_bins` is missing or outside 1 to 200, or `least_width` is negative.
    """
    if rule not in get_args(BinRule):
        raise ParameterError(f"There is no bin rule {rule!r}.", f"Use one of {', '.join(get_args(BinRule))}.")
    if rule == "count" and not (n_bins and 1 <= n_bins <= MOST_BINS):
        raise ParameterError(f"{n_bins} bins are not between 1 and {MOST_BINS}.", "Set `n_bins` for `count`.")
    if least_width < 0:
        raise ParameterError(f"A bin width of {least_width:g} is negative.", "Use the width of one pixel.")
    d = as_sample(diameters).diameters
    if d.size == 0:
        return np.array([0.0, least_width or 1.0])
    span = float(np.ptp(d))
    if span == 0:
        half = (least_width or d[0] / 10) / 2
        return np.array([d[0] - half, d[0] + half])
    wanted = n_bins if rule == "count" and n_bins else span / _rule_width(d, rule)
    allowed = min(MOST_BINS, span / least_width) if least_width else MOST_BINS
    return np.linspace(d[0], d[-1], max(1, int(min(np.ceil(wanted), allowed))) + 1)


def _rule_width(d: FloatArray, rule: BinRule) -> float:
    """Return the bin width of a rule for sizes that are not all the same."""
    if rule == "auto":
        return min(_rule_width(d, "fd"), _rule_width(d, "sturges"))
    if rule == "sturges":
        return float(np.ptp(d) / (1 + np.log2(d.size)))
    iqr = float(np.subtract(*np.quantile(d, [0.75, 0.25])))
    spread = 2 * iqr if rule == "fd" and iqr > 0 else 3.49 * float(d.std(ddof=1))
    return float(spread * d.size ** (-1 / 3))


@dataclass(frozen=True)
class HistogramFit:
    """A Gaussian fitted to histogram counts; NaN and a reason where the fit failed.

    Parameters
    ----------
    mean, sd, height
        Of the Gaussian: centre, width, and count at the centre.
    mean_error, sd_error
        Standard errors as `curve_fit` gives them. They say how well a Gaussian follows the bars: the truth
        lies within 1.96 of them in 2 to 80 % of samples, not 95 %. Use the intervals of `summarise`.
    converged
        False where there is no fit.
    reason
        Why not, in plain words; empty where there is one.
    """

    mean: float = float("nan")
    sd: float = float("nan")
    height: float = float("nan")
    mean_error: float = float("nan")
    sd_error: float = float("nan")
    converged: bool = False
    reason: str = ""

    def counts(self, diameters: FloatArray) -> FloatArray:
        """Return the fitted count per bin at the diameters."""
        return _gaussian(diameters, self.height, self.mean, self.sd)


def gaussian_histogram_fit(
    diameters: npt.ArrayLike, bins: npt.ArrayLike, *, weights: npt.ArrayLike | None = None
) -> HistogramFit:
    """Fit a Gaussian to the counts of a histogram by least squares.

    The usual way to read a histogram, kept for comparison: it follows the peak, so that its mean is 5 % too
    small for a log-normal of geometric standard deviation 1.3, and it changes with the bins.

    Parameters
    ----------
    diameters
        Shape (n,).
    bins
        Bin edges, ascending.
    weights
        Shape (n,); the counts are then sums of weights.

    Raises
    ------
    ParameterError
        If the edges do not ascend.
    """
    edges = np.asarray(bins, dtype=np.float64)
    if edges.size < 2 or (np.diff(edges) <= 0).any():
        raise ParameterError(f"The {edges.size} bin edges do not ascend.", "Take them from `histogram_bins`.")
    sample = as_sample(diameters, weights)
    counts, _ = np.histogram(sample.diameters, edges, weights=sample.weights)
    if np.count_nonzero(counts) < _FIT_PARAMETERS or counts.size <= _FIT_PARAMETERS:
        return HistogramFit(
            reason=f"{np.count_nonzero(counts)} of {counts.size} bars hold particles; "
            f"a Gaussian needs {_FIT_PARAMETERS} of at least {_FIT_PARAMETERS + 1}."
        )
    centres = (edges[:-1] + edges[1:]) / 2
    mean = np.average(centres, weights=counts)
    sd = np.sqrt(np.average((centres - mean) ** 2, weights=counts))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizeWarning)
            best, covariance = curve_fit(_gaussian, centres, counts, p0=(counts.max(), mean, sd))
    except RuntimeError:
        return HistogramFit(reason="The bars do not lead to a Gaussian: least squares did not settle.")
    errors = np.sqrt(np.diag(covariance))
    if not np.isfinite(errors).all() or not edges[0] <= best[1] <= edges[-1]:
        return HistogramFit(reason="The bars have no peak that a Gaussian could follow.")
    height, centre, width = map(float, best)
    return HistogramFit(centre, abs(width), height, float(errors[1]), float(errors[2]), converged=True)


def _gaussian(x: FloatArray, height: float, mean: float, sd: float) -> FloatArray:
    return height * np.exp(-0.5 * ((x - mean) / sd) ** 2)
