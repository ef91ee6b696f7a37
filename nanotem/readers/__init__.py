"""Files of microscopes and cameras, read into a `Micrograph`."""

from nanotem.readers.read import SUPPORTED_SUFFIXES, read_file, read_micrograph
from nanotem.readers.units import to_nm

__all__ = ["SUPPORTED_SUFFIXES", "read_file", "read_micrograph", "to_nm"]
