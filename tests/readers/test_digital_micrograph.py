"""DM3 files, written here from the description of the format."""

import struct

import numpy as np
import pytest

from nanotem.errors import ScaleError, UnreadableFileError
from nanotem.readers import read_micrograph

DM_TYPES = {"int16": (2, 1), "float32": (6, 2), "complex64": (12, 3), "uint16": (4, 10), "uint32": (5, 23)}


def dm_tag(name: str, value: object) -> bytes:
    """One tag of a DM3 file: a group (dict or list), a number, a text or an array."""
    label = struct.pack(">h", len(name)) + name.encode()
    if isinstance(value, dict | list):
        return b"\x14" + label + dm_group(value)
    if isinstance(value, str):
        value = np.array([ord(character) for character in value], np.uint16)
    if isinstance(value, np.ndarray):
        header = struct.pack(">4i", 3, 20, DM_TYPES[value.dtype.name][0], value.size)
        return b"\x15" + label + b"%%%%" + header + value.tobytes()
    number = struct.pack("<i", value) if isinstance(value, int) else struct.pack("<f", value)
    return b"\x15" + label + b"%%%%" + struct.pack(">2i", 1, 3 if isinstance(value, int) else 6) + number


def dm_group(value: dict[str, object] | list[object]) -> bytes:
    named = value.items() if isinstance(value, dict) else [("", item) for item in value]
    tags = [dm_tag(name, item) for name, item in named]
    return struct.pack(">2bi", 0, 0, len(tags)) + b"".join(tags)


def dm3_of(*images: tuple[np.ndarray, list[tuple[float, str]]]) -> bytes:
    """A DM3 file of arrays (slowest axis first), each with scale and unit per axis (fastest axis first)."""
    records = []
    for array, axes in images:
        calibrations = {
            "Brightness": {"Origin": 0.0, "Scale": 1.0, "Units": ""},
            "Dimension": [{"Origin": 0.0, "Scale": scale, "Units": unit} for scale, unit in axes],
        }
        data = {
            "Calibrations": calibrations,
            "Data": array.ravel(),
            "DataType": DM_TYPES[array.dtype.name][1],
            "Dimensions": list(array.shape[::-1]),
        }
        records.append({"ImageData": data, "ImageTags": {"Origin": "test"}, "Name": "drawn"})
    body = dm_group({"ImageList": records})
    return struct.pack(">3i", 3, len(body), 1) + body


NM = [(0.5, "nm"), (0.5, "nm")]


@pytest.mark.parametrize("dtype", ["int16", "uint16", "float32"])
def test_a_dm3_image_comes_back_exactly(disk, dtype):
    micrograph = read_micrograph(dm3_of((disk.astype(dtype), NM)), "disk.dm3")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.pixels.dtype == dtype
    assert micrograph.scale.nm_per_px == pytest.approx(0.5)
    assert micrograph.notes == ()


def test_a_dm3_colour_image_becomes_grey(disk):
    bgra = disk.astype(np.uint32) * 0x010101
    micrograph = read_micrograph(dm3_of((bgra, NM)), "colour.dm3")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.pixels.dtype == np.uint8


def test_a_dm3_stack_gives_its_first_frame(disk):
    stack = np.stack([disk, 255 - disk]).astype(np.int16)
    micrograph = read_micrograph(dm3_of((stack, [*NM, (1.0, "s")])), "stack.dm3")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.notes == ("Frame 1 of 2 was taken.",)


def test_a_dm3_file_with_several_signals_gives_the_first_image(disk):
    spectrum = (np.zeros(100, np.float32), [(0.3, "eV")])
    image, other = (disk.astype(np.float32), NM), (255 - disk.astype(np.float32), NM)
    micrograph = read_micrograph(dm3_of(spectrum, image, other), "several.dm3")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.notes == ("Image 1 of 2, drawn, was taken; the file also holds 2 drawn (48 x 64 px).",)


@pytest.mark.parametrize(
    ("array", "axes", "error", "said"),
    [
        (np.zeros((32, 32), np.float32), [(0.1, "1/nm")] * 2, UnreadableFileError, "diffraction"),
        (np.zeros((32, 32), np.complex64), NM, UnreadableFileError, "complex"),
        (np.zeros(100, np.float32), [(0.3, "eV")], UnreadableFileError, "spectra"),
        (np.zeros((32, 100), np.float32), [(0.3, "eV"), (1.0, "nm")], UnreadableFileError, "spectra"),
        (np.zeros((50, 32, 32), np.float32), [*NM, (0.3, "eV")], UnreadableFileError, "spectra"),
        (np.zeros((3, 4), np.float32), NM, UnreadableFileError, "3 x 4 pixels"),
        (np.zeros((32, 32), np.float32), [(1.0, "nm"), (2.0, "A")], ScaleError, "0.2 nm high and 1 nm wide"),
    ],
)
def test_dm3_files_without_a_picture_are_refused(array, axes, error, said):
    with pytest.raises(error, match=said):
        read_micrograph(dm3_of((array, axes)), "other.dm3")


def test_an_image_and_a_frame_are_chosen(disk):
    stack = np.stack([disk, 255 - disk]).astype(np.int16)
    data = dm3_of((disk.astype(np.int16), NM), (stack, [*NM, (1.0, "s")]))
    micrograph = read_micrograph(data, "two.dm3", image=2, frame=2)
    np.testing.assert_array_equal(micrograph.pixels, 255 - disk)
    assert micrograph.images[1].n_frames == 2


def test_an_image_is_preferred_to_a_diffraction_pattern(disk):
    micrograph = read_micrograph(
        dm3_of((255 - disk.astype(np.int16), [(0.1, "1/nm")] * 2), (disk.astype(np.int16), NM)), "two.dm3"
    )
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.images[0].what == "diffraction"
