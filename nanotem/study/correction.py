"""Keep what a person corrected in one image."""

from dataclasses import replace

from nanotem.analysis import Analysis
from nanotem.files.digest import sha256_of_pixels
from nanotem.study.edits import keep_edits
from nanotem.study.folder import save_study
from nanotem.study.origin import origin_of
from nanotem.study.result import write_result
from nanotem.study.study import Study, StudyImage


def keep_correction(study: Study, image: StudyImage, analysis: Analysis) -> Study:
    """Keep corrections, scale and what was measured with them; the image's recipe must be that of the analysis.

    Parameters
    ----------
    study
        Its writer is the caller, see `nanotem.study.writing`.
    image
        The image of the study that was corrected.
    analysis
        Its scale stays with the image.

    Raises
    ------
    NanotemError
        If a file cannot be written.
    """
    image_id = analysis.micrograph.id
    pixels = sha256_of_pixels(analysis.micrograph.pixels)
    kept = replace(image, id=image_id, pixels=pixels, scale=analysis.scale, status="done", reason="")
    keep_edits(study, kept, analysis.edits, image_id=image_id)
    write_result(study, kept, origin_of(study, kept, image_id), analysis)
    return save_study(study.with_image(kept))
