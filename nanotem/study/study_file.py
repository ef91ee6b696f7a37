"""`study.toml`: recipe, versions, and one table per image."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import tomli_w

from nanotem.analysis_file import scale_from
from nanotem.errors import NanotemError, ParameterError
from nanotem.recipe.file import as_unicode, recipe_from, recipe_tables
from nanotem.study.study import Study, StudyImage

_LENGTHS = ("nm_per_px", "bar_length_nm")
_TEXTS = ("name", "path", "sample", "id", "status", "reason")
_NO_RECIPE = {*_LENGTHS, "versions", "images"}


def write_study_file(study: Study) -> str:
    """Return a study as TOML: a recipe with tables of versions and images."""
    given = {name: float(getattr(study, name)) for name in _LENGTHS if getattr(study, name) is not None}
    tables = {"versions": dict(study.versions), "images": [_table(image) for image in study.images]}
    return tomli_w.dumps(given | recipe_tables(study.recipe) | tables)


def _table(image: StudyImage) -> dict[str, Any]:
    texts = {name: as_unicode(getattr(image, name)) for name in _TEXTS}
    return texts | ({"scale": asdict(image.scale)} if image.scale else {})


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


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _length(value: object) -> float | None:
    if value is None or (isinstance(value, float) and value > 0):
        return value
    raise ValueError(f"{value!r} is no length")
