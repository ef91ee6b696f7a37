import hashlib
import os
import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from nanotem.errors import ParameterError, UnreadableFileError
from nanotem.readers import SUPPORTED_SUFFIXES, read_file, read_micrograph, read_values


@pytest.fixture
def png(disk) -> bytes:
    stream = BytesIO()
    Image.fromarray(disk).save(stream, "PNG")
    return stream.getvalue()


def test_the_micrograph_knows_its_file(png, disk):
    micrograph = read_micrograph(png, "disk.png")
    assert micrograph.id == hashlib.sha256(png).hexdigest()
    assert micrograph.name == "disk.png"
    assert micrograph.shape == disk.shape
    with pytest.raises(ValueError, match="read-only"):
        micrograph.pixels[0, 0] = 0


def test_content_counts_and_not_the_name(png, disk):
    for name in ("disk.tif", "disk.dm3", "disk", "disk.mrc"):
        np.testing.assert_array_equal(read_micrograph(png, name).pixels, disk)


def test_a_file_on_disk(png, disk, tmp_path):
    path = tmp_path / "disk.png"
    path.write_bytes(png)
    for form in (path, str(path)):
        micrograph = read_file(form)
        np.testing.assert_array_equal(micrograph.pixels, disk)
        assert micrograph.name == "disk.png"


def test_a_path_that_cannot_be_opened_says_why(tmp_path):
    for path, reason in (
        (tmp_path / "absent.png", "cannot be opened"),
        (tmp_path, "is a folder. Give a file; for all"),
    ):
        with pytest.raises(UnreadableFileError, match=reason) as caught:
            read_file(path)
        assert str(path) in caught.value.message


def test_suffixes_are_lower_case_with_a_dot():
    assert {".png", ".tif", ".dm3", ".emd", ".emi", ".h5"} <= set(SUPPORTED_SUFFIXES)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in SUPPORTED_SUFFIXES)


def test_damaged_files_leave_standard_error_alone(disk):
    """Libraries that warn about a damaged file on stderr would spoil a command line's output."""
    program = (
        "from nanotem.readers import read_micrograph\n"
        "from nanotem.errors import NanotemError\n"
        "for data in (b'II*\\0' + bytes([8, 0, 0, 0] + [255] * 60), b'\\0\\0\\0\\3' + bytes(100)):\n"
        "    try:\n"
        "        read_micrograph(data, 'damaged')\n"
        "        raise SystemExit('was read')\n"
        "    except NanotemError:\n"
        "        pass\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_importing_the_readers_loads_no_decoder_of_microscopes():
    program = (
        "import sys, nanotem.readers\n"
        "raise SystemExit(' '.join({'rsciio', 'dask', 'h5py', 'tensorflow'} & set(sys.modules)) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_another_frame_has_another_key(disk):
    stream = BytesIO()
    Image.fromarray(disk).save(stream, "PNG", save_all=True, append_images=[Image.fromarray(255 - disk)])
    data = stream.getvalue()
    first, again, second = (read_micrograph(data, "film.png", **frame) for frame in ({}, {"frame": 1}, {"frame": 2}))
    assert first.id == again.id == hashlib.sha256(data).hexdigest() != second.id


def test_a_choice_that_is_not_there_names_the_file(png, tmp_path):
    (tmp_path / "one.png").write_bytes(png)
    with pytest.raises(ParameterError, match=r"one\.png: Image 2 was asked for"):
        read_file(tmp_path / "one.png", image=2)


def test_a_name_that_is_no_utf_8_can_be_shown(png, tmp_path):
    path = tmp_path / os.fsdecode(b"gr\xf6\xdfe.png")
    path.write_bytes(png)
    assert read_file(path).name.encode() == "gr��e.png".encode()
    with pytest.raises(UnreadableFileError) as caught:
        read_file(tmp_path / os.fsdecode(b"\xff.png"))
    assert str(caught.value).encode()


def test_defects_are_counted_and_kept_as_a_mask():
    image = np.random.default_rng(0).normal(2000, 50, (64, 80)).astype(np.float32)
    image[10] = 65535
    image[40, 20] = -3e38
    stream = BytesIO()
    tifffile.imwrite(stream, image)
    micrograph = read_micrograph(stream.getvalue(), "hot.tif")
    assert micrograph.repaired.sum() == 81
    assert micrograph.pixels.max() < 3000
    assert "1 pixel without a usable value" in micrograph.notes[0]
    assert "80 pixels far from all other levels" in micrograph.notes[1]
    with pytest.raises(ValueError, match="read-only"):
        micrograph.repaired[0, 0] = True
    assert read_values(stream.getvalue(), "labels.tif").max() == 65535


def test_an_interrupted_copy_is_said():
    image = np.random.default_rng(0).integers(50, 200, (64, 80), dtype=np.uint8)
    image[40:] = 0
    stream = BytesIO()
    Image.fromarray(image).save(stream, "PNG")
    micrograph = read_micrograph(stream.getvalue(), "half.png")
    assert micrograph.notes == ("The last 24 of 64 rows hold one value (0): a margin, or a copy that was interrupted.",)
    assert micrograph.blank.sum() == 24 * 80
