"""A study whose `study.toml` is damaged, from what else is in its folder."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from nanotem.analysis_file import scale_from
from nanotem.errors import NanotemError
from nanotem.recipe.file import read_recipe
from nanotem.study.record import Record, read_record
from nanotem.study.settings import Settings
from nanotem.study.study import SUFFIXES, UPLOADS, Study, StudyImage, as_file_name
from nanotem.study.study_file import DamagedStudyError, length_from, text_from


def has_records(folder: Path) -> bool:
    """Whether there is a result in a folder that vouches for itself."""
    return any((folder / "records").glob(f"*{SUFFIXES['records']}"))


def rebuilt(folder: Path, error: DamagedStudyError) -> Study:
    """Return the study that the results in a folder and its uploaded images make, with a note that says so.

    Raises
    ------
    DamagedStudyError
        The one that was given, if there is no result.
    """
    analysed = {image.name: image for image in _analysed(folder)}
    if not analysed:
        raise error
    known = {image.path for image in analysed.values()} | {f"{UPLOADS}/{name}" for name in analysed}
    uploads = (path for path in sorted((folder / UPLOADS).glob("*")) if path.name == as_file_name(path.name))
    waiting = [
        StudyImage(path.name, f"{UPLOADS}/{path.name}") for path in uploads if f"{UPLOADS}/{path.name}" not in known
    ]
    note = (
        f"{error.message} It was made again from {len(analysed)} results and {len(waiting)} uploaded images. Images "
        "elsewhere that had no result yet have to be added again, and samples may have their first names."
    )
    return Study(
        folder, (*analysed.values(), *(image for image in waiting if image.name not in analysed)), notes=(note,)
    )


def _analysed(folder: Path) -> Iterator[StudyImage]:
    empty = Study(folder)
    for path in sorted((folder / "records").glob(f"*{SUFFIXES['records']}")):
        try:
            image = StudyImage(path.name.removesuffix(SUFFIXES["records"]), "")
            record = read_record(empty, image)
            if record is not None:
                yield _image_of(record, image.name)
        except (NanotemError, ValueError, LookupError, TypeError, AttributeError):
            continue


def _image_of(record: Record, name: str) -> StudyImage:
    origin = record.origin
    recipe = read_recipe(text_from(origin["recipe"]))
    usual = replace(recipe, outlines=recipe.outlines.unsettled())
    return StudyImage(
        name,
        path=text_from(record.image["path"]),
        sample=text_from(record.image["sample"]),
        id=text_from(origin["image"]),
        status="done",
        scale=scale_from(origin["scale"]),
        class_weights=recipe.outlines.class_weights,
        settings=Settings(usual, length_from(origin["nm_per_px"]), length_from(origin["bar_length_nm"])),
    )
