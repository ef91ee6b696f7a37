"""What a worker does with one image: read it, analyse it, keep the result in the study."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2

from nanotem.analysis import Analysis, ScaleRule
from nanotem.errors import NanotemError
from nanotem.files.digest import sha256_of, sha256_of_pixels
from nanotem.readers import read_file
from nanotem.study.edits import edits_of
from nanotem.study.origin import is_kept, origin_of
from nanotem.study.result import write_result
from nanotem.study.software import part_for, software
from nanotem.study.study import Study, StudyImage


@dataclass(frozen=True)
class Outcome:
    """What became of an image.

    Parameters
    ----------
    image_id, pixels
        SHA-256 of its bytes, and of its shape and grey values; empty if it was not read.
    reason
        Why there is no result; empty if there is one.
    reused
        Whether the study had this very result already.
    died
        Whether the worker died of it, or beside it.
    """

    image_id: str = ""
    pixels: str = ""
    reason: str = ""
    reused: bool = False
    died: bool = False


Task: TypeAlias = Callable[[Any, Any], Outcome]
"""What a worker does with something that all tasks share (a study, a film) and one part of it (an image, some frames);
it must be found by its name where the worker runs."""


def outcome_of(task: Task, whole: Any, part: Any) -> Outcome:
    """Do a task with one part; an error that nobody expected is the reason of this part, and stops no other."""
    try:
        return task(whole, part)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other images are to be analysed
        return Outcome(reason=f"Unexpected {type(error).__name__}: {error}. Please report this.")


def analyse_image(study: Study, image: StudyImage) -> Outcome:
    """Analyse an image of a study and keep the result in its folder, unless the study has it.

    Only paths travel to a worker and only this outcome comes back: the folder must be the same for all.

    Parameters
    ----------
    study
        Folder, drafts and versions count; its list of images is not looked at.
    image
        The one to analyse, with its settings.

    Returns
    -------
    Outcome
        With a reason if the image is bad, never an error that a person can mend.
    """
    cv2.setNumThreads(1)  # one worker per core: more threads would fight for it
    try:
        return _analyse(study, image)
    except NanotemError as error:
        return Outcome(reason=str(error))


def _analyse(study: Study, image: StudyImage) -> Outcome:
    _check_software(study, image)
    path = study.path_of(image)
    image_id = sha256_of(path)
    if is_kept(study, image, image_id):
        return Outcome(image_id, image.pixels, reused=True)
    micrograph = read_file(path)
    edits = edits_of(study, image, image_id=micrograph.id)
    recipe = image.recipe
    analysis = Analysis(
        micrograph,
        recipe,
        edits,
        _scale_rule(image),
        with_shapes=recipe.classify.in_batches,
        with_lattices=recipe.lattice.in_batches,
    )
    if analysis.segmentation.absent_network:
        raise NanotemError(analysis.segmentation.absent_network, "Other images would be analysed in another way.")
    write_result(study, image, origin_of(study, image, micrograph.id), analysis)
    return Outcome(micrograph.id, sha256_of_pixels(micrograph.pixels))


def _scale_rule(image: StudyImage) -> ScaleRule:
    """Return the scale that a person set for the image, or else where its settings take it from."""
    if image.scale is not None:
        return ScaleRule.of(image.scale)
    return ScaleRule(nm_per_px=image.settings.nm_per_px, bar_length_nm=image.settings.bar_length_nm)


def _check_software(study: Study, image: StudyImage) -> None:
    """Refuse to mix the numbers of different software in one study."""
    recipe = image.settings.recipe
    here, there = software([recipe]), part_for(recipe, study.versions)
    other = next((name for name, version in there.items() if here.get(name) != version), None)
    if other:
        raise NanotemError(
            f"A worker has {other} {here.get(other)}, the run was started with {there[other]}.",
            "Install the same versions everywhere.",
        )
