"""The analysis file: everything that decides a result, to keep beside it and to replay it from."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from textwrap import shorten
from typing import cast

import tomli_w

from nanotem.analysis import Analysis
from nanotem.edits.edits import Edit
from nanotem.edits.file import edit_tables, edits_from
from nanotem.errors import ParameterError
from nanotem.micrograph import Micrograph, Scale, ScaleSource
from nanotem.provenance import Provenance
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.recipe.file import as_unicode, read_tables, recipe_from, recipe_tables
from nanotem.strict_toml import holds_boolean

_HEADING = "# Everything that decides one result. To repeat it: python -m nanotem analyse IMAGE --recipe THIS_FILE\n"

_TABLES = ("image", "scale", "corrections", "versions", "asked_networks")
"""What an analysis file has beside the tables of a recipe."""


@dataclass(frozen=True)
class SavedAnalysis:
    """What an analysis file says; a file that holds a recipe alone leaves the rest at its defaults.

    Attributes
    ----------
    recipe
        Parameters of every stage.
    image_name, image_id
        The image that was analysed, its id the SHA-256 of its file; empty for a recipe alone.
    scale
        The scale that was in force; None if sizes were in pixels.
    edits
        Corrections by hand, in their order.
    provenance
        Software and networks that had a say.
    image_number, frame
        Which image of its file was analysed, and which frame of that, from 1.
    """

    recipe: Recipe
    image_name: str = ""
    image_id: str = ""
    scale: Scale | None = None
    edits: tuple[Edit, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)
    image_number: int = 1
    frame: int = 1

    def is_of(self, micrograph: Micrograph) -> bool:
        """Whether this image was analysed, so that scale and corrections hold for it."""
        return self.image_id == micrograph.id

    def read_image(self, path: Path, *, image: int | None = None, frame: int | None = None) -> Micrograph:
        """Read a file, and of several images and frames in it those that were analysed, unless others are asked for.

        Parameters
        ----------
        path
            A micrograph, this one or another.
        image, frame
            As for `nanotem.readers.read_file`.

        Raises
        ------
        NanotemError
            As `nanotem.readers.read_file`.
        """
        micrograph = read_file(path, image=image, frame=frame or 1)
        is_other = (micrograph.image, micrograph.frame) != (self.image_number, self.frame)
        if self.image_id and image is None and frame is None and is_other:
            with suppress(ParameterError):  # another file, which has no such image
                analysed = read_file(path, image=self.image_number, frame=self.frame)
                return analysed if self.is_of(analysed) else micrograph
        return micrograph


def write_analysis(analysis: Analysis) -> str:
    """Return an analysis as TOML that `read_analysis` and `--recipe` take."""
    return write_saved(
        saved_of(
            analysis.micrograph,
            analysis.recipe,
            scale=analysis.scale,
            edits=analysis.edits,
            provenance=analysis.provenance,
        )
    )


def saved_of(
    micrograph: Micrograph,
    recipe: Recipe,
    *,
    scale: Scale | None,
    edits: tuple[Edit, ...],
    provenance: Provenance | None = None,
) -> SavedAnalysis:
    """Return what an analysis file says of an image, without working anything out.

    Parameters
    ----------
    micrograph, recipe, scale, edits
        What decides the result.
    provenance
        Of the result; None for nothing.
    """
    return SavedAnalysis(
        recipe,
        image_name=micrograph.name,
        image_id=micrograph.id,
        scale=scale,
        edits=edits,
        provenance=provenance or Provenance(),
        image_number=micrograph.image,
        frame=micrograph.frame,
    )


def write_saved(saved: SavedAnalysis) -> str:
    """Return the file that `read_analysis` reads the same from."""
    tables = {
        "image": {
            "name": as_unicode(saved.image_name),
            "sha256": saved.image_id,
            "number": saved.image_number,
            "frame": saved.frame,
        },
        **({"scale": asdict(saved.scale)} if saved.scale else {}),
        "versions": dict(saved.provenance.versions),
        "asked_networks": dict(saved.provenance.networks),
        "corrections": {"edits": edit_tables(saved.edits)},
    }
    return _HEADING + tomli_w.dumps(recipe_tables(saved.recipe) | tables)


def read_analysis(text: str) -> SavedAnalysis:
    """Read an analysis file, or a recipe alone.

    Raises
    ------
    ParameterError
        If the text is neither, or a value breaks its limits.
    ScaleError
        If the scale is impossible.
    """
    tables = read_tables(text)
    recipe = recipe_from({name: table for name, table in tables.items() if name not in _TABLES})
    try:
        name, image_id, number, frame = _image(tables.get("image"))
        return SavedAnalysis(
            recipe,
            image_name=name,
            image_id=image_id,
            scale=scale_from(tables.get("scale")),
            edits=_edits(tables.get("corrections")),
            provenance=Provenance(*(_texts(name, tables.get(name, {})) for name in ("versions", "asked_networks"))),
            image_number=number,
            frame=frame,
        )
    except ValueError as error:
        raise ParameterError(
            f"The analysis file is damaged: {shorten(str(error), 200)}.",
            "Save the analysis again, or use its recipe alone.",
        ) from error


def replay_notes(saved: SavedAnalysis, analysis: Analysis) -> tuple[str, ...]:
    """Say what keeps a replay of a saved analysis from giving its result; empty if nothing does.

    Parameters
    ----------
    saved
        What is replayed.
    analysis
        The replay.
    """
    if not saved.image_id:
        return ()
    micrograph = analysis.micrograph
    other_image = (
        f"The analysis was saved for another image, {saved.image_name} (its id begins with {saved.image_id[:8]}, not "
        f"{micrograph.id[:8]}): its parameters were taken, its scale and corrections were not."
    )
    notes = () if saved.is_of(micrograph) else (other_image,)
    return notes + analysis.provenance.differences(saved.provenance)


def _image(table: object) -> tuple[str, str, int, int]:
    """Return name, id, number and frame; a `ValueError`, here and below, says that the table is none of these."""
    match table:
        case None:
            return "", "", 1, 1
        case {"name": str(name), "sha256": str(image_id), **rest} if image_id:
            return name, image_id, _place(rest, "number"), _place(rest, "frame")
    raise ValueError(f"image = {table!r} has no name and sha256")


def _place(table: Mapping[object, object], name: str) -> int:
    """Return a number from 1; files of earlier versions have none, and were of the first."""
    number = table.get(name, 1)
    if isinstance(number, int) and not isinstance(number, bool) and number >= 1:
        return number
    raise ValueError(f"image.{name} = {number!r} is no number from 1")


def scale_from(table: object) -> Scale | None:
    """Return the scale in a TOML table; a `ValueError` says that it is none.

    Raises
    ------
    ScaleError
        If the scale is impossible.
    """
    match table:
        case None:
            return None
        case {
            "nm_per_px": int() | float() as nm_per_px,
            "source": str(source),
            "relative_uncertainty": int() | float() as uncertainty,
        } if isfinite(uncertainty) and uncertainty >= 0 and not holds_boolean(table):
            return Scale(float(nm_per_px), cast(ScaleSource, source), float(uncertainty))
    raise ValueError(f"scale = {table!r} has no nm_per_px, source and relative_uncertainty")


def _edits(table: object) -> tuple[Edit, ...]:
    match table:
        case None:
            return ()
        case {"edits": list(edits)}:
            return edits_from(edits)
    raise ValueError(f"corrections = {table!r} has no list of edits")


def _texts(name: str, table: object) -> dict[str, str]:
    if isinstance(table, dict) and all(isinstance(text, str) for text in table.values()):
        return table
    raise ValueError(f"{name} = {table!r} is no table of texts")
