"""SER and EMI files, written here from the description of the formats."""

import struct

import numpy as np
import pytest

from nanotem.errors import UnreadableFileError
from nanotem.readers import read_file, read_micrograph


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
