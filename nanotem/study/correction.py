"""Keep what a person corrected in one image."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from nanotem.edits.edits import Edit, EditedLabels
from nanotem.edits.file import write_edits
from nanotem.micrograph import Mask, Micrograph
from nanotem.segmentation.params import Method
from nanotem.study.files import replacing
from nanotem.study.folder import save_study
from nanotem.study.origin import origin_of
from nanotem.study.result import write_result
from nanotem.study.study import Study, StudyImage


def keep_correction(
    study: Study,
    image: StudyImage,
    micrograph: Micrograph,
    edits: Sequence[Edit],
    *,
    edited: EditedLabels,
    method: Method,
    particles: pd.DataFrame,
    frame: Mask,
) -> Study:
    """Keep corrections, scale and what was measured with them; the study's recipe must be that of the result.

    Parameters
    ----------
    study
        Its writer is the caller, see `nanotem.study.writing`.
    image
        The image of the study that was corrected.
    micrograph
        With the scale in force, which stays with the image.
    edits
        All corrections by hand, in their order.
    edited, particles
        The result, corrections carried out.
    method
        How the particles were told apart.
    frame
        False where the image is no micrograph.

    Raises
    ------
    NanotemError
        If a file cannot be written.
    """
    kept = replace(image, id=micrograph.id, scale=micrograph.scale, status="done", reason="")
    if edits:
        with replacing(study.file(image, "edits")) as path:
            path.write_text(write_edits(edits, image_id=micrograph.id), encoding="utf-8")
    else:
        study.file(image, "edits").unlink(missing_ok=True)
    write_result(
        study,
        kept,
        origin_of(study, kept, micrograph.id),
        pixels=micrograph.pixels,
        edited=edited,
        method=method,
        scale=micrograph.scale,
        particles=particles,
        frame=frame,
    )
    return save_study(study.with_image(kept))
