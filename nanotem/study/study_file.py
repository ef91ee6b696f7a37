"""`study.toml`: recipe, versions, and one table per image."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nanotem.analysis_file import scale_from
from nanotem.errors import NanotemError, ParameterError
from nanotem.micrograph import Scale
from nanotem.recipe.file import quoted, recipe_from, write_recipe
from nanotem.study.study import Study, StudyImage

_LENGTHS = ("nm_per_px", "bar_length_nm")
_TEXTS = ("name", "path", "sample", "id", "status", "reason")
_NO_RECIPE = {*_LENGTHS, "versions", "images"}


def write_study_file(study: Study) -> str:
    """Return a study as TOML: a recipe with tables of versions and images."""
    given = {name: getattr(study, name) for name in _LENGTHS}
    lines = [f"{name} = {float(value)!r}" for name, value in given.items() if value is not None]
    lines += ["[versions]", *(f"{quoted(name)} = {quoted(version)}" for name, version in study.versions.items())]
    lines += ["", write_recipe(study.recipe)]
    for image in study.images:
        lines += ["[[images]]", *(f"{name} = {quoted(getattr(image, name))}" for name in _TEXTS)]
        lines += [f"scale = {_inline(image.scale)}", ""] if image.scale else [""]
    return "\n".join(lines)


def read_study_file(text: str, folder: Path) -> Study:
    """Read a study back.

    Raises
    ------
    ParameterError
        If the text is no study, or a value in it breaks its limits.
    """
    try:
        saved = tomllib.loads(text)
        return Study(
            folder=folder,
            recipe=recipe_from({name: table for name, table in saved.items() if name not in _NO_RECIPE}),
            images=tuple(_read_image(image) for image in saved.get("images", [])),
            versions={name: _text(version) for name, version in saved["versions"].items()},
            **{name: _length(saved.get(name)) for name in _LENGTHS},
        )
    except (NanotemError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ParameterError(
            f"The study.toml of {folder.name} is damaged ({error}).", "Start the batch again in a new folder."
        ) from error


def _read_image(saved: Mapping[str, Any]) -> StudyImage:
    texts: dict[str, Any] = {name: _text(saved[name]) for name in _TEXTS}
    return StudyImage(**texts, scale=scale_from(saved.get("scale")))


def _inline(scale: Scale) -> str:
    return (
        f"{{nm_per_px = {float(scale.nm_per_px)!r}, source = {quoted(scale.source)}, "
        f"relative_uncertainty = {float(scale.relative_uncertainty)!r}}}"
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _length(value: object) -> float | None:
    if value is None or (isinstance(value, float) and value > 0):
        return value
    raise ValueError(f"{value!r} is no length")
