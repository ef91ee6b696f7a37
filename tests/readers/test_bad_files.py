"""Whatever the bytes are, the answer is a `NanotemError` that says what to do."""

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO

import h5py
import numpy as np
import pytest
import tifffile
from PIL import Image

from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.readers import read_micrograph

IMAGE = np.random.default_rng(0).integers(0, 255, (64, 48), dtype=np.uint8)


def picture(kind: str, image: np.ndarray = IMAGE) -> bytes:
    stream = BytesIO()
    if kind == "TIFF":
        tifffile.imwrite(stream, image, compression="zlib")
    else:
        Image.fromarray(image).save(stream, kind)
    return stream.getvalue()


def hdf5(fill: Callable[[h5py.File], object]) -> bytes:
    stream = BytesIO()
    with h5py.File(stream, "w") as file:
        fill(file)
    return stream.getvalue()


def png_header(rows: int, columns: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    header = b"IHDR" + struct.pack(">2I5B", columns, rows, 8, 0, 0, 0, 0)
    chunks = (header, b"IDAT" + zlib.compress(b""), b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    )


def tiff_header(rows: int, columns: int) -> bytes:
    """A TIFF that claims a size and holds one byte."""
    tags = [
        (256, columns),
        (257, rows),
        (258, 8),
        (259, 8),
        (262, 1),
        (273, 4),
        (277, 1),
        (278, rows),
        (279, 1),
    ]
    entries = b"".join(struct.pack("<2H2I", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def bmp_header(rows: int, columns: int) -> bytes:
    return b"BM" + struct.pack("<4I2i2H6I", 54, 0, 54, 40, columns, rows, 1, 24, 0, 0, 0, 0, 0, 0)


def mrc_header(rows: int, columns: int, *, mode: int = 2) -> bytes:
    header = bytearray(1024)
    struct.pack_into("<4i", header, 0, columns, rows, 1, mode)
    header[208:212] = b"MAP "
    return bytes(header)


DM3_START = struct.pack(">3i", 3, 1000, 1)
DM4_START = struct.pack(">iqi", 4, 1000, 1)
NAN = np.full((32, 32), np.nan, np.float32)

BAD_FILES = {
    "empty": b"",
    "one byte": b"\0",
    "text named png": b"sample,diameter\n1,20.5\n",
    "text that begins like bmp": b"BM is short for bench mark" * 10,
    "zeros": bytes(5000),
    "noise": np.random.default_rng(1).bytes(5000),
    "gzip": b"\x1f\x8b\x08" + bytes(50),
    "zip": b"PK\x03\x04" + bytes(50),
    "bzip2": b"BZh9" + bytes(50),
    "7-zip": b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "pdf": b"%PDF-1.7\n" + bytes(50),
    "gif": b"GIF89a" + bytes(50),
    "pickle": b"\x80\x04\x95\x0b\x00\x00\x00",
    "npy": b"\x93NUMPY\x01\x00" + bytes(100),
    "html": b"<html><body>404</body></html>",
    "png signature alone": b"\x89PNG\r\n\x1a\n",
    "png cut short": picture("PNG")[:-300],
    "png with a broken checksum": picture("PNG").replace(b"IDAT", b"IDAX"),
    "deep png cut short": png_header(64, 48)[:24] + b"\x10\x02" + png_header(64, 48)[26:40],
    "jpeg signature alone": b"\xff\xd8\xff\xe0",
    "jpeg cut short": picture("JPEG")[:-300],
    "bmp cut short": picture("BMP")[:-300],
    "tiff signature alone": b"II*\0",
    "tiff without pages": b"II*\0" + bytes(20),
    "tiff cut short": picture("TIFF")[:-300],
    "tiff with a looping directory": b"II*\0" + struct.pack("<I", 8) + b"\xff" * 400,
    "hdf5 signature alone": b"\x89HDF\r\n\x1a\n",
    "hdf5 cut short": hdf5(lambda file: file.create_dataset("a", data=IMAGE))[:-2000],
    "hdf5 without data": hdf5(lambda file: file.create_group("empty")),
    "hdf5 with a table of text": hdf5(lambda file: file.create_dataset("names", data=["a", "b"])),
    "hdf5 of complex numbers": hdf5(lambda file: file.create_dataset("a", data=IMAGE.astype(complex))),
    "velox with damaged metadata": hdf5(
        lambda file: (
            file.create_dataset("Data/Image/a/Data", data=IMAGE[..., np.newaxis]),
            file.create_dataset("Data/Image/a/Metadata", data=np.full((9, 1), 65, np.uint8)),
        )
    ),
    "dm3 header alone": DM3_START,
    "dm3 with noise": DM3_START + np.random.default_rng(2).bytes(2000),
    "dm3 without images": DM3_START + struct.pack(">2bi", 0, 0, 0),
    "dm4 header alone": DM4_START,
    "dm4 with noise": DM4_START + np.random.default_rng(3).bytes(2000),
    "ser header alone": b"II\x97\x01",
    "ser with zeros": b"II\x97\x01" + bytes(200),
    "emi without its ser": b"JK\x00\x02" + bytes(200),
    "mrc without pixels": mrc_header(64, 48),
    "mrc with packed pixels": mrc_header(64, 48, mode=101) + bytes(64 * 48),
    "no rows": png_header(0, 48),
    "0 x 0": mrc_header(0, 0),
    "too few rows": picture("PNG", IMAGE[:15]),
    "too few columns": picture("TIFF", IMAGE[:, :15]),
    "too small in hdf5": hdf5(lambda file: file.create_dataset("a", data=IMAGE[:5])),
    "nothing but nan": picture("TIFF", NAN),
    "nothing but infinity": hdf5(lambda file: file.create_dataset("a", data=NAN + np.inf)),
    "complex tiff": picture("TIFF", IMAGE.astype(np.complex64)),
}

HUGE_FILES = {
    "png": png_header(30_000, 30_000),
    "bmp": bmp_header(30_000, 30_000),
    "tiff": tiff_header(30_000, 30_000),
    "mrc": mrc_header(30_000, 30_000),
    "hdf5": hdf5(lambda file: file.create_dataset("a", (30_000, 30_000), chunks=(512, 512), dtype="f4")),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_a_remedy(name):
    with pytest.raises(NanotemError) as caught:
        read_micrograph(BAD_FILES[name], f"{name}.png")
    assert caught.value.message.startswith(f"{name}.png: ")
    assert len(caught.value.message) > len(f"{name}.png: ") + 10
    assert caught.value.hint.endswith(".")
    assert "/tmp" not in str(caught.value)


@pytest.mark.parametrize("kind", HUGE_FILES)
def test_a_huge_claim_is_refused_before_decoding(kind):
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFileError, match="30000 x 30000 pixels, more than the limit of 100,000,000"):
            read_micrograph(HUGE_FILES[kind], "huge")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 20_000_000


@pytest.mark.parametrize("name", ["gzip", "zip", "bzip2", "7-zip"])
def test_an_archive_is_to_be_unpacked(name):
    with pytest.raises(UnreadableFileError, match="Unpack it first"):
        read_micrograph(BAD_FILES[name], "archive")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF"])
def test_no_cut_of_a_good_file_is_read_with_other_pixels(kind):
    data = picture(kind)
    whole = read_micrograph(data, "whole").pixels
    n_refused = 0
    for length in range(1, len(data), 97):
        try:
            np.testing.assert_array_equal(read_micrograph(data[:length], "cut").pixels, whole)
        except UnreadableFileError:
            n_refused += 1
    assert n_refused >= len(data) // 97 - 1
