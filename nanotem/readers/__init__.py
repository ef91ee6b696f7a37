"""Files of microscopes and cameras, read into a `Micrograph`."""

from nanotem.readers.companion import is_companion
from nanotem.readers.read import SUPPORTED_SUFFIXES, read_file, read_micrograph, read_values
from nanotem.readers.units import to_nm

__all__ = ["SUPPORTED_SUFFIXES", "is_companion", "read_file", "read_micrograph", "read_values", "to_nm"]
