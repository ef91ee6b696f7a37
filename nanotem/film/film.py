"""A film: frames that are read one by one, with their scale and their time."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from nanotem.errors import ParameterError
from nanotem.film.part import FilmPart
from nanotem.film.reading_params import ReadingParams
from nanotem.film.sources import LEAST_FRAMES, Source, open_source
from nanotem.micrograph import Micrograph, Pixels, Scale
from nanotem.readers.decoded import MIN_SIDE_PX
from nanotem.readers.defects import repair
from nanotem.readers.file_scale import file_scale
from nanotem.readers.grey import without_missing


@dataclass(frozen=True, eq=False)
class Film:
    """The frames of a film as they are to be analysed.

    Parameters
    ----------
    source
        Where they come from.
    reading
        Which of them are read, and how.
    typed_nm_per_px
        Scale of the stored frames, where the file holds none.
    typed_frame_time_s
        Seconds from one stored frame to the next; it goes before what the file says.

    Raises
    ------
    ParameterError
        If the crop or the choice of frames leaves too little.
    """

    source: Source
    reading: ReadingParams
    typed_nm_per_px: float | None = None
    typed_frame_time_s: float | None = None

    def __post_init__(self) -> None:
        rows, columns = self.shape
        if min(rows, columns) < MIN_SIDE_PX:
            raise ParameterError(
                f"Crop and binning leave {max(rows, 0)} x {max(columns, 0)} pixels of {self.source.name}.",
                f"Leave at least {MIN_SIDE_PX} on each side.",
            )
        if self.n_frames < LEAST_FRAMES:
            raise ParameterError(
                f"{max(self.n_frames, 0)} frames are left of the {self.source.n_frames} of {self.source.name}.",
                f"Choose at least {LEAST_FRAMES}.",
            )

    @property
    def id(self) -> str:
        """Key of what is analysed: of the file, and of which part of it is read how."""
        return hashlib.sha256(f"{self.source.id} {self.reading}".encode()).hexdigest()

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.source.name

    @property
    def part(self) -> FilmPart:
        """Which part of the file is read."""
        return FilmPart(self.source.n_frames, self.source.shape, self.reading)

    @property
    def n_frames(self) -> int:
        """How many frames there are after those that are left out or averaged."""
        return self.part.n_frames

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each frame."""
        return self.part.shape

    @property
    def scale(self) -> Scale | None:
        """From the file, or as typed; None for sizes in pixels."""
        found, _ = file_scale(self.source.pixel_size)
        nm_per_px = found.nm_per_px if found else self.source.nm_per_px
        if nm_per_px is not None:
            return Scale(nm_per_px * self.reading.binning, "file")
        return Scale(self.typed_nm_per_px * self.reading.binning, "typed") if self.typed_nm_per_px else None

    @property
    def frame_time_s(self) -> float | None:
        """From one frame to the next, as typed or as the file says; None for time in frames."""
        stored = self.typed_frame_time_s or self.source.frame_time_s
        return None if stored is None else stored * self.part.starts.step

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the reading."""
        notes = [*self.source.notes, *file_scale(self.source.pixel_size)[1], *self.part.notes]
        if self.scale is None:
            notes.append("The film has no scale: sizes are in pixels.")
        if self.frame_time_s is None:
            notes.append("The film does not say how much time lies between two frames: rates are per frame.")
        return tuple(notes)

    def frame(self, number: int) -> Micrograph:
        """Read a frame, from 0.

        Raises
        ------
        UnreadableFileError
            If it cannot be decoded, or holds no usable number.
        """
        start = self.part.starts[number]
        pixels = [self._cut(self.source.read(k)) for k in range(start, start + self.reading.mean_of)]
        grey = pixels[0] if len(pixels) == 1 else np.asarray(np.mean(pixels, axis=0, dtype=np.float64), np.float32)
        finite, missing = without_missing(grey)
        repaired = repair(finite, missing=missing)
        return Micrograph(
            repaired.pixels,
            hashlib.sha256(f"{self.id} {number}".encode()).hexdigest(),
            f"{self.name}, frame {number + 1}",
            self.scale,
            repaired.notes,
            frame=start + 1,
            repaired=repaired.repaired,
            blank=repaired.blank,
        )

    def _cut(self, pixels: Pixels) -> Pixels:
        top, left, height, width = self.part.crop
        cut = pixels[top : top + height, left : left + width]
        if self.reading.binning == 1:
            return cut
        rows, columns = self.shape
        binning = self.reading.binning
        return cv2.resize(
            cut[: rows * binning, : columns * binning].astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA
        )


def open_film(
    path: str | Path,
    *,
    image: int | None = None,
    reading: ReadingParams | None = None,
    nm_per_px: float | None = None,
    frame_time_s: float | None = None,
) -> Film:
    """Open a film; its frames are read when they are asked for.

    Parameters
    ----------
    path
        A stack (TIFF, MRC, SER, DM3, DM4, EMD, HSPY), a video (MP4, AVI), or a folder of numbered pictures.
    image
        Which of several images in a stack, from 1.
    reading
        Which frames, which part of them; all of it if left out.
    nm_per_px
        Scale, where the file holds none.
    frame_time_s
        Seconds from one stored frame to the next; it goes before what the file says.

    Raises
    ------
    UnreadableFileError
        If it cannot be read, or is no film.
    ParameterError
        If there is no such image, a number is not above 0, or too little is left.
    ScaleError
        If its pixels are not square.
    """
    for name, value in (("nm_per_px", nm_per_px), ("frame_time_s", frame_time_s)):
        if value is not None and not 0 < value < float("inf"):
            raise ParameterError(f"{name} is {value:g}.", "Give a finite number above 0.")
    return Film(open_source(Path(path), image=image), reading or ReadingParams(), nm_per_px, frame_time_s)
