"""A paragraph for the methods section of a paper."""

from collections import Counter
from collections.abc import Sequence

from nanotem.analysis import Analysis
from nanotem.edits.edits import Add, Edit, Merge, Remove, Replace, Split, without_names
from nanotem.lattice import LEAST_AMPLITUDE_OVER_NOISE, Lattices
from nanotem.measurement import has_flag
from nanotem.micrograph import Scale
from nanotem.outlines import Outlines
from nanotem.outlines.params import OutlineParams
from nanotem.percent import in_percent
from nanotem.provenance import Provenance, versions
from nanotem.report.recipe_sentences import QUANTITIES, frame_sentence, recipe_sentences
from nanotem.report.words import joined, plural
from nanotem.statistics import WEIGHTINGS
from nanotem.statistics.summary import INTERVALS_IN_WORDS
from nanotem.summary import count_interval_in_words

_CORRECTIONS: dict[type, tuple[str, str]] = {
    Remove: ("removal", "removals"),
    Merge: ("merger", "mergers"),
    Split: ("division", "divisions"),
    Add: ("addition", "additions"),
    Replace: ("replacement of all outlines by others", "replacements of all outlines by others"),
}
_MOST_CRYSTALS = 2
"""Sets of crystals that are named in a paragraph: the commonest."""

_SOURCES = {
    "file": "taken from the metadata of the image",
    "scale bar": "taken from the scale bar in the image",
    "typed": "entered by hand",
    "example": "known, as the image is drawn",
    "lattice": "set by the lattice spacings of a known crystal",
}


def methods_paragraph(analysis: Analysis) -> str:
    """State what was done with one image, and what came out, in plain English to be pasted into a paper.

    Parameters
    ----------
    analysis
        Of the image, corrections included.
    """
    stages, recipe = analysis.stages, analysis.recipe
    return " ".join(
        [
            software_sentence(analysis.provenance),
            *recipe_sentences(
                recipe, blur_px=stages.blur_px, polarity=stages.polarity, method=analysis.segmentation.method
            ),
            correction_sentence(analysis.edits, n_lost=len(analysis.edited.lost)),
            outline_sentence(analysis.outlines, recipe.outlines),
            frame_sentence(recipe.sizes),
            *_results(analysis),
            *([lattice_sentence(analysis.lattices)] if analysis.with_lattices else []),
            scale_sentence(analysis.scale),
        ]
    )


def software_sentence(provenance: Provenance | None = None) -> str:
    """Name the software with its version, the libraries that numbers depend on, and the networks that had a say.

    Parameters
    ----------
    provenance
        Of the result; None for the software alone.
    """
    known = dict(provenance.versions if provenance else versions())
    own = known.pop("nanotem")
    libraries = ", ".join(f"{name} {version}" for name, version in known.items())
    networks = [f"{name} {sha256[:8]}" for name, sha256 in provenance.networks.items() if sha256] if provenance else []
    asked = f" Trained models, by the first digits of their SHA-256: {joined(networks)}." if networks else ""
    return f"Particles were found and measured with nanotem {own} ({libraries}).{asked}"


def outline_sentence(outlines: Outlines, asked: OutlineParams) -> str:
    """State how the outlines were drawn, by what was asked for; nothing without particles."""
    report, n = outlines.report, len(outlines.rings)
    if not n:
        return ""
    if not report.n_fitted:
        return "Outlines are those of the segmented pixels: no edge could be fitted."
    found = "found from the edges of the image" if asked.profile == "automatic" else "as chosen"
    source = "settled for all images of the sample" if asked.is_settled else found
    kept = f"; {report.n_from_label} of {n} follow the segmented pixels" if report.n_from_label else ""
    return (
        "Outlines were drawn at sub-pixel accuracy where a model of the edge places it in the grey levels across it "
        f"({report.profile_name} profile, {source}; blurred by σ = {report.blur_px:.1f} px){kept}."
    )


