"""MRC files, written here from the description of the format."""

import struct

import numpy as np
import pytest

from nanotem.errors import UnreadableFileError
from nanotem.readers import read_micrograph


def mrc_of(stack: np.ndarray, *, angstrom_per_px: float, signature: bytes = b"MAP\0") -> bytes:
    """An MRC2014 file of shape (sections, rows, columns), int16 or float32."""
    sides = stack.shape[::-1]
    header = bytearray(1024)
    struct.pack_into("<4i", header, 0, *sides, {"int16": 1, "float32": 2, "complex64": 4}[stack.dtype.name])
    if angstrom_per_px:
        struct.pack_into("<3i3f", header, 28, *sides, *(side * angstrom_per_px for side in sides))
    header[208:212] = signature
    return bytes(header) + stack.tobytes()


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_an_mrc_stack_gives_its_first_section(disk, dtype):
    stack = np.stack([disk, 255 - disk]).astype(dtype)
    micrograph = read_micrograph(mrc_of(stack, angstrom_per_px=2.5), "stack.map")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.pixels.dtype == dtype
    assert micrograph.scale.nm_per_px == pytest.approx(0.25)
    assert micrograph.notes == ("Frame 1 of 2 was taken.",)


def test_an_old_mrc_file_is_known_by_its_name(disk):
    data = mrc_of(disk[np.newaxis].astype(np.int16), angstrom_per_px=2.5, signature=bytes(4))
    assert read_micrograph(data, "old.MRC").shape == disk.shape
    with pytest.raises(UnreadableFileError, match="no image of a kind"):
        read_micrograph(data, "old.dat")


def test_an_mrc_file_without_sampling_has_no_scale(disk):
    micrograph = read_micrograph(mrc_of(disk[np.newaxis].astype(np.int16), angstrom_per_px=0), "plain.mrc")
    assert micrograph.scale is None


def test_one_angstrom_in_an_mrc_file_is_doubted(disk):
    micrograph = read_micrograph(mrc_of(disk[np.newaxis].astype(np.int16), angstrom_per_px=1), "plain.mrc")
    assert micrograph.scale.nm_per_px == pytest.approx(0.1)
    assert "check the scale" in micrograph.notes[0]


def test_a_complex_mrc_file_is_refused():
    data = mrc_of(np.zeros((1, 32, 32), np.complex64), angstrom_per_px=2)
    with pytest.raises(UnreadableFileError, match="complex"):
        read_micrograph(data, "fourier.mrc")
