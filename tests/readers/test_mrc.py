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


def bytes_mrc(image: np.ndarray, *, extremes: tuple[float, float] = (0, 0), imod_flags: int | None = None) -> bytes:
    header = bytearray(1024)
    struct.pack_into("<4i", header, 0, image.shape[1], image.shape[0], 1, 0)
    struct.pack_into("<2f", header, 76, *extremes)
    if imod_flags is not None:
        struct.pack_into("<2i", header, 152, 1146047817, imod_flags)
    header[208:212] = b"MAP "
    return bytes(header) + image.tobytes()


SIGNED = np.random.default_rng(0).integers(-83, 88, (32, 40)).astype(np.int8)
UNSIGNED = np.random.default_rng(0).integers(5, 250, (32, 40)).astype(np.uint8)


@pytest.mark.parametrize("image", [SIGNED, UNSIGNED])
def test_bytes_are_read_with_the_sign_that_extremes_or_imod_state(image):
    extremes = float(image.min()), float(image.max())
    for data in (bytes_mrc(image, extremes=extremes), bytes_mrc(image, imod_flags=int(image is SIGNED))):
        micrograph = read_micrograph(data, "bytes.mrc")
        np.testing.assert_array_equal(micrograph.pixels, image)
        assert micrograph.pixels.dtype == image.dtype
        assert micrograph.notes == ()


def test_bytes_whose_sign_nobody_states_are_doubted():
    micrograph = read_micrograph(bytes_mrc(SIGNED), "bytes.mrc")
    np.testing.assert_array_equal(micrograph.pixels, SIGNED)
    assert "whether its bytes have a sign" in micrograph.notes[0]
    assert read_micrograph(bytes_mrc(UNSIGNED // 2), "bytes.mrc").notes == ()


def test_a_section_is_chosen(disk):
    data = mrc_of(np.stack([disk, 255 - disk]).astype(np.int16), angstrom_per_px=2.5)
    np.testing.assert_array_equal(read_micrograph(data, "stack.mrc", frame=2).pixels, 255 - disk)


@pytest.mark.parametrize("n_sections", [2_000_000_000, 3])
def test_sections_that_the_file_cannot_hold_are_refused(disk, n_sections):
    data = bytearray(mrc_of(np.stack([disk, disk]).astype(np.int16), angstrom_per_px=2.5))
    struct.pack_into("<i", data, 8, n_sections)
    with pytest.raises(UnreadableFileError, match=f"its {n_sections:,} sections"):
        read_micrograph(bytes(data), "claims.mrc")


@pytest.mark.parametrize(("mode", "dtype"), [(0, "i1"), (1, ">i2"), (12, ">f2")])
def test_big_endian_files_are_read(disk, mode, dtype):
    disk = disk // 2
    header = bytearray(1024)
    struct.pack_into(">4i", header, 0, disk.shape[1], disk.shape[0], 1, mode)
    header[208:212] = b"MAP "
    micrograph = read_micrograph(bytes(header) + disk.astype(dtype).tobytes(), "big.mrc")
    assert micrograph.pixels.dtype == {0: np.uint8, 1: np.int16, 12: np.float32}[mode]
    np.testing.assert_array_equal(micrograph.pixels, disk)


def test_other_modes_are_refused(disk):
    header = bytearray(mrc_of(disk[np.newaxis].astype(np.int16), angstrom_per_px=2))
    struct.pack_into("<i", header, 12, 101)
    with pytest.raises(UnreadableFileError, match="mode 101"):
        read_micrograph(bytes(header), "packed.mrc")


def test_a_negative_length_of_the_extended_header_is_refused(disk):
    data = bytearray(mrc_of(disk[np.newaxis].astype(np.int16), angstrom_per_px=2))
    struct.pack_into("<i", data, 92, -1)
    with pytest.raises(UnreadableFileError, match="claims -1 further bytes"):
        read_micrograph(bytes(data), "damaged.mrc")
