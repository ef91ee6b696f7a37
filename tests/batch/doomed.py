"""Tasks that come to a bad end with one image, which any process can import."""

import os
import signal
import time
from dataclasses import replace

from nanotem.batch import Outcome, task
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.study import Study, StudyImage

NAME = "2.png"


def killed(study: Study, image: StudyImage) -> Outcome:
    if image.name == NAME:
        os.kill(os.getpid(), signal.SIGKILL)
    return task.analyse_image(study, image)


def failing(study: Study, image: StudyImage) -> Outcome:
    if image.name == NAME:
        raise ZeroDivisionError("division by zero")
    return task.analyse_image(study, image)


def killed_while_there_is_a_cause(study: Study, image: StudyImage) -> Outcome:
    """Look for the cause a second later: an image is sent out before the result that came before it is told."""
    if image.name == NAME:
        time.sleep(1)
    return killed(study, image) if (study.folder / "cause").exists() else task.analyse_image(study, image)


def elsewhere(study: Study, image: StudyImage) -> Outcome:
    return task.analyse_image(replace(study, folder=study.folder.with_name("elsewhere")), image)


def with_another_recipe(study: Study, image: StudyImage) -> Outcome:
    other = replace(image.settings, recipe=Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=0.5)))
    return task.analyse_image(study, replace(image, settings=other))


def slow(study: Study, image: StudyImage) -> Outcome:
    """Give a result only after somebody else has asked for one."""
    outcome = task.analyse_image(study, image)
    if image.name == NAME:
        (study.folder / "begun").touch()
        while not (study.folder / "go on").exists():
            time.sleep(0.02)
        outcome = task.analyse_image(study, replace(image, settings=replace(image.settings, nm_per_px=9.0)))
        (study.folder / "written").touch()
    return outcome


def removing(study: Study, image: StudyImage) -> Outcome:
    if image.name == NAME:
        study.path_of(image).unlink(missing_ok=True)
    return task.analyse_image(study, image)


def filling(study: Study, image: StudyImage) -> Outcome:
    """Find no room for any file larger than a page."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        return task.analyse_image(study, image)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def talking(study: Study, image: StudyImage) -> Outcome:
    os.write(1, b"a library says something\n")
    return task.analyse_image(study, image)
