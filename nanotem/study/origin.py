"""What a result follows from: it is used again only where all of this is the same."""

from dataclasses import asdict
from typing import Any

from nanotem.recipe.file import write_recipe
from nanotem.study.edits import edits_text
from nanotem.study.record import has_its_files, read_record
from nanotem.study.result import read_summary
from nanotem.study.software import part_for
from nanotem.study.study import Study, StudyImage


def origin_of(study: Study, image: StudyImage, image_id: str) -> dict[str, Any]:
    """Return everything that decides the result of an image, as JSON can hold it."""
    return {
        "image": image_id,
        "recipe": write_recipe(image.recipe),
        "edits": edits_text(study, image),
        "scale": asdict(image.scale) if image.scale else None,
        "nm_per_px": image.settings.nm_per_px,
        "bar_length_nm": image.settings.bar_length_nm,
        "versions": part_for(image.settings.recipe, study.versions),
    }


def is_analysed(study: Study, image: StudyImage) -> bool:
    """Whether the study holds, undamaged, what the settings of an image make of it, by whatever version."""
    return _holds(study, image, image.id, {"versions": None})


def is_kept(study: Study, image: StudyImage, image_id: str) -> bool:
    """Whether the study holds, undamaged, the very result that its versions would give for an image of this id."""
    return _holds(study, image, image_id, {})


def _holds(study: Study, image: StudyImage, image_id: str, aside: dict[str, None]) -> bool:
    record = read_record(study, image)
    if record is None or read_summary(study, image) is None:
        return False
    origin = origin_of(study, image, image_id)
    return {**record.origin, **aside} == {**origin, **aside} and has_its_files(study, image, record)
