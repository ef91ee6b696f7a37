"""The command `analyse`."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    print_each,
    replayed,
    saved_from,
)
from nanotem.errors import ParameterError
from nanotem.files.replacing import write_file

if TYPE_CHECKING:
    from nanotem.analysis import Analysis
    from nanotem.analysis_file import SavedAnalysis
    from nanotem.statistics import UncertaintyBudget
    from nanotem.statistics.sizes import Sizes
    from nanotem.statistics.weighting import WeightingName


@app.command()
def analyse(
    images: Images,
    recipe: RecipePath = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for one table of particles and one analysis file per image.")
    ] = None,
    export: Annotated[bool, typer.Option(help="Write everything that the page Export offers to --out.")] = False,
    nm_per_px: NmPerPx = None,
    bar_length_nm: Annotated[
        float | None,
        typer.Option(help="What the scale bar's label says, in nm; the bar is found in the image."),
    ] = None,
    lattices: Annotated[bool, typer.Option(help="Say in the table what lattice fringes each particle shows.")] = False,
    shapes: Annotated[
        bool,
        typer.Option(help="Say what shape each particle has, and the part of each in the population."),
    ] = False,
    models: Models = None,
    image_number: ImageNumber = None,
    frame: FrameNumber = None,
    as_json: AsJson = False,
) -> None:
    """Count and measure the particles of each image; one that fails does not stop the others.

    A saved analysis brings its scale and corrections to the image that it was saved for.
    """
    if export and out is None:
        raise ParameterError("--export needs a folder to write to.", "Give one with --out.")
    saved = saved_from(recipe, models)
    results = analyse_files(
        images,
        saved,
        out=out,
        export=export,
        nm_per_px=nm_per_px,
        bar_length_nm=bar_length_nm,
        image=image_number,
        frame=frame,
        lattices=lattices,
        shapes=shapes,
    )
    print_each(results, _described, as_json=as_json)


def analyse_files(
    paths: Sequence[Path], saved: "SavedAnalysis", *, out: Path | None = None, **settings: Any
) -> Iterator[dict[str, Any]]:
    """Analyse files as `analyse_file` does with the same settings; one that cannot be does not stop the others.

    Raises
    ------
    ParameterError
        If two tables of particles would have the same name.
    """
    if out is not None:
        _check_names(paths)
    return each_file(paths, lambda path: analyse_file(path, saved, out=out, **settings))


def analyse_file(
    path: Path,
    saved: "SavedAnalysis",
    *,
    out: Path | None = None,
    export: bool = False,
    nm_per_px: float | None = None,
    bar_length_nm: float | None = None,
    image: int | None = None,
    frame: int | None = None,
    lattices: bool = False,
    shapes: bool = False,
) -> dict[str, Any]:
    """Analyse one file and return its count and sizes.

    Parameters
    ----------
    path
        A micrograph.
    saved
        A recipe, or the analysis that it comes from. On the image that it was saved for, its corrections are carried
        out and its scale is in force, whatever the file or the next parameters say.
    out
        Folder for the table of particles and the analysis file, made if it is absent; None for neither.
    export
        Whether every format of the page Export, and its report, are written there too.
    nm_per_px, bar_length_nm
        As for `nanotem.analyse`.
    image, frame
        Which of several images in the file, and which frame of it; None for those that the saved analysis is of, or
        the default.
    lattices
        Whether the table says what lattice fringes each particle shows, and the result how many do.
    shapes
        Whether the table says what shape each particle has, and the result what part of the population each is.

    Returns
    -------
    dict
        See `as_dict`; "particles" and "analysis" say where these files were written.

    Raises
    ------
    ScaleError
        If a bar length is given and no bar is found.
    UnreadableFileError
        If the file is no micrograph.
    NanotemError
        If a file cannot be written.
    """
    from nanotem.analysis import ScaleRule

    micrograph = saved.read_image(path, image=image, frame=frame)
    rule = ScaleRule(nm_per_px=nm_per_px, bar_length_nm=bar_length_nm)
    analysis, more_notes = replayed(saved, micrograph, rule, with_shapes=shapes, with_lattices=lattices)
    result = as_dict(analysis, more_notes=more_notes)
    if out is not None:
        result |= _written(analysis, out, path.name, export=export)
    return {**result, "file": path.name}


def as_dict(analysis: "Analysis", *, more_notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return an analysis in numbers, as JSON can hold it.

    Returns
    -------
    dict
        "file", "n_particles" (those that the frame cuts included), "n_measured" (those whose size counts), "n_cut"
        (those that the frame cuts), "n_interval" (95 % interval of the true number, None where no judge tells),
        "method" (what "automatic" came to), "nm_per_px", "scale_source"; "diameter": mean, median, standard deviation,
        D10, D50 and D90 of the area-equivalent diameter of the whole ones, corrected for the frame if the recipe says
        so, with "intervals" of 95 %, low and high, of what the number of particles leaves open, for each, and "budget":
        the expanded uncertainty (k = 2) of mean and median with outlines, scale and what may be wrongly found in it,
        the contributions that are "not_known", and all that "in_words", or None without sizes and of one; "weighted":
        the same of the diameter by length, area and volume: mean (D[2,1], D[3,2], D[4,3]), D10, D50, D90 and span;
        "arrangement": number per µm², share of the area covered, mean distance to the nearest neighbour and its index
        against random places, by centres and by edges; "metal": dispersion and specific surface if the recipe names
        one, both with "intervals"; "n_with_lattice" (particles that show lattice fringes, None where nobody asked);
        "population" (for "outline" and "solid" the share of each class, and its 95 % interval, "share_low" and
        "share_high", what is mistaken for what allowed for; None where nobody asked for shapes); "notes"; "provenance";
        "particles" and "analysis", None.
        None for what cannot be known.
    """
    from nanotem.quantities import OF_METAL
    from nanotem.statistics.arrangements import ARRANGED
    from nanotem.summary import ImageSummary, budget_of, known

    brief, diameters = ImageSummary.of(analysis), analysis.diameters
    summary = diameters.summary
    estimates = {name: getattr(summary, name) for name in ("mean", "median", "sd", "d10", "d50", "d90")}
    return {
        "file": analysis.micrograph.name,
        "n_particles": brief.n_particles,
        "n_measured": brief.n_measured,
        "n_cut": brief.n_particles - brief.n_measured,
        "n_interval": [count.low, count.high] if (count := analysis.count) else None,
        "method": brief.method,
        "nm_per_px": brief.nm_per_px,
        "scale_source": brief.scale_source,
        "diameter": {
            **{name: known(estimate.value) for name, estimate in estimates.items()},
            "unit": brief.unit,
            "intervals": {name: [known(one.low), known(one.high)] for name, one in estimates.items()},
            "budget": _budget(budget_of(analysis)),
        },
        "weighted": {name: _weighted(diameters, name) for name in diameters.weighted if name != "number"},
        "arrangement": {
            **_known({name: brief.quantities[name] for name in ARRANGED}),
            "unit": brief.unit,
            "verdict": analysis.arrangement.centre_to_centre.verdict,
        },
        "metal": {**_known({name: brief.quantities[name] for name in OF_METAL}), "name": brief.metal},
        "n_with_lattice": int((analysis.particles["n_lattices"] > 0).sum()) if analysis.with_lattices else None,
        "population": population(analysis) if analysis.with_shapes else None,
        "particles": None,
        "analysis": None,
        "notes": [*more_notes, *(note.text for note in analysis.notes)],
        "provenance": asdict(analysis.provenance),
    }


