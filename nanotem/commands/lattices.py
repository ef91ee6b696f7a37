"""The command `lattices`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from nanotem.commands.common import (
    AsJson,
    FrameNumber,
    ImageNumber,
    Images,
    Models,
    NmPerPx,
    RecipePath,
    app,
    each_file,
    finite,
    print_each,
    replayed,
    saved_from,
)

if TYPE_CHECKING:
    from nanotem.analysis import Analysis
    from nanotem.analysis_file import SavedAnalysis
    from nanotem.lattice import Lattices
    from nanotem.lattice.params import Crystals


@app.command()
def lattices(
    images: Images,
    recipe: RecipePath = None,
    crystals: Annotated[
        str | None, typer.Option(help="What comes into question: all, metals, or an element with its oxides (Au).")
    ] = None,
    nm_per_px: NmPerPx = None,
    known: Annotated[
        str | None,
        typer.Option(
            help="Crystal that the particles are (Au, Fe3O4): what it says about the scale; the element of --crystals "
            "without it."
        ),
    ] = None,
    models: Models = None,
    image_number: ImageNumber = None,
    frame: FrameNumber = None,
    as_json: AsJson = False,
) -> None:
    """Measure the lattice fringes of every particle, and say which crystals they fit."""
    saved = saved_from(recipe, models)
    if crystals is not None:
        lattice = replace(saved.recipe.lattice, crystals=cast("Crystals", crystals))  # which is checked there
        saved = replace(saved, recipe=replace(saved.recipe, lattice=lattice))
    results = lattices_of_files(images, saved, nm_per_px=nm_per_px, known=known, image=image_number, frame=frame)
    print_each(results, _described, as_json=as_json)


def lattices_of_files(
    paths: Sequence[Path],
    saved: "SavedAnalysis",
    *,
    nm_per_px: float | None = None,
    known: str | None = None,
    image: int | None = None,
    frame: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Measure the lattices of files as `as_dict` gives them; one that cannot be analysed does not stop the others.

    Parameters
    ----------
    paths
        Micrographs.
    saved
        A recipe, or the analysis that it comes from, as for `nanotem.commands.analyse.analyse_file`.
    nm_per_px
        Scale, where the file holds none.
    known
        A key of `nanotem.lattice.PHASES`, see `as_dict`.
    image, frame
        As for `nanotem.commands.analyse.analyse_file`.
    """
    from nanotem.analysis import ScaleRule

    def task(path: Path) -> dict[str, Any]:
        analysis, more_notes = replayed(
            saved, saved.read_image(path, image=image, frame=frame), ScaleRule(nm_per_px=nm_per_px)
        )
        return {**as_dict(analysis, known=known, more_notes=more_notes), "file": path.name}

    return each_file(paths, task)


def as_dict(analysis: "Analysis", *, known: str | None = None, more_notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return the lattices of an image, as JSON can hold them.

    Parameters
    ----------
    analysis
        Of the image.
    known
        The crystal that the particles are, which says something about the scale; the one element that comes into
        question by the recipe without it, if there is one.
    more_notes
        What is to be said before the notes of the analysis.

    Returns
    -------
    dict
        "file", "n_particles", "n_with_lattice", "nm_per_px", "scale_relative_uncertainty" (what was reckoned with where
        the scale does not say), "known" (None, or "crystal", "nm_per_px", "relative_uncertainty" and "sentence": the
        scale that a known crystal asks for), "particles" (label, n_lattices, "reason" why there is none, "crystals"
        with probabilities, "zones" of the lattices for the likeliest, and "spots" as in `Lattices.spots_table`),
        "notes". None for what cannot be known.
    """
    from nanotem.lattice.indexing import ASSUMED_SCALE_UNCERTAINTY
    from nanotem.percent import in_percent

    found, scale = analysis.lattices, analysis.scale
    crystal = known or analysis.recipe.lattice.named
    notes = [*more_notes, *(note.text for note in analysis.notes)]
    if scale and not scale.relative_uncertainty and found.spots_table().size:
        notes.append(
            "How uncertain the scale is nobody said: the uncertainties of spacings are those of the fringes alone, and "
            f"crystals were told with {in_percent(ASSUMED_SCALE_UNCERTAINTY)} for the scale."
        )
    return {
        "file": analysis.micrograph.name,
        "n_particles": len(found.particles),
        "n_with_lattice": sum(bool(one.spots) for one in found.particles.values()),
        "nm_per_px": scale.nm_per_px if scale else None,
        "scale_relative_uncertainty": (scale.relative_uncertainty or ASSUMED_SCALE_UNCERTAINTY) if scale else None,
        "known": None if crystal is None else _scale_by(found, crystal),
        "particles": _particles(found),
        "notes": notes,
    }


def _scale_by(found: "Lattices", crystal: str) -> dict[str, Any]:
    """Return the scale that the lattices ask for if the particles are a known crystal."""
    from nanotem.lattice import scale_from_lattice

    said = scale_from_lattice(found, crystal)
    return {
        "crystal": crystal,
        "nm_per_px": said.scale.nm_per_px if said.scale else None,
        "relative_uncertainty": said.scale.relative_uncertainty if said.scale else None,
        "sentence": said.in_words,
    }


def _particles(found: "Lattices") -> list[dict[str, Any]]:
    table = found.spots_table()
    spots = {label: rows.drop(columns="label").to_dict("records") for label, rows in table.groupby("label")}
    return [
        {
            "label": label,
            "n_lattices": one.n_lattices,
            "reason": one.reason or None,
            "crystals": [{"symbol": fit.symbol, "probability": fit.probability} for fit in one.candidates],
            "zones": list(one.zones),
            "spots": [finite(spot) for spot in spots.get(label, [])],
        }
        for label, one in found.particles.items()
    ]


def _described(result: dict[str, Any]) -> str:
    """Return a line on an image, one on its scale, one for each particle with a lattice, and one for each note."""
    lines = [f"{result['file']}: {result['n_with_lattice']} of {result['n_particles']} particles show a lattice"]
    if result["known"]:
        lines.append(f"{result['known']['crystal']}: {result['known']['sentence']}")
    elif result["n_with_lattice"] and result["nm_per_px"]:
        lines.append("If you know what the particles are, say so by --known: their spacings then check the scale.")
    lines += [_particle(one) for one in result["particles"] if one["spots"]]
    return "\n".join([*lines, *result["notes"]])


def _particle(one: dict[str, Any]) -> str:
    """Return spacings and crystals of a particle."""
    unit = "px" if one["spots"][0]["spacing_nm"] is None else "nm"
    spacings = ", ".join(
        f"{spot[f'spacing_{unit}']:.4g} ± {spot[f'spacing_uncertainty_{unit}']:.1g} {unit} {spot['planes']}".strip()
        for spot in one["spots"]
    )
    crystals = " or ".join(crystal["symbol"] for crystal in one["crystals"])
    fits = crystals or ("indexing needs a scale" if unit == "px" else "no crystal of the table fits")
    return f"{one['label']}: {spacings}; {fits}"
