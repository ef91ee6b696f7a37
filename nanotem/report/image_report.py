"""The report of one image."""

from collections.abc import Iterator

import pandas as pd

from nanotem.analysis import Analysis
from nanotem.figures.pictures import data_address, encode, outlined_picture
from nanotem.figures.sizes import distribution_figure
from nanotem.measurement import FLAGS, has_flag
from nanotem.measurement.class_columns import accepted
from nanotem.measurement.doubt import doubtful_particles
from nanotem.percent import in_percent, share_in_words
from nanotem.report.lattice_tables import lattice_headline, spacing_table
from nanotem.report.methods import correction_sentence, methods_paragraph, scale_sentence
from nanotem.report.page import chart, render
from nanotem.report.recipe_table import recipe_lines
from nanotem.report.size_tables import (
    NEEDED_FOR,
    arrangement_table,
    budget_table,
    family_table,
    headline,
    metal_table,
    sufficiency_words,
    summary_table,
    weighted_notes,
    weighted_table,
)
from nanotem.statistics import WEIGHTINGS, enough_particles, sufficiency_table
from nanotem.statistics.budget import NOT_INCLUDED
from nanotem.statistics.compare import CLASS_KINDS
from nanotem.statistics.summary import INTERVALS_IN_WORDS
from nanotem.summary import budget_of, counts_in_words

_PICTURE_PX = 1000
"""Outlines are one pixel wide, and the page is 700 px wide: of a larger picture they could not be seen."""


def html_report(analysis: Analysis, *, sensitivity: pd.DataFrame | None = None) -> str:
    """Return the report of one image as one HTML page that needs no network and prints on A4.

    Parameters
    ----------
    analysis
        Of the image, corrections included. Classes are counted if the particles have columns `outline` or `solid`.
    sensitivity
        From `nanotem.sensitivity.sensitivity`; None leaves segmentation unknown in the budget.
    """
    micrograph, particles, recipe = analysis.micrograph, analysis.particles, analysis.recipe
    sizes = analysis.sizes
    summary, families, params = sizes.summary, analysis.families, recipe.sizes
    figure = distribution_figure(sizes, params, families, weighting=params.weighting)
    context = {
        "title": f"Particle sizes in {micrograph.name}",
        "micrograph": micrograph,
        "counts": counts_in_words(analysis),
        "scale": scale_sentence(analysis.scale),
        "sizes": sizes,
        "summary": summary,
        "headline": headline(sizes, params.weighting),
        "enough": enough_particles(sizes.values, sizes.weights),
        "picture": data_address(encode(outlined_picture(micrograph.pixels, analysis.labels, longest_px=_PICTURE_PX))),
        "histogram": chart(figure, f"Histogram of {sizes.name.lower()}s") if sizes.values.size else None,
        "bars": f"{WEIGHTINGS[params.weighting].title}{', corrected for the frame' if params.correct_frame else ''}",
        "intervals": INTERVALS_IN_WORDS,
        "summary_table": summary_table(summary, sizes.unit),
        "weighted_table": weighted_table(sizes),
        "weighted_notes": weighted_notes(sizes),
        "assumption": WEIGHTINGS["volume"].assumption,
        "surface": (surface := analysis.metal_surface),
        "surface_table": metal_table(surface) if surface else None,
        "arrangement": analysis.arrangement,
        "arrangement_table": arrangement_table(analysis.arrangement),
        "sufficiency_table": sufficiency_words(sufficiency_table(sizes.values, sizes.weights)),
        "needed_for": NEEDED_FOR,
        "families": families,
        "family_lines": families.in_words(sizes.unit),
        "family_table": family_table(families, sizes.unit),
        "classes": (classes := list(_classes(particles))),
        "population": list(_population(analysis)),
        "lattice_headline": lattice_headline(analysis.lattices) if analysis.with_lattices else None,
        "spacing_table": spacing_table(analysis.lattices) if analysis.with_lattices else None,
        "flags": [(name, int(has_flag(particles, name).sum()), flag.description) for name, flag in FLAGS.items()],
        "n_doubtful": len(doubtful_particles(particles)),
        "corrections": correction_sentence(analysis.edits, n_lost=len(analysis.edited.lost)),
        "notes": [one.text for one in analysis.notes],
        "budget": (budget := budget_of(analysis, sensitivity)),
        "budget_table": budget_table(budget),
        "not_included": NOT_INCLUDED,
        "methods": methods_paragraph(analysis),
        "recipe": recipe_lines(recipe, with_shapes=bool(classes), with_lattices=analysis.with_lattices),
        "versions": analysis.provenance.versions,
    }
    return render("image.html", context)


def _population(analysis: Analysis) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each kind of class that was told, with the part of the population that each class is."""
    for kind, found in analysis.class_fractions.items() if analysis.with_shapes else ():
        rows = found.table().itertuples(index=False)
        yield kind, [(str(name), share_in_words(*ends)) for name, *ends in rows]


def _classes(particles: pd.DataFrame) -> Iterator[tuple[str, list[tuple[str, int, str]]]]:
    """Yield each kind of class that the table has, with those of its whole particles, the most frequent first."""
    whole = particles[~has_flag(particles, "touches_frame")]
    for kind in (kind for kind in CLASS_KINDS if kind in whole):
        counts = accepted(whole, kind).value_counts()
        yield kind, [(str(name), int(n), in_percent(n / counts.sum())) for name, n in counts.items()]
