"""An analysis as files that other programs read, and labels from other programs."""

from nanotem.export.archive import FORMATS, Format, archive
from nanotem.export.read_labels import read_labels

__all__ = ["FORMATS", "Format", "archive", "read_labels"]
