"""The report of one image."""

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from nanotem.analysis import Analysis
from nanotem.figures.pictures import data_address, encode, outlined_picture
from nanotem.figures.sizes import size_histogram
from nanotem.measurement import FLAGS, has_flag
from nanotem.measurement.class_columns import accepted
from nanotem.measurement.doubt import doubtful_particles
from nanotem.report.methods import correction_sentence, methods_paragraph, scale_sentence
from nanotem.report.page import chart, render
from nanotem.statistics import Families, SizeSummary, enough_particles
from nanotem.statistics.budget import NOT_INCLUDED, uncertainty_budget
from nanotem.statistics.compare import CLASS_KINDS
from nanotem.statistics.sizes import Sizes

_PICTURE_PX = 1000
"""Outlines are one pixel wide, and the page is 700 px wide: of a larger picture they could not be seen."""


def html_report(analysis: Analysis, *, sensitivity: pd.DataFrame | None = None) -> str:
    """Return the report of one image as one HTML page that needs no network and prints on A4.

    Parameters
    ----------
    analysis
        Of the image, corrections included. Classes are counted if the particles have columns `outline` or `solid`.
    sensitivity
        From `nanotem.sensitivity.sensitivity`; None leaves threshold and separation unknown in the budget.
    """
    micrograph, particles, recipe = analysis.micrograph, analysis.particles, analysis.recipe
    sizes, diameters, scale = analysis.sizes, analysis.diameters, analysis.scale
    summary = sizes.summary
    families = sizes.families(recipe.sizes)
    context = {
        "title": f"Particle sizes in {micrograph.name}",
        "micrograph": micrograph,
        "scale": scale_sentence(scale),
        "sizes": sizes,
        "summary": summary,
        "headline": [
            (f"Mean {sizes.name.lower()}", summary.mean),
            ("Standard deviation", summary.sd),
            ("Median (D50)", summary.d50),
        ],
        "enough": enough_particles(sizes.values, sizes.weights),
        "picture": data_address(encode(outlined_picture(micrograph.pixels, analysis.labels, longest_px=_PICTURE_PX))),
        "histogram": _histogram(analysis, sizes, summary, families),
        "corrected": ", corrected for the frame" if recipe.sizes.correct_frame else "",
        "numbers": list(_numbers(summary, sizes.unit)),
        "families": families,
        "family_rows": list(_family_rows(families)),
        "classes": list(_classes(particles)),
        "flags": [(name, int(has_flag(particles, name).sum()), flag.description) for name, flag in FLAGS.items()],
        "n_doubtful": len(doubtful_particles(particles)),
        "corrections": correction_sentence(analysis.edits),
        "notes": [one.text for one in analysis.notes],
        "budget": uncertainty_budget(diameters, scale, sensitivity) if diameters.values.size else None,
        "not_included": NOT_INCLUDED,
        "methods": methods_paragraph(analysis),
        "recipe": recipe,
    }
    return render("image.html", context)


def _histogram(analysis: Analysis, sizes: Sizes, summary: SizeSummary, families: Families) -> Markup | None:
    if not sizes.values.size:
        return None
    params = analysis.recipe.sizes
    several = len(families.families) > 1
    figure = size_histogram(
        sizes.values,
        sizes.bins(params),
        weights=sizes.weights if params.correct_frame else None,
        unit=sizes.unit,
        quantity=sizes.name,
        normal=None if several else summary.normal,
        log_normal=None if several else summary.log_normal,
        families=families if several else None,
    )
    return chart(figure, "histogram")


def _numbers(summary: SizeSummary, unit: str) -> Iterator[tuple[str, str]]:
    yield "Mean", summary.mean.in_words(unit)
    yield "Standard deviation", summary.sd.in_words(unit)
    yield "Polydispersity (sd / mean)", summary.polydispersity.in_words()
    for name, percentile in (("D10", summary.d10), ("D50 (median)", summary.d50), ("D90", summary.d90)):
        yield name, percentile.in_words(unit)
    yield "Normal fit, standard deviation", summary.normal.sd.in_words(unit)
    yield "Log-normal fit, median", summary.log_normal.median.in_words(unit)
    yield "Log-normal fit, geometric standard deviation", summary.log_normal.geometric_sd.in_words()


def _family_rows(families: Families) -> Iterator[tuple[str, ...]]:
    for place, family in enumerate(families.families, start=1):
        numbers = (family.median, family.geometric_sd, family.mean)
        yield str(place), f"{family.fraction.value:.0%}", *(one.in_words() for one in numbers)


def _classes(particles: pd.DataFrame) -> Iterator[tuple[str, list[tuple[str, int, str]]]]:
    """Yield each kind of class that the table has, with its classes, the most frequent first."""
    for kind in (kind for kind in CLASS_KINDS if kind in particles):
        counts = accepted(particles, kind).value_counts()
        yield kind, [(str(name), int(n), f"{n / counts.sum():.0%}") for name, n in counts.items()]
