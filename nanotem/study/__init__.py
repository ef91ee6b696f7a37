"""Many images analysed with one recipe, kept in a folder that can be moved, zipped and opened again."""

from nanotem.study.archive import pack_study, unpack_study
from nanotem.study.correction import keep_correction
from nanotem.study.edits import edits_of
from nanotem.study.folder import (
    find_images,
    has_study,
    open_study,
    prepare_study,
    save_study,
    settings_changes,
    writing,
)
from nanotem.study.fringes import fringes_table
from nanotem.study.outliers import IMAGE_FLAGS, flags_in_words
from nanotem.study.result import read_particles, read_summary
from nanotem.study.settings import Settings
from nanotem.study.shares import shares_table
from nanotem.study.study import Study, StudyImage
from nanotem.study.summary import combine, combined_particles, fringes_of, summary_table
from nanotem.study.upload import add_upload
from nanotem.summary import ImageSummary

__all__ = [
    "IMAGE_FLAGS",
    "ImageSummary",
    "Settings",
    "Study",
    "StudyImage",
    "add_upload",
    "combine",
    "combined_particles",
    "edits_of",
    "find_images",
    "flags_in_words",
    "fringes_of",
    "fringes_table",
    "has_study",
    "keep_correction",
    "open_study",
    "pack_study",
    "prepare_study",
    "read_particles",
    "read_summary",
    "save_study",
    "settings_changes",
    "shares_table",
    "summary_table",
    "unpack_study",
    "writing",
]
