import cv2
import h5py
import numpy as np
import psutil
import pytest
import tifffile

from nanotem.errors import ParameterError, UnreadableFileError
from nanotem.film import ReadingParams, open_film

FRAMES = np.random.default_rng(7).integers(60, 200, (6, 40, 50), dtype=np.uint8)


def tiff(path, frames=FRAMES, **options):
    tifffile.imwrite(path, frames, **({"imagej": True, "metadata": {"axes": "TYX"}} | options))
    return path


def mrc(path):
    header = bytearray(1024)
    header[:16] = np.array([50, 40, 6, 6], "<i4").tobytes()
    header[208:212] = b"MAP "
    path.write_bytes(bytes(header) + FRAMES.astype("<u2").tobytes())
    return path


def hdf5(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("frames", data=FRAMES, chunks=(1, 40, 50))
    return path


def folder(path):
    path.mkdir()
    for number, frame in enumerate(FRAMES, start=6):
        cv2.imwrite(str(path / f"film_{number}.png"), frame)
    return path


@pytest.mark.parametrize(("make", "name"), [(tiff, "film.tif"), (mrc, "film.mrc"), (hdf5, "film.h5"), (folder, "film")])
def test_frames_are_read_one_by_one_in_any_order(tmp_path, make, name):
    film = open_film(make(tmp_path / name))
    assert (film.n_frames, film.shape) == (6, (40, 50))
    for number in (5, 0, 3):
        np.testing.assert_array_equal(film.frame(number).pixels, FRAMES[number])
    assert len({film.frame(number).id for number in range(6)}) == 6


def test_memory_stays_level_while_a_film_is_read(tmp_path):
    frames = np.random.default_rng(1).integers(0, 4000, (100, 512, 512), dtype=np.uint16)
    film = open_film(tiff(tmp_path / "film.tif", frames))
    film.frame(0)
    process = psutil.Process()
    before = process.memory_info().rss
    for number in range(1, 100):
        film.source.read(number)
    assert process.memory_info().rss - before < frames.nbytes / 4


def video(path, code, frames):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), 25.0, (64, 48), isColor=True)
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


@pytest.mark.parametrize(("name", "code"), [("film.avi", "MJPG"), ("film.mp4", "mp4v")])
def test_videos_are_read_forwards_and_back(tmp_path, name, code):
    frames = [np.full((48, 64), grey, np.uint8) for grey in range(40, 240, 20)]
    film = open_film(video(tmp_path / name, code, frames))
    assert film.frame_time_s == pytest.approx(0.04)
    assert any("compressed" in note for note in film.notes)
    for number in (7, 2, 9):
        assert film.frame(number).pixels.mean() == pytest.approx(frames[number][0, 0], abs=4)


def test_a_video_of_rubbish_is_refused(tmp_path):
    (tmp_path / "film.mp4").write_bytes(b"rubbish")
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        open_film(tmp_path / "film.mp4")
    with pytest.raises(UnreadableFileError, match="no such file"):
        open_film(tmp_path / "other.mp4")


def test_a_video_that_claims_more_frames_than_it_has(tmp_path):
    film = open_film(video(tmp_path / "film.avi", "MJPG", [np.full((48, 64), 90, np.uint8)] * 4))
    with pytest.raises(UnreadableFileError, match="frame 10 cannot be decoded"):
        film.source.read(9)


def test_part_of_a_film(tmp_path):
    reading = ReadingParams(first=2, last=6, mean_of=2, binning=2, top_px=4, left_px=6, height_px=32, width_px=40)
    film = open_film(tiff(tmp_path / "film.tif"), reading=reading)
    assert (film.n_frames, film.shape) == (2, (16, 20))
    mean = FRAMES[1:3, 4:36, 6:46].astype(float).reshape(2, 16, 2, 20, 2).mean(axis=(0, 2, 4))
    np.testing.assert_allclose(film.frame(0).pixels, mean, atol=1e-3)
    every = open_film(tmp_path / "film.tif", reading=ReadingParams(every=2))
    np.testing.assert_array_equal(every.frame(2).pixels, FRAMES[4])


def test_scale_and_time(tmp_path):
    path = tiff(
        tmp_path / "film.tif",
        resolution=(4, 4),
        metadata={"axes": "TYX", "unit": "nm", "finterval": 250, "tunit": "ms"},
    )
    film = open_film(path, reading=ReadingParams(every=2, binning=2))
    assert film.scale.nm_per_px == pytest.approx(0.5)
    assert film.frame_time_s == pytest.approx(0.5)
    assert film.notes == tuple(film.part.notes)
    assert not open_film(path).notes
    assert open_film(path, frame_time_s=2.0).frame_time_s == 2.0
    bare = open_film(tiff(tmp_path / "bare.tif"))
    assert bare.scale is None
    assert bare.frame_time_s is None
    assert len(bare.notes) == 2
    assert open_film(tmp_path / "bare.tif", nm_per_px=0.3).scale.nm_per_px == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ({"fps": 4.0}, 0.25),
        ({"finterval": 1.0, "tunit": "fortnight"}, None),
        ({"finterval": "often"}, None),
        ({}, None),
    ],
)
def test_time_of_imagej(tmp_path, stated, seconds):
    assert open_film(tiff(tmp_path / "film.tif", metadata={"axes": "TYX", **stated})).frame_time_s == seconds


