"""Where the frames of a film come from: a stack, a video, a folder of numbered pictures."""

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isclose
from pathlib import Path

import cv2
import numpy as np

from nanotem.errors import NanotemError, ParameterError, UnreadableFileError
from nanotem.files.digest import sha256_of
from nanotem.micrograph import Pixels
from nanotem.readers import read_file
from nanotem.readers.choice import StoredImage, default_image, images_of
from nanotem.readers.content import damaged
from nanotem.readers.decoded import PixelSize, check_size
from nanotem.readers.grey import to_grey
from nanotem.readers.stack import stored_frames
from nanotem.report.words import plural
from nanotem.study.folder import images_in

VIDEO_SUFFIXES = (".mp4", ".avi", ".mov", ".mkv", ".m4v")
"""What OpenCV decodes by FFmpeg."""

_SILENT = "-8"
"""FFmpeg's level for no lines of its own on the terminal: what is wrong with a video is said here."""

LEAST_FRAMES = 2
"""One frame is a picture."""

_SAME_SCALE = 1e-3
"""Scales of one magnification differ by their rounding in a file, those of two by a tenth and more."""

_MOST_LISTED = 5
"""Names in a note."""

_NO_TIME = {"X": "places of a scan, or depths", "E": "energies"}
"""What frames are counted by that are no film, by the letter of the axis."""


@dataclass(frozen=True, eq=False)
class Source:
    """Frames as they are stored.

    Attributes
    ----------
    id
        SHA-256 of the file or files.
    name
        For people.
    shape
        Rows and columns of each frame.
    n_frames
        How many there are.
    read
        Takes the number of a frame, from 0, and returns its grey values.
    pixel_size
        As the file states it, None if it does not.
    nm_per_px
        Scale of pictures that were read as micrographs; None of all others.
    frame_time_s
        From one frame to the next, as far as the file says.
    notes
        What a person should know about the reading.
    damage
        Those of them that say what is missing.
    """

    id: str
    name: str
    shape: tuple[int, int]
    n_frames: int
    read: Callable[[int], Pixels]
    pixel_size: PixelSize | None = None
    nm_per_px: float | None = None
    frame_time_s: float | None = None
    notes: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()


def open_source(path: Path, *, image: int | None = None) -> Source:
    """Open the frames of a film without decoding more than one of them.

    Parameters
    ----------
    path
        A stack (TIFF, MRC, SER, DM3, DM4, EMD, HSPY), a video, or a folder of pictures, numbered in their
        names.
    image
        Which of several images in a stack, from 1; None for the one that shows the specimen.

    Raises
    ------
    UnreadableFileError
        If it cannot be read, holds fewer than two frames, or its frames are no series in time.
    ParameterError
        If there is no such image.
    """
    if path.is_dir():
        source = _folder(path)
    elif path.suffix.lower() in VIDEO_SUFFIXES:
        source = _video(path)
    else:
        source = _stack(path, image)
    if source.n_frames < LEAST_FRAMES:
        raise UnreadableFileError(
            " ".join((f"{source.name} holds one frame, which is no film.", *source.damage)),
            "Analyse it as a single picture, or give a stack, a video, or a folder of numbered pictures.",
        )
    return source


def _stack(path: Path, image: int | None) -> Source:
    stored = stored_frames(path)
    images = images_of(stored)
    number = default_image(images).number if image is None else image
    if not 1 <= number <= len(images):
        raise ParameterError(
            f"Image {number} was asked for, the file holds {len(images)}.", f"Choose one from 1 to {len(images)}."
        )
    chosen = stored[number - 1]
    n_frames, place, notes = _in_time(chosen, path.name)

    def read(frame: int) -> Pixels:
        try:
            return to_grey(chosen.decode(place(frame)).image)[0]
        except NanotemError:
            raise
        # Bytes that nobody has checked, see `nanotem.readers.stack`.
        except Exception as error:
            raise damaged(path.suffix.lstrip(".")) from error

    first = chosen.decode(place(0))
    apart = (f"The file holds {len(images)} images that are no series.",) if len(images) > n_frames == 1 else ()
    return Source(
        sha256_of(path),
        path.name,
        chosen.shape,
        n_frames,
        read,
        first.pixel_size,
        frame_time_s=chosen.frame_time_s,
        notes=(*notes, *first.notes, *first.scale_notes),
        damage=(*apart, *first.notes),
    )


def _in_time(chosen: StoredImage, name: str) -> tuple[int, Callable[[int], int], tuple[str, ...]]:
    """Return how many frames follow each other in time, where each is stored, and what to know about it.

    Raises
    ------
    UnreadableFileError
        If frames are counted by time and depth, or by no time at all.
    """
    lengths = dict(chosen.frame_axes)
    for axis, counted in _NO_TIME.items():
        if axis in lengths:
            raise UnreadableFileError(
                f"{name}: its {chosen.n_frames} frames are {counted}, no pictures that follow each other in time.",
                "Give a film, or analyse a single frame as a picture.",
            )
    if "T" in lengths and "Z" in lengths:
        raise UnreadableFileError(
            f"{name}: at each of {lengths['T']} times there are {lengths['Z']} depths.",
            "Save one depth as a stack in time.",
        )
    n_channels = lengths.get("C", 1)
    if n_channels == 1 or len(lengths) == 1:
        return chosen.n_frames, lambda frame: frame, _doubts_of_time(lengths)
    axes = [axis for axis, _ in chosen.frame_axes]
    n_frames = chosen.n_frames // n_channels
    others = {axis: length for axis, length in lengths.items() if axis != "C"}
    notes = (f"The stack has {n_channels} channels; the first one was taken.", *_doubts_of_time(others))
    if axes.index("C") == 0:
        return n_frames, lambda frame: frame, notes
    return n_frames, lambda frame: frame * n_channels, notes


