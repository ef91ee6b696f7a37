"""DM3, SER and MRC files, written here from the descriptions of their formats."""

import struct

import numpy as np
import pytest

from nanotem.errors import ScaleError, UnreadableFileError
from nanotem.readers import read_file, read_micrograph

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
    assert micrograph.notes == ("Image 1 of 2 was taken.",)


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


def ser_of(image: np.ndarray, *, metres_per_px: float) -> bytes:
    """A SER file (version 0x0210) of one uint16 image; its rows are stored from the bottom up."""
    dimension = struct.pack("<i2di2i", 1, 0.0, 1.0, 0, 0, 0)
    start = struct.pack("<2s2h4i", b"II", 0x0197, 0x0210, 0x4122, 0x4152, 1, 1)
    offsets_at = len(start) + 8 + len(dimension)
    start += struct.pack("<2i", offsets_at, 1)
    axis = struct.pack("<2di", 0.0, metres_per_px, 0)
    element = axis + axis + struct.pack("<h2i", 2, image.shape[1], image.shape[0])
    pixels = image[::-1].astype("<u2").tobytes()
    data_at = offsets_at + 8
    tag_at = data_at + len(element) + len(pixels)
    offsets = struct.pack("<2i", data_at, tag_at)
    return start + dimension + offsets + element + pixels + struct.pack("<2hi", 0x4152, 0, 0)


def test_a_ser_file_is_read_alone(disk):
    micrograph = read_micrograph(ser_of(disk, metres_per_px=2e-10), "disk_1.ser")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.scale.nm_per_px == pytest.approx(0.2)


EMI = (
    b"JK\x00\x02\x00\x00\x00\x00<ObjectInfo><AcquireDate>Mon Nov 23 10:00:00 2026</AcquireDate><AcquireInfo>"
    b"<CameraNamePath>CCD</CameraNamePath></AcquireInfo><ExperimentalDescription><Root><Data><Label>Mode</Label>"
    b"<Value>TEM Image</Value><Unit/></Data></Root></ExperimentalDescription></ObjectInfo>"
)


def test_an_emi_file_takes_the_pixels_of_its_ser(disk, tmp_path):
    ser = ser_of(disk, metres_per_px=2e-10)
    micrograph = read_micrograph(EMI, "Disk.emi", companions={"disk_1.SER": ser, "other_1.ser": b""})
    np.testing.assert_array_equal(micrograph.pixels, disk)
    (tmp_path / "disk.emi").write_bytes(EMI)
    (tmp_path / "disk_1.ser").write_bytes(ser)
    np.testing.assert_array_equal(read_file(tmp_path / "disk.emi").pixels, disk)


def test_an_emi_file_without_its_ser_says_which(tmp_path):
    (tmp_path / "disk.emi").write_bytes(EMI)
    with pytest.raises(UnreadableFileError, match=r"disk_1\.ser, which is missing") as caught:
        read_file(tmp_path / "disk.emi")
    assert "disk_1.ser alone" in caught.value.hint


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
