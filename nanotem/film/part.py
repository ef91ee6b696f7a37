"""Which part of a file is the film, and the way from its frames and pixels back to those of the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from nanotem.film.reading_params import ReadingParams
from nanotem.report.words import plural


@dataclass(frozen=True)
class FilmPart:
    """What is analysed of the frames that are stored in a file.

    Parameters
    ----------
    n_stored
        How many frames the file holds.
    stored_shape
        Rows and columns of each of them.
    reading
        Which of them are read, and how; all of it if left out.
    """

    n_stored: int
    stored_shape: tuple[int, int]
    reading: ReadingParams = field(default_factory=ReadingParams)

    @property
    def starts(self) -> range:
        """Number in the file, from 0, of each frame of the film: of a mean of several, the first one of these."""
        reading = self.reading
        last = min(reading.last or self.n_stored, self.n_stored)
        step = max(reading.every, reading.mean_of)
        return range(reading.first - 1, last - reading.mean_of + 1, step)

    @property
    def n_frames(self) -> int:
        """How many frames there are after those that are left out or averaged."""
        return len(self.starts)

    @property
    def crop(self) -> tuple[int, int, int, int]:
        """First row and column that are read, and how many of both, in pixels of the file."""
        rows, columns = self.stored_shape
        reading = self.reading
        height = min(reading.height_px or rows, rows - reading.top_px)
        width = min(reading.width_px or columns, columns - reading.left_px)
        return reading.top_px, reading.left_px, height, width

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each frame, after crop and binning."""
        _, _, height, width = self.crop
        return height // self.reading.binning, width // self.reading.binning

    @property
    def has_all_frames(self) -> bool:
        """Whether every frame of the file is one of the film."""
        return self.n_frames == self.n_stored

    def in_file(self, places: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return where places lie in a frame of the file.

        Parameters
        ----------
        places
            Row and column, shape (..., 2), in pixels of the film; the middle of the first one is 0, here and there.
        """
        origin = self.reading.top_px, self.reading.left_px
        return np.asarray((np.asarray(places, np.float64) + 0.5) * self.reading.binning + origin - 0.5)

    def named(self, number: int) -> str:
        """Return what a frame, from 0, is called: also its number in the file, if not all of that was analysed."""
        name = f"Frame {number + 1}"
        return name if self.has_all_frames else f"{name} ({self.starts[number] + 1} of the file)"

    @property
    def notes(self) -> Iterator[str]:
        """What a person should know who looks for frames and places in the file; nothing if all of it was read."""
        starts, reading = self.starts, self.reading
        if not self.has_all_frames:
            steps = f" in steps of {starts.step}" if starts.step > 1 else ""
            mean = f", each the mean with the {plural(reading.mean_of - 1, 'frame')} after it" * (reading.mean_of > 1)
            yield (
                f"Of the {self.n_stored} frames of the file, {starts[0] + 1} to {starts[-1] + 1}{steps} were analysed"
                f"{mean}; they are counted from 1."
            )
        if self.crop != (0, 0, *self.stored_shape) or reading.binning > 1:
            pixels = f", in pixels that are the mean of {reading.binning} × {reading.binning}" * (reading.binning > 1)
            yield (
                f"Places in tables are those of the part that was analysed, which begins "
                f"{plural(reading.top_px, 'row')} and {plural(reading.left_px, 'column')} into the pictures of the file"
                f"{pixels}."
            )