def _doubts_of_time(lengths: Mapping[str, int]) -> tuple[str, ...]:
    """Say that frames are taken for times although the file calls them something else."""
    called = [word for axis, word in (("Z", "depths (slices)"), ("C", "channels")) if lengths.get(axis, 1) > 1]
    return tuple(f"The file calls its frames {word}; they were taken for pictures in time." for word in called)


def _folder(path: Path) -> Source:
    files = sorted(images_in(path), key=_by_number)
    if len(files) < LEAST_FRAMES:
        raise UnreadableFileError(
            f"{path.name}: the folder holds {plural(len(files), 'picture')} of a kind that can be read; a film needs "
            f"at least {LEAST_FRAMES}.",
            "Give a folder with one picture for each frame.",
        )
    _check_numbers(path, files)
    first = read_file(files[0])
    scale = first.scale.nm_per_px if first.scale else None

    def read(frame: int) -> Pixels:
        micrograph = read_file(files[frame])
        if micrograph.shape != first.shape:
            raise UnreadableFileError(
                f"{files[frame].name} has {micrograph.shape} pixels, the first picture of the folder {first.shape}.",
                "Give a folder with the frames of one film.",
            )
        own = micrograph.scale.nm_per_px if micrograph.scale else None
        if own and scale and not isclose(own, scale, rel_tol=_SAME_SCALE):
            raise UnreadableFileError(
                f"{files[frame].name} has {own:.4g} nm per pixel, the first picture of the folder {scale:.4g}.",
                "Give a folder with the frames of one magnification.",
            )
        return micrograph.pixels

    digest = hashlib.sha256("".join(map(sha256_of, files)).encode()).hexdigest()
    notes = (*_gaps(files), *first.notes)
    return Source(digest, path.name, first.shape, len(files), read, nm_per_px=scale, notes=notes)


def _by_number(file: Path) -> tuple[list[int], str]:
    """Return by what pictures are sorted: the numbers in their names, the last one that of the frame, 2 before 10."""
    return [int(number) for number in re.findall(r"\d+", file.stem)], file.name


def _check_numbers(path: Path, files: Sequence[Path]) -> None:
    """Refuse pictures of one number, sorted: a frame in two formats would count twice, and be a pause in between."""
    for one, other in pairwise(files):
        if (numbers := _by_number(one)[0]) and numbers == _by_number(other)[0]:
            raise UnreadableFileError(
                f"{path.name} holds {one.name} and {other.name}: which of them is meant?",
                "Keep one picture for each frame.",
            )


def _gaps(files: Sequence[Path]) -> tuple[str, ...]:
    """Say after which pictures numbers are missing, as measured by the smallest step from one to the next."""
    numbers = [_by_number(file)[0] for file in files]
    if not all(numbers) or len({tuple(some[:-1]) for some in numbers}) > 1:
        return ()
    steps = np.diff([some[-1] for some in numbers])
    smallest = min(steps[steps > 0], default=0)
    after = [file.name for file, step in zip(files[:-1], steps, strict=True) if step > smallest]
    if not after:
        return ()
    listed = ", ".join(after[:_MOST_LISTED]) + (" …" if len(after) > _MOST_LISTED else "")
    return (
        f"Numbers of pictures are missing after {listed}. Times count the pictures that are there: where frames are "
        "missing, what is said per time is too large.",
    )


class _Video:
    """A video read forwards; a step back begins anew, as jumps inside a compressed video are not exact."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._capture, self._next = cv2.VideoCapture(str(path)), 0

    def frame(self, number: int) -> Pixels:
        if number < self._next:
            self._capture.release()
            self._capture, self._next = cv2.VideoCapture(str(self.path)), 0
        while self._next < number and self._capture.grab():
            self._next += 1
        is_there, picture = self._capture.read()
        if not is_there:
            raise UnreadableFileError(
                f"{self.path.name}: frame {number + 1} cannot be decoded.", "Copy the video again, or read up to there."
            )
        self._next += 1
        return to_grey(np.asarray(picture)[..., ::-1])[0]


def _video(path: Path) -> Source:
    if not path.is_file():
        raise UnreadableFileError(f"{path}: there is no such file.", "Check its name.")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", _SILENT)
    capture = cv2.VideoCapture(str(path))
    rows, columns = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)), int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    n_frames, per_second = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), float(capture.get(cv2.CAP_PROP_FPS))
    capture.release()
    if n_frames < 1 or rows < 1:
        raise UnreadableFileError(
            f"{path.name}: the video cannot be opened.", "Save it as MP4 (H.264), as AVI, or as a TIFF stack."
        )
    check_size(rows, columns, bytes_per_pixel=3)
    notes = (
        "A video is compressed: edges and faint particles have suffered. A stack of the camera's own frames is better.",
        "The time from frame to frame is that of the video, which may run faster or slower than the experiment.",
    )
    interval = 1 / per_second if per_second > 0 else None
    return Source(
        sha256_of(path),
        path.name,
        (rows, columns),
        n_frames,
        _Video(path).frame,
        frame_time_s=interval,
        notes=notes,
    )