def population(analysis: "Analysis") -> dict[str, list[dict[Hashable, Any]]]:
    """Return the share of each outline and each solid that occurs, with its interval, as JSON can hold it."""
    return {task: found.table().to_dict("records") for task, found in analysis.class_fractions.items()}


def _budget(budget: "UncertaintyBudget") -> dict[str, Any] | None:
    """Return the expanded uncertainties of mean and median, what is not in them, and both in words."""
    from nanotem.summary import known

    mean, median = (known(one.half_width) for one in budget.expanded)
    if mean is None:
        return None
    return {"mean": mean, "median": median, "not_known": list(budget.unknown), "in_words": budget.in_words}


def _weighted(diameters: "Sizes", weighting: "WeightingName") -> dict[str, Any]:
    """Return mean, percentiles and span of the diameters in which particles count for more than their number."""
    from nanotem.summary import known

    names = ("mean", "d10", "d50", "d90", "span")
    estimates = {name: one.estimate for name, one in zip(names, diameters.weighted[weighting], strict=True)}
    return {
        **{name: known(one.value) for name, one in estimates.items()},
        "unit": diameters.unit,
        "intervals": {name: [known(one.low), known(one.high)] for name, one in estimates.items()},
    }


def _known(estimates: Mapping[str, tuple[float | None, ...]]) -> dict[str, Any]:
    """Return values, and their intervals beside them."""
    values = {name: value for name, (value, *_) in estimates.items()}
    return {**values, "intervals": {name: [low, high] for name, (_, low, high) in estimates.items()}}


def _written(analysis: "Analysis", out: Path, name: str, *, export: bool) -> dict[str, str]:
    """Write the table, the analysis file and, if wanted, every format and the report; say where the first two are."""
    from nanotem.analysis_file import write_analysis
    from nanotem.export import FORMATS
    from nanotem.report.image_report import html_report

    table, file = out / f"{name}.particles.csv", out / f"{name}.analysis.toml"
    write_file(table, analysis.particles.to_csv(index=False).encode())
    write_file(file, write_analysis(analysis).encode())
    if export:
        for one in FORMATS:
            write_file(out / f"{name}.{one.suffix}", one.make(analysis))
        write_file(out / f"{name}.report.html", html_report(analysis).encode())
    return {"particles": str(table), "analysis": str(file)}


def _check_names(paths: Sequence[Path]) -> None:
    names = [path.name for path in paths]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ParameterError(
            f"Two images are called {twice}: one table would replace the other.",
            "Analyse them one after the other with different folders for --out.",
        )


def _described(result: dict[str, Any]) -> str:
    """Return one line about an analysed image, and one more for each note."""
    from nanotem.summary import counted

    counts = counted(result["n_particles"], result["n_measured"])
    return "\n".join([f"{result['file']}: {counts}{_size(result)}", *result["notes"]])


def _size(result: dict[str, Any]) -> str:
    """Return the mean with its interval and its combined uncertainty, rounded as on the pages."""
    from nanotem.statistics.budget import in_a_sentence
    from nanotem.statistics.rounding import decimal_places, to_place, with_interval

    size = result["diameter"]
    if size["mean"] is None:
        return ""
    low, high = (float("nan") if end is None else end for end in size["intervals"]["mean"])
    mean = f", mean diameter {with_interval(size['mean'], low, high, size['unit'])}"
    if (budget := size["budget"]) is None:
        return mean
    unknown = f", at least: without {in_a_sentence(budget['not_known'])}" if budget["not_known"] else ""
    combined = f"± {to_place(budget['mean'], decimal_places(budget['mean']))} {size['unit']} in all"
    return f"{mean}, {combined} (k = 2{unknown})"
