"""What a result follows from: it is used again only where all of this is the same."""

from dataclasses import asdict
from typing import Any

from nanotem.recipe.file import write_recipe
from nanotem.study.edits import edits_text
from nanotem.study.result import read_origin, read_summary
from nanotem.study.study import Study, StudyImage


def origin_of(study: Study, image: StudyImage, image_id: str) -> dict[str, Any]:
    """Return everything that decides the result of an image, as JSON can hold it."""
    return {
        "image": image_id,
        "recipe": write_recipe(study.recipe),
        "edits": edits_text(study, image),
        "scale": asdict(image.scale) if image.scale else None,
        "nm_per_px": study.nm_per_px,
        "bar_length_nm": study.bar_length_nm,
        "versions": dict(study.versions),
    }


def is_analysed(study: Study, image: StudyImage) -> bool:
    """Whether the study holds what its recipe makes of an image, by whatever version of the software."""
    saved = read_origin(study, image)
    if saved is None or read_summary(study, image) is None:
        return False
    return saved | {"versions": None} == origin_of(study, image, image.id) | {"versions": None}
