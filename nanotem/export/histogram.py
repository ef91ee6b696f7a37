"""The size distribution as a page of its own."""

from nanotem.figures.sizes import size_histogram
from nanotem.statistics import summarise
from nanotem.statistics.params import SizeParams
from nanotem.statistics.sizes import Sizes


def histogram_html(sizes: Sizes, params: SizeParams) -> bytes:
    """Return the histogram with its families, or with both fits where there is but one, as HTML that needs no network.

    Parameters
    ----------
    sizes
        The sizes that were counted; there may be none.
    params
        Bins, families, and whether bars are sums of weights.
    """
    found = sizes.families(params)
    summary = summarise(sizes.values, sizes.weights, n_resamples=1)
    figure = size_histogram(
        sizes.values,
        sizes.bins(params),
        weights=sizes.weights if params.correct_frame else None,
        unit=sizes.unit,
        quantity=sizes.name,
        normal=None if found.resolved else summary.normal,
        log_normal=None if found.resolved else summary.log_normal,
        families=found if found.resolved else None,
    )
    return figure.to_html(include_plotlyjs=True, full_html=True).encode()