def test_time_of_ome(tmp_path):
    metadata = {"axes": "TYX", "TimeIncrement": 20, "TimeIncrementUnit": "ms"}
    path = tiff(tmp_path / "film.ome.tif", imagej=False, ome=True, metadata=metadata)
    assert open_film(path).frame_time_s == pytest.approx(0.02)


def test_of_channels_the_first_is_taken(tmp_path):
    both = np.stack([FRAMES, 255 - FRAMES], axis=1)
    film = open_film(tiff(tmp_path / "film.tif", both, metadata={"axes": "TCYX"}))
    assert film.n_frames == 6
    np.testing.assert_array_equal(film.frame(4).pixels, FRAMES[4])
    assert any("2 channels" in note for note in film.notes)


def test_depth_is_no_time(tmp_path):
    stack = FRAMES.reshape(3, 2, 40, 50)
    with pytest.raises(UnreadableFileError, match="2 depths"):
        open_film(tiff(tmp_path / "film.tif", stack, metadata={"axes": "TZYX"}))


def test_what_is_no_film_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableFileError, match="holds 0 pictures"):
        open_film(tmp_path / "empty")
    cv2.imwrite(str(tmp_path / "one.png"), FRAMES[0])
    with pytest.raises(UnreadableFileError, match="holds one picture"):
        open_film(tmp_path / "one.png")
    with pytest.raises(UnreadableFileError, match="holds one frame, which is no film"):
        open_film(tiff(tmp_path / "one.tif", FRAMES[:1]))
    with tifffile.TiffWriter(tmp_path / "sizes.tif") as file:
        for side in (40, 50, 60):
            file.write(np.zeros((side, side), np.uint8))
    with pytest.raises(UnreadableFileError, match="holds 3 images that are no series"):
        open_film(tmp_path / "sizes.tif")
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        open_film(tmp_path / "absent.tif")
    (tmp_path / "cut.tif").write_bytes(b"II*\0\x08")
    with pytest.raises(UnreadableFileError, match="cannot be decoded"):
        open_film(tmp_path / "cut.tif")


def test_frames_of_different_size_are_refused(tmp_path):
    path = folder(tmp_path / "film")
    cv2.imwrite(str(path / "film_9.png"), FRAMES[0, :30])
    with pytest.raises(UnreadableFileError, match=r"film_9\.png has \(30, 50\)"):
        open_film(path).frame(3)


def test_impossible_choices_are_refused(tmp_path):
    path = tiff(tmp_path / "film.tif")
    with pytest.raises(ParameterError, match="Image 2 was asked for"):
        open_film(path, image=2)
    with pytest.raises(ParameterError, match="1 frames are left"):
        open_film(path, reading=ReadingParams(first=6))
    with pytest.raises(ParameterError, match="leave 5 x 6"):
        open_film(path, reading=ReadingParams(binning=8))
    with pytest.raises(ParameterError, match="nm_per_px is 0"):
        open_film(path, nm_per_px=0)
    with pytest.raises(ParameterError, match="frame_time_s is inf"):
        open_film(path, frame_time_s=float("inf"))


def test_what_else_lies_in_a_folder_is_no_frame(tmp_path):
    path = folder(tmp_path / "film")
    (path / "._film_6.png").write_bytes(b"what macOS keeps of a picture")
    (path / "film_6.emi").write_bytes(b"what TIA keeps of a SER file")
    (path / "film_0.png").mkdir()
    film = open_film(path)
    assert film.n_frames == len(FRAMES)
    np.testing.assert_array_equal(film.frame(0).pixels, FRAMES[0])


def test_missing_numbers_of_pictures_are_said(tmp_path):
    path = folder(tmp_path / "film")
    assert not [note for note in open_film(path).notes if "missing" in note]
    last = 5 + len(FRAMES)
    for number in (last + 3, last + 4, last + 9):
        cv2.imwrite(str(path / f"film_{number}.png"), FRAMES[0])
    (note,) = (note for note in open_film(path).notes if "missing" in note)
    assert f"missing after film_{last}.png, film_{last + 4}.png. Times count the pictures" in note


def test_pictures_of_one_number_are_refused(tmp_path):
    path = folder(tmp_path / "film")
    tifffile.imwrite(path / "film_7.tif", FRAMES[1])
    with pytest.raises(UnreadableFileError, match=r"film_7\.png and film_7\.tif: which of them is meant\? Keep one"):
        open_film(path)


def test_a_picture_of_another_magnification_is_no_frame(tmp_path):
    path = tmp_path / "film"
    path.mkdir()
    for number, per_nm in enumerate((4, 4.001, 2)):
        options = {"imagej": True, "resolution": (per_nm, per_nm), "metadata": {"unit": "nm"}}
        tifffile.imwrite(path / f"film_{number}.tif", FRAMES[number], **options)
    film = open_film(path)
    assert film.scale.nm_per_px == pytest.approx(0.25)
    np.testing.assert_array_equal(film.frame(1).pixels, FRAMES[1])
    with pytest.raises(UnreadableFileError, match=r"film_2\.tif has 0\.5 nm per pixel, the first picture .* 0\.25"):
        film.frame(2)


def test_pictures_without_numbers_miss_none(tmp_path):
    path = tmp_path / "film"
    path.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        cv2.imwrite(str(path / name), FRAMES[0])
    assert not [note for note in open_film(path).notes if "missing" in note]