def correction_sentence(edits: Sequence[Edit], *, n_lost: int) -> str:
    """Say what was corrected by hand."""
    kinds = Counter(type(edit) for edit in without_names(edits))
    if not kinds:
        return "Outlines were not corrected by hand."
    parts = [f"{n} {_CORRECTIONS[kind][n > 1]}" for kind, n in kinds.items()]
    lost = f", of which {n_lost} could not be carried out" if n_lost else ""
    return f"Outlines were corrected by hand ({joined(parts)}{lost})."


def scale_sentence(scale: Scale | None) -> str:
    """State the scale, where it comes from and how certain it is."""
    if scale is None:
        return "Sizes are in pixels, as the scale of the image is not known."
    uncertainty = (
        f"relative standard uncertainty {in_percent(scale.relative_uncertainty, '.2g')}"
        if scale.relative_uncertainty
        else "uncertainty not known"
    )
    return f"The scale, {scale.nm_per_px:.4g} nm per pixel, was {_SOURCES[scale.source]} ({uncertainty})."


def lattice_sentence(lattices: Lattices) -> str:
    """State how lattice fringes were looked for, and on how many particles there are some."""
    seen = [one for one in lattices.particles.values() if one.spots]
    how = (
        "Lattice fringes were looked for in the spectrum of each particle, windowed by its outline; a spot counted if "
        f"its amplitude was {LEAST_AMPLITUDE_OVER_NOISE:g} times that of the noise or more."
    )
    several = sum(one.n_lattices > 1 for one in seen)
    n = plural(len(lattices.particles), "particle")
    found = f"Fringes show on {len(seen)} of {n}, on {several} of more than one lattice"
    fitting = Counter(" or ".join(sorted(two.symbol for two in one.candidates)) for one in seen if one.candidates)
    fits = ", ".join(f"{count} fit {symbols}" for symbols, count in fitting.most_common(_MOST_CRYSTALS))
    return f"{how} {found}{f'; {fits}' if fits else ''}."


def _results(analysis: Analysis) -> list[str]:
    """Return what was counted and measured."""
    particles, params, sizes = analysis.particles, analysis.recipe.sizes, analysis.sizes
    n_cut = int(has_flag(particles, "touches_frame").sum())
    found = f"Of {plural(len(particles), 'particle')} found, {n_cut} touched the frame; n = {sizes.values.size}."
    found = " ".join(filter(None, [found, count_interval_in_words(analysis)]))
    if not sizes.values.size:
        return [found]
    summary, unit = sizes.summary, sizes.unit
    values = (
        f"The {QUANTITIES[params.quantity]} has a mean of {summary.mean.in_words(unit)}, a standard deviation of "
        f"{summary.sd.in_words(unit)} and a median (D50) of {summary.d50.in_words(unit)}."
    )
    families = analysis.families
    divided = [f"{families.verdict}"] if len(families.families) > 1 else []
    return [
        found,
        values,
        *_weighted(analysis),
        *([INTERVALS_IN_WORDS] if summary.mean.low == summary.mean.low else []),
        *divided,
    ]


def _weighted(analysis: Analysis) -> list[str]:
    """Return the mean by length, area or volume and what rests on it, where the recipe asks for them."""
    sizes, weighting = analysis.sizes, analysis.recipe.sizes.weighting
    sentences = []
    if weighting != "number":
        mean, _, d50, *_ = sizes.weighted[weighting]
        sentences.append(
            f"{mean.name}: {mean.symbol} = {mean.estimate.in_words(sizes.unit)}; D50 {WEIGHTINGS[weighting].title} "
            f"{d50.estimate.in_words(sizes.unit)} (ISO 9276-2). {mean.assumption}"
            f"{' No interval of the mean: ' if mean.note else ''}{mean.note}"
        )
    if surface := analysis.metal_surface:
        sentences.append(
            f"From the surface-weighted mean D[3,2] of {surface.metal} follow a dispersion of "
            f"{surface.dispersion.in_words()} and a specific surface of "
            f"{surface.specific_surface_m2_per_g.in_words('m²/g')}. {surface.note}"
        )
    return sentences
