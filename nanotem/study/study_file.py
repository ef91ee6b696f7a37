"""`study.toml`: versions, the settings of the images, and one table per image."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import tomli_w

from nanotem.analysis_file import scale_from
from nanotem.errors import NanotemError, ParameterError
from nanotem.recipe.file import recipe_from, recipe_tables
from nanotem.strict_toml import read_toml
from nanotem.study.seal import sealed, unsealed
from nanotem.study.settings import Settings
from nanotem.study.study import Study, StudyImage

FORMAT = 3
"""1, which had no number, and 2, which had that of its recipe, gave one recipe and one scale to all images, and had no
checksum."""

_LENGTHS = ("nm_per_px", "bar_length_nm")
_TEXTS = ("name", "path", "sample", "id", "status", "reason")
_NO_RECIPE = {*_LENGTHS, "versions", "images"}
_NO_UTF_8 = "file:"
"""Begins a path with bytes that are no UTF-8, which TOML cannot hold; such bytes are written as %FF."""


class DamagedStudyError(ParameterError):
    """A `study.toml` that is none, is cut off, or was changed: what is in it cannot be relied on."""


def write_study_file(study: Study) -> str:
    """Return a study as TOML with its checksum in the last line."""
    settings = list(dict.fromkeys(image.settings for image in study.images))
    tables = {
        "format": FORMAT,
        "versions": dict(study.versions),
        "settings": [_settings_table(one) for one in settings],
        "images": [_image_table(image, settings.index(image.settings)) for image in study.images],
    }
    return sealed(tomli_w.dumps(tables))


def read_study_file(text: str, folder: Path) -> Study:
    """Read a study back, also one of the formats before.

    Raises
    ------
    DamagedStudyError
        If the text is no study, a bit of it was changed, or a value in it breaks its limits.
    ParameterError
        If a later version wrote it.
    """
    with _damage_said(folder):
        saved = read_toml(unsealed(text))
        number = saved.get("format", 1)
        if not isinstance(number, int):
            raise TypeError(f"{number!r} is no format")
    if number > FORMAT:
        raise ParameterError(
            f"The study {folder.name} has the format {number}, this version reads up to {FORMAT}.",
            "Install a later version of nanotem.",
        )
    with _damage_said(folder):
        settings = (
            [_settings(one["recipe"], one) for one in saved.get("settings", [])] if number == FORMAT else [_old(saved)]
        )
        return Study(
            folder=folder,
            images=tuple(_read_image(image, settings) for image in saved.get("images", [])),
            versions={name: text_from(version) for name, version in saved["versions"].items()},
        )


@contextmanager
def _damage_said(folder: Path) -> Iterator[None]:
    try:
        yield
    except (NanotemError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise DamagedStudyError(
            f"The study.toml of {folder.name} is damaged ({error}).", "Start the batch again in a new folder."
        ) from error


def _settings_table(settings: Settings) -> dict[str, Any]:
    """Return lengths that are given, and the recipe as it also stands in a file of its own."""
    given = {name: length for name in _LENGTHS if (length := getattr(settings, name)) is not None}
    return given | {"recipe": recipe_tables(settings.recipe)}


def _image_table(image: StudyImage, settings: int) -> dict[str, Any]:
    texts = {name: getattr(image, name) for name in _TEXTS} | {"path": _path_text(image.path), "settings": settings}
    scale = {"scale": asdict(image.scale)} if image.scale else {}
    pixels = {"pixels": image.pixels} if image.pixels else {}
    return texts | pixels | scale | ({"class_weights": list(image.class_weights)} if image.class_weights else {})


def _old(saved: Mapping[str, Any]) -> Settings:
    """Return what the formats before gave to all images."""
    return _settings({name: table for name, table in saved.items() if name not in _NO_RECIPE}, saved)


def _settings(recipe: Mapping[str, Any], saved: Mapping[str, Any]) -> Settings:
    return Settings(recipe_from(recipe), **{name: length_from(saved.get(name)) for name in _LENGTHS})


def _read_image(saved: Mapping[str, Any], settings: list[Settings]) -> StudyImage:
    texts: dict[str, Any] = {name: text_from(saved[name]) for name in _TEXTS}
    number = saved.get("settings", 0)
    if not isinstance(number, int) or number < 0:
        raise TypeError(f"{number!r} names no settings")
    path = _path_from(texts.pop("path"))
    return StudyImage(
        **texts,
        path=path,
        pixels=text_from(saved.get("pixels", "")),
        scale=scale_from(saved.get("scale")),
        settings=settings[number],
        class_weights=saved.get("class_weights", ()),
    )


def _path_text(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        return _NO_UTF_8 + quote(os.fsencode(path))
    return path


def _path_from(text: str) -> str:
    return os.fsdecode(unquote_to_bytes(text.removeprefix(_NO_UTF_8))) if text.startswith(_NO_UTF_8) else text


def text_from(value: object) -> str:
    """Return a text; a `TypeError` says that it is none."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def length_from(value: object) -> float | None:
    """Return a length, None for none; a `ValueError` says that it is no number."""
    match value:
        case None | float():
            return value
        case int() if not isinstance(value, bool):
            return float(value)
    raise ValueError(f"{value!r} is no length")
