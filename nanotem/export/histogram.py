"""The size distribution as a page of its own."""

from nanotem.figures.sizes import distribution_figure
from nanotem.statistics.family import Families
from nanotem.statistics.params import SizeParams
from nanotem.statistics.sizes import Sizes


def histogram_html(sizes: Sizes, params: SizeParams, families: Families) -> bytes:
    """Return the histogram with the curves of page and report, as HTML that needs no network.

    Parameters
    ----------
    sizes
        The sizes that were counted; there may be none.
    params
        Bins, what each particle counts for, and whether bars are sums of weights.
    families
        As `sizes.families(params)` returns them.
    """
    figure = distribution_figure(sizes, params, families, weighting=params.weighting)
    return figure.to_html(include_plotlyjs=True, full_html=True).encode()
