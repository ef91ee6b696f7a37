"""`study.toml`: versions, the settings of the images, and one table per image."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from nanotem.errors import NanotemError, ParameterError
from nanotem.micrograph import Scale
from nanotem.recipe_file import quoted, read_recipe, recipe_from, write_recipe
from nanotem.replay import scale_from
from nanotem.strict_toml import read_toml
from nanotem.study.seal import sealed, unsealed
from nanotem.study.settings import Settings
from nanotem.study.study import Study, StudyImage

FORMAT = 2
"""1, which had no number, gave one recipe and one scale to all images, and had no checksum."""

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
    lines = [f"format = {FORMAT}", "", "[versions]"]
    lines += [f"{quoted(name)} = {quoted(version)}" for name, version in study.versions.items()]
    for one in settings:
        lines += ["", "[[settings]]", *_settings_lines(one)]
    for image in study.images:
        texts = {name: getattr(image, name) for name in _TEXTS} | {"path": _path_text(image.path)}
        lines += ["", "[[images]]", *(f"{name} = {quoted(text)}" for name, text in texts.items())]
        lines += [f"settings = {settings.index(image.settings)}"]
        lines += [f"scale = {_inline(image.scale)}"] if image.scale else []
    return sealed("\n".join(lines))


def read_study_file(text: str, folder: Path) -> Study:
    """Read a study back, also one of the format before.

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
        settings = [_read_settings(one) for one in saved.get("settings", [])] if number == FORMAT else [_old(saved)]
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


def _settings_lines(settings: Settings) -> list[str]:
    """Return lengths that are given, and the recipe as the text that is also a file of its own."""
    given = {name: getattr(settings, name) for name in _LENGTHS}
    lines = [f"{name} = {float(value)!r}" for name, value in given.items() if value is not None]
    recipe = write_recipe(settings.recipe)
    return [*lines, f"recipe = {quoted(recipe)}" if "'''" in recipe else f"recipe = '''\n{recipe}'''"]


def _read_settings(saved: Mapping[str, Any]) -> Settings:
    lengths = {name: length_from(saved.get(name)) for name in _LENGTHS}
    return Settings(read_recipe(text_from(saved["recipe"])), **lengths)


def _old(saved: Mapping[str, Any]) -> Settings:
    """Return what the format before gave to all images."""
    lengths = {name: length_from(saved.get(name)) for name in _LENGTHS}
    return Settings(recipe_from({name: table for name, table in saved.items() if name not in _NO_RECIPE}), **lengths)


def _read_image(saved: Mapping[str, Any], settings: list[Settings]) -> StudyImage:
    texts: dict[str, Any] = {name: text_from(saved[name]) for name in _TEXTS}
    number = saved.get("settings", 0)
    if not isinstance(number, int) or number < 0:
        raise TypeError(f"{number!r} names no settings")
    path = _path_from(texts.pop("path"))
    return StudyImage(**texts, path=path, scale=scale_from(saved.get("scale")), settings=settings[number])


def _path_text(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        return _NO_UTF_8 + quote(os.fsencode(path))
    return path


def _path_from(text: str) -> str:
    return os.fsdecode(unquote_to_bytes(text.removeprefix(_NO_UTF_8))) if text.startswith(_NO_UTF_8) else text


def _inline(scale: Scale) -> str:
    return (
        f"{{nm_per_px = {float(scale.nm_per_px)!r}, source = {quoted(scale.source)}, "
        f"relative_uncertainty = {float(scale.relative_uncertainty)!r}}}"
    )


def text_from(value: object) -> str:
    """Return a text; a `TypeError` says that it is none."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def length_from(value: object) -> float | None:
    """Return a length, None for none; a `ValueError` says that it is no number."""
    if value is None or isinstance(value, float):
        return value
    raise ValueError(f"{value!r} is no length")
