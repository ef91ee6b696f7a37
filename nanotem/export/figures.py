"""The figures of an analysis for a paper."""

from nanotem.analysis import Analysis
from nanotem.export.boundaries import traced_rings
from nanotem.figures.printed import WIDTHS_MM, FileType, printed_chart, printed_outlines
from nanotem.figures.sizes import cumulative_curve, distribution_figure


def histogram(analysis: Analysis, file_type: FileType, *, width_mm: float = WIDTHS_MM["one column"]) -> bytes:
    """Return the size distribution with the curves of page and report, of each family where several are resolved.

    Parameters
    ----------
    analysis
        Its sizes may be none.
    file_type, width_mm
        As for `nanotem.figures.printed.printed_chart`.
    """
    params = analysis.recipe.sizes
    figure = distribution_figure(analysis.sizes, params, analysis.families, weighting=params.weighting)
    return printed_chart(figure, file_type, width_mm=width_mm)


def cumulative(analysis: Analysis, file_type: FileType, *, width_mm: float = WIDTHS_MM["one column"]) -> bytes:
    """Return the cumulative size distribution; parameters as for `histogram`, but there must be sizes."""
    sizes, weighting = analysis.sizes, analysis.recipe.sizes.weighting
    figure = cumulative_curve(
        sizes.values, weights=sizes.weights, unit=sizes.unit, quantity=sizes.name, weighting=weighting
    )
    return printed_chart(figure, file_type, width_mm=width_mm)


def outlines(analysis: Analysis, file_type: FileType, *, width_mm: float = WIDTHS_MM["one column"]) -> bytes:
    """Return the micrograph with outlines; parameters as for `histogram`."""
    rings = traced_rings(analysis.outlines)
    return printed_outlines(analysis.micrograph.pixels, rings, file_type, width_mm=width_mm)
