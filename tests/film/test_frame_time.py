"""What films of each format say about the time between their frames."""

import json
import struct

import h5py
import numpy as np
import pytest
import tifffile
from readers.test_digital_micrograph import dm3_of

from nanotem.errors import UnreadableFileError
from nanotem.film import open_film

FRAMES = np.random.default_rng(3).integers(60, 200, (5, 40, 48), dtype=np.uint16)


def hyperspy(path, *axes):
    with h5py.File(path, "w") as file:
        group = file.create_group("Experiments/film")
        frames = FRAMES if len(axes) == 1 else FRAMES[:4].reshape(2, 2, 40, 48)
        group["data"] = frames
        every = [*[(name, scale, unit, True) for name, scale, unit in axes], *[("", 0.2, "nm", False)] * 2]
        for number, (name, scale, unit, navigate) in enumerate(every):
            stated = {"name": name, "scale": scale, "units": unit, "navigate": navigate}
            group.create_group(f"axis-{number}").attrs.update(stated)
    return path


def velox(path, stated):
    with h5py.File(path, "w") as file:
        group = file.create_group("Data/Image/1")
        group["Data"] = np.moveaxis(FRAMES, 0, 2)
        pixel = {"PixelSize": {"width": "2e-10", "height": "2e-10"}, "PixelUnitX": "m", "PixelUnitY": "m"}
        text = json.dumps({"BinaryResult": pixel, **stated}).encode()
        group["Metadata"] = np.frombuffer(text.ljust(2000, b"\0"), np.uint8)[:, None]
    return path


def berkeley(path, name, unit, step):
    with h5py.File(path, "w") as file:
        group = file.create_group("data/film")
        group.attrs["emd_group_type"] = 1
        group["data"] = FRAMES
        axes = [(name, unit, step, 5), ("y", "[n_m]", 0.2, 40), ("x", "[n_m]", 0.2, 48)]
        for number, (axis, axis_unit, width, length) in enumerate(axes, start=1):
            group[f"dim{number}"] = np.arange(length) * width
            group[f"dim{number}"].attrs.update({"name": axis, "units": axis_unit})
    return path


def digital_micrograph(path, scale, unit):
    path.write_bytes(dm3_of((FRAMES, [(0.2, "nm"), (0.2, "nm"), (scale, unit)])))
    return path


def ser(path, seconds):
    """Images of uint16, each with the second in which it was taken."""
    dimension = struct.pack("<i2di2i", len(FRAMES), 0.0, 1.0, 0, 0, 0)
    start = struct.pack("<2s2h4i", b"II", 0x0197, 0x0210, 0x4122, 0x4152, len(FRAMES), len(FRAMES))
    table_at = len(start) + 8 + len(dimension)
    start += struct.pack("<2i", table_at, 1) + dimension
    axis = struct.pack("<2di", 0.0, 2e-10, 0)
    images = [axis + axis + struct.pack("<h2i", 2, 48, 40) + frame[::-1].tobytes() for frame in FRAMES]
    first_at, size = table_at + 8 * len(FRAMES), len(images[0]) + 8
    places = [first_at + k * size for k in range(len(FRAMES))]
    offsets = struct.pack("<5i", *places) + struct.pack("<5i", *(place + size - 8 for place in places))
    tags = [struct.pack("<2hI", 0x4152, 0, 1_700_000_000 + second) for second in seconds]
    path.write_bytes(start + offsets + b"".join(image + tag for image, tag in zip(images, tags, strict=True)))
    return path


MADE = {
    "film.hspy": [
        (lambda path: hyperspy(path, ("time", 0.5, "s")), 0.5),
        (lambda path: hyperspy(path, ("", 40.0, "ms")), 0.04),
        (lambda path: hyperspy(path, ("time", 1.0, "<undefined>")), None),
    ],
    "film.emd": [
        (lambda path: velox(path, {"Scan": {"FrameTime": "1.25"}}), 1.25),
        (lambda path: velox(path, {"Scan": {"FrameTime": "long"}}), None),
        (lambda path: velox(path, {}), None),
        (lambda path: berkeley(path, "time", "[s]", 0.25), 0.25),
        (lambda path: berkeley(path, "frame", "", 1.0), None),
    ],
    "film.dm3": [
        (lambda path: digital_micrograph(path, 0.1, "s"), 0.1),
        (lambda path: digital_micrograph(path, 1.0, ""), None),
    ],
    "film.ser": [
        (lambda path: ser(path, (0, 50, 100, 150, 200)), 50),
        (lambda path: ser(path, (0, 1, 1, 2, 3)), None),
        (lambda path: ser(path, (0, 0, 0, 0, 0)), None),
    ],
}


@pytest.mark.parametrize(
    ("name", "make", "seconds"), [(name, make, seconds) for name, each in MADE.items() for make, seconds in each]
)
def test_the_time_between_frames_is_that_of_the_file(tmp_path, name, make, seconds):
    film = open_film(make(tmp_path / name))
    assert film.n_frames == len(FRAMES)
    assert film.frame_time_s == (pytest.approx(seconds) if seconds else None)
    np.testing.assert_array_equal(film.frame(3).pixels, FRAMES[3])
    assert film.scale.nm_per_px == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: hyperspy(path, ("z", 2.0, "nm")), "places of a scan, or depths"),
        (lambda path: hyperspy(path, ("y", 2.0, "nm"), ("x", 2.0, "nm")), "places of a scan"),
        (lambda path: hyperspy(path, ("Energy", 2.0, "eV")), "energies"),
        (lambda path: berkeley(path, "depth", "[n_m]", 2.0), "depths"),
    ],
)
def test_what_follows_in_place_or_energy_is_no_film(tmp_path, make, words):
    with pytest.raises(UnreadableFileError, match=words):
        open_film(make(tmp_path / ("film.emd" if words == "depths" else "film.hspy")))


@pytest.mark.parametrize(("axes", "word"), [("ZYX", "depths"), ("CYX", "channels")])
def test_frames_of_another_name_are_taken_for_times_with_a_note(tmp_path, axes, word):
    tifffile.imwrite(tmp_path / "film.tif", FRAMES, imagej=True, metadata={"axes": axes})
    film = open_film(tmp_path / "film.tif")
    assert film.n_frames == 5
    assert any(word in note for note in film.notes)


def test_a_stack_that_was_cut_short_says_so(tmp_path):
    tifffile.imwrite(tmp_path / "film.tif", FRAMES, imagej=True, metadata={"axes": "TYX"})
    data = (tmp_path / "film.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableFileError, match="stored 5 images in this file, of which 1 can be read"):
        open_film(tmp_path / "cut.tif")
