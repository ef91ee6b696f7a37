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


def test_a_ser_file_alone_says_what_is_not_known(disk):
    micrograph = read_micrograph(ser_of(disk, metres_per_px=2e-10), "disk_1.ser")
    assert "without the EMI file" in micrograph.notes[0]
    with_emi = read_micrograph(EMI, "disk.emi", companions={"disk_1.ser": ser_of(disk, metres_per_px=2e-10)})
    assert with_emi.notes == ()


@pytest.mark.parametrize("mode", [b"TEM Diffraction", b"STEM nP SA Zoom Image"])
def test_a_diffraction_pattern_is_refused(disk, mode):
    emi = EMI.replace(b"TEM Image", mode)
    with pytest.raises(UnreadableFileError, match="diffraction"):
        read_micrograph(emi, "disk.emi", companions={"disk_1.ser": ser_of(disk, metres_per_px=1e7)})


def test_an_image_is_chosen_among_several_ser_files(disk):
    companions = {
        "disk_1.ser": ser_of(disk, metres_per_px=2e-10),
        "disk_2.ser": ser_of(255 - disk, metres_per_px=4e-10),
    }
    first = read_micrograph(EMI, "disk.emi", companions=companions)
    second = read_micrograph(EMI, "disk.emi", companions=companions, image=2)
    np.testing.assert_array_equal(second.pixels, 255 - disk)
    assert second.scale.nm_per_px == pytest.approx(0.4)
    assert first.id != second.id
    assert first.id != read_micrograph(EMI, "disk.emi", companions={"disk_1.ser": companions["disk_2.ser"]}).id


@pytest.mark.parametrize(
    ("at", "form", "value", "said"),
    [
        (10, "<I", 0, "claims"),
        (18, "<I", 2_000_000_000, "claims 2,000,000,000 images"),
        (6, "<I", 0x4120, "spectra"),
    ],
)
def test_claims_that_do_not_hold_are_refused(disk, at, form, value, said):
    data = bytearray(ser_of(disk, metres_per_px=2e-10))
    struct.pack_into(form, data, at if at != 10 else 18, value)
    with pytest.raises(UnreadableFileError, match=said):
        read_micrograph(bytes(data), "claims.ser")


def test_a_ser_file_that_is_cut_short_or_complex_is_refused(disk):
    data = ser_of(disk, metres_per_px=2e-10)
    with pytest.raises(UnreadableFileError, match="cut short"):
        read_micrograph(data[:-100], "short.ser")
    kind_at = data.index(struct.pack("<h2i", 2, 64, 48))
    with pytest.raises(UnreadableFileError, match="complex"):
        read_micrograph(data[:kind_at] + b"\x09" + data[kind_at + 1 :], "complex.ser")


def test_a_file_in_which_something_was_inserted_says_so(disk):
    good = ser_of(disk, metres_per_px=2e-10)
    middle = len(good) - 1000
    said = read_micrograph(good[:middle] + 500 * b"\7" + good[middle:], "disk_1.ser").notes
    assert any("longer than all of its parts" in note for note in said)
    whole = read_micrograph(good, "disk_1.ser").notes
    assert read_micrograph(good + bytes(500), "disk_1.ser").notes == whole  # filled up to a block of the disk
