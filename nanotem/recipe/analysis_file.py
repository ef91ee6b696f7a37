"""The analysis file: everything that decides a result, to keep beside it and to replay it from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from textwrap import shorten
from typing import Any, cast

from nanotem.edits.edits import Edit
from nanotem.edits.file import edit_lines, edits_from
from nanotem.errors import ParameterError
from nanotem.micrograph import Micrograph, Scale, ScaleSource
from nanotem.provenance import versions
from nanotem.recipe import Recipe
from nanotem.recipe.file import quoted, read_tables, recipe_from, write_recipe

_HEADING = "# Everything that decides one result. To repeat it: python -m nanotem analyse IMAGE --recipe THIS_FILE\n"

_TABLES = ("image", "scale", "corrections", "versions")
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
    versions
        By the name of the library.
    """

    recipe: Recipe
    image_name: str = ""
    image_id: str = ""
    scale: Scale | None = None
    edits: tuple[Edit, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    def is_of(self, micrograph: Micrograph) -> bool:
        """Whether this image was analysed, so that scale and corrections hold for it."""
        return self.image_id == micrograph.id


def write_analysis(micrograph: Micrograph, recipe: Recipe, edits: Iterable[Edit] = ()) -> str:
    """Return an analysis as TOML that `read_analysis` and `--recipe` take.

    Parameters
    ----------
    micrograph
        With the scale in force.
    recipe, edits
        Parameters of every stage, and corrections by hand in their order.
    """
    image = {"name": micrograph.name, "sha256": micrograph.id}
    scale = micrograph.scale
    tables = [
        _HEADING,
        _table("image", image),
        _table("scale", vars(scale)) if scale else "",
        _table("versions", versions()),
        write_recipe(recipe),
        f"[corrections]\n{edit_lines(edits)}",
    ]
    return "\n".join(filter(None, tables))


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
        name, image_id = _image(tables.get("image"))
        return SavedAnalysis(
            recipe,
            image_name=name,
            image_id=image_id,
            scale=scale_from(tables.get("scale")),
            edits=_edits(tables.get("corrections")),
            versions=_versions(tables.get("versions", {})),
        )
    except ValueError as error:
        raise ParameterError(
            f"The analysis file is damaged: {shorten(str(error), 200)}.",
            "Save the analysis again, or use its recipe alone.",
        ) from error


def differences(saved: SavedAnalysis, micrograph: Micrograph) -> tuple[str, ...]:
    """Say what keeps a replay on this image from giving the saved result; empty if nothing does."""
    if not saved.image_id:
        return ()
    notes = []
    if not saved.is_of(micrograph):
        notes.append(
            f"The analysis was saved for another image, {saved.image_name} (its id begins with {saved.image_id[:8]}, "
            f"not {micrograph.id[:8]}): its parameters were taken, its scale and corrections were not."
        )
    here = versions()
    others = {name: version for name, version in saved.versions.items() if here.get(name, version) != version}
    if others:
        made_with = ", ".join(f"{name} {version} (here {here[name]})" for name, version in others.items())
        notes.append(f"It was made with other versions, so that last digits may differ: {made_with}.")
    return tuple(notes)


def _table(name: str, values: Mapping[str, Any]) -> str:
    lines = (f"{key} = {quoted(value) if isinstance(value, str) else float(value)}" for key, value in values.items())
    return "\n".join([f"[{name}]", *lines, ""])


def _image(table: object) -> tuple[str, str]:
    """Return name and id; a `ValueError`, here and below, says that the table is none of these."""
    match table:
        case None:
            return "", ""
        case {"name": str(name), "sha256": str(image_id)} if image_id:
            return name, image_id
    raise ValueError(f"image = {table!r} has no name and sha256")


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
        } if isfinite(uncertainty) and uncertainty >= 0:
            return Scale(float(nm_per_px), cast(ScaleSource, source), float(uncertainty))
    raise ValueError(f"scale = {table!r} has no nm_per_px, source and relative_uncertainty")


def _edits(table: object) -> tuple[Edit, ...]:
    match table:
        case None:
            return ()
        case {"edits": list(edits)}:
            return edits_from(edits)
    raise ValueError(f"corrections = {table!r} has no list of edits")


def _versions(table: object) -> dict[str, str]:
    if isinstance(table, dict) and all(isinstance(version, str) for version in table.values()):
        return table
    raise ValueError(f"versions = {table!r} is no table of names")
