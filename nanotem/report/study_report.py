"""The report of a study: many images of one or more samples."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from nanotem.figures.compare import cumulative_curves, violins
from nanotem.figures.pictures import data_address
from nanotem.provenance import Provenance, versions
from nanotem.recipe import Recipe
from nanotem.report.comparison_tables import (
    POPULATION,
    arrangements_table,
    difference_table,
    population_table,
    sample_table,
    share_table,
    surface_table,
    weighted_sample_notes,
    weighted_sample_table,
)
from nanotem.report.lattice_tables import FRINGES, fringes_by
from nanotem.report.methods import software_sentence
from nanotem.report.page import PAGE_MM, chart, render
from nanotem.report.recipe_sentences import QUANTITIES, frame_sentence, recipe_sentences
from nanotem.report.recipe_table import recipe_lines
from nanotem.report.words import plural
from nanotem.statistics import WEIGHTINGS, Comparison, compare_samples
from nanotem.statistics.arrangements import ARRANGED, compare_arrangements
from nanotem.statistics.compare import counted_particles

_IMAGE_COLUMNS = {
    "file": "Image",
    "sample": "Sample",
    "n_particles": "Particles",
    "mean": "Mean",
    "mean_uncertainty": "± (k = 2)",
    "uncertainty_without": "± without",
    "median": "D50",
    "sd": "Sd",
    "unit": "Unit",
    "nm_per_px": "nm / px",
    "method": "Method",
    "n_doubtful": "Doubtful",
    "flags": "Flags",
    "reason": "Reason",
}


def study_report(
    particles: pd.DataFrame,
    images: pd.DataFrame,
    thumbnails: Mapping[str, bytes],
    recipe: Recipe,
    *,
    title: str = "Particle sizes of a study",
    unit: str = "nm",
    shares: pd.DataFrame | None = None,
    fringes: pd.DataFrame | None = None,
    provenance: Provenance | None = None,
) -> str:
    """Return the report of a study as one HTML page that needs no network and prints on A4.

    Parameters
    ----------
    particles
        Particles of all images, with columns `image` and `sample`, and `weight` if they are corrected for the frame.
    images
        The summary of a study: one row per image, those that could not be read included; what is shown of it are
        the columns file, sample, n_particles, mean, mean_uncertainty, uncertainty_without, median, sd, unit, nm_per_px,
        method, n_doubtful, flags and reason, and pooled by sample how the particles lie, if it has those columns.
    thumbnails
        Small JPEG by the name of the image, in the order in which they are shown.
    recipe
        What all images were analysed with; its size is compared, the diameter where it is the radius.
    title
        Heading of the page.
    unit
        "nm", or "px" where no image has a scale.
    shares
        Of `nanotem.study.shares_table`; None where nobody asked for shapes.
    fringes
        Of `nanotem.study.fringes_table`; None where nobody asked for them.
    provenance
        Of the results; None for the software that is here.

    Raises
    ------
    ParameterError
        If the table of particles lacks `image`, `sample` or the size.
    """
    size = "diameter" if recipe.sizes.quantity == "radius" else recipe.sizes.quantity
    quantity = f"{size}_{unit}"
    metal = None if recipe.sizes.metal == "none" else recipe.sizes.metal
    comparison = compare_samples(particles, quantity=quantity, metal=metal)
    classes = share_table(comparison)
    has_classes = len(classes) > 0
    n_particles = sum(one.n_particles for one in comparison.samples)
    context = {
        "title": title,
        "subtitle": f"{plural(len(images), 'image')}, {plural(n_particles, 'particle')}. Size: {QUANTITIES[size]}.",
        "samples": sample_table(comparison, unit),
        **_charts(counted_particles(particles, quantity), quantity),
        "notes": comparison.notes,
        "weighted": weighted_sample_table(comparison, unit),
        "weighted_notes": weighted_sample_notes(comparison),
        "assumption": WEIGHTINGS["volume"].assumption,
        "surface": surface_table(comparison),
        "surface_note": next((one.surface.note for one in comparison.samples if one.surface), ""),
        "arrangements": _arrangements(images, unit),
        "differences": difference_table(comparison, unit),
        "classes": classes,
        "population": [population_table(shares, of) for of in ("sample", "image")] if shares is not None else [],
        "population_note": POPULATION,
        "fringes": [fringes_by(fringes, of) for of in ("sample", "image")] if fringes is not None else [],
        "fringes_note": FRINGES,
        "images": _images(images),
        "thumbnails": [(file, data_address(jpeg)) for file, jpeg in thumbnails.items()],
        "methods": _methods(recipe, comparison, provenance, has_weights="weight" in particles),
        "recipe": recipe_lines(recipe, with_shapes=has_classes, with_lattices=fringes is not None and len(fringes) > 0),
        "versions": provenance.versions if provenance else versions(*["onnxruntime"] if has_classes else []),
    }
    return render("study.html", context)


def _charts(whole: pd.DataFrame, quantity: str) -> dict[str, str]:
    half_mm = PAGE_MM / 2 - 1
    return {
        "violins": chart(violins(whole, quantity=quantity), "Distribution of each sample", width_mm=half_mm),
        "cumulative": chart(cumulative_curves(whole, quantity=quantity), "Cumulative distributions", width_mm=half_mm),
    }


def _images(images: pd.DataFrame) -> pd.DataFrame:
    """Return what is shown of each image, flags in words with commas between."""
    shown = images[[name for name in _IMAGE_COLUMNS if name in images]]
    if "flags" in shown:
        shown = shown.assign(flags=shown["flags"].str.replace(" ", ", ").str.replace("_", " "))
    return shown.rename(columns=_IMAGE_COLUMNS)


def _arrangements(images: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return how the particles of each sample lie; no rows from a table of images that does not say it."""
    if not set(ARRANGED) <= set(images):
        return pd.DataFrame()
    return arrangements_table(compare_arrangements(images, unit=unit))


def _methods(recipe: Recipe, comparison: Comparison, provenance: Provenance | None, *, has_weights: bool) -> str:
    sizes = replace(recipe.sizes, correct_frame=recipe.sizes.correct_frame and has_weights)
    n_images = sum(one.n_images for one in comparison.samples)
    return " ".join(
        [
            software_sentence(provenance),
            *recipe_sentences(recipe),
            frame_sentence(sizes),
            f"{plural(n_images, 'image')} of {plural(len(comparison.samples), 'sample')} were analysed alike.",
            "Intervals are 95 %, from cluster-robust standard errors over images with the adjustment and the degrees "
            "of freedom of Bell and McCaffrey; those of differences with Welch's.",
        ]
    )
