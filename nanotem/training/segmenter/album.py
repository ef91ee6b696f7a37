"""Examples in two flat files that any number of processes read at once, without a copy for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nanotem.training.segmenter.example import Example, read_examples

_N_MAPS = 3


@dataclass(frozen=True, eq=False)
class Album:
    """Examples in the order of their files.

    Parameters
    ----------
    images, maps
        The pixels of all, one after the other.
    index
        One row per example: where it starts, rows, columns, typical diameter.
    """

    images: npt.NDArray[np.float16]
    maps: npt.NDArray[np.uint8]
    index: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, number: int) -> Example:
        start, rows, columns = (int(value) for value in self.index[number, :3])
        here = slice(start, start + rows * columns)
        return Example(
            self.images[here].reshape(rows, columns),
            self.maps[here].reshape(rows, columns, _N_MAPS),
            float(self.index[number, 3]),
        )


def write_album(folder: Path, paths: Sequence[Path], report: Callable[[str], object] = lambda text: None) -> None:
    """Write the examples of files into an album; one that holds the same files already stays.

    Parameters
    ----------
    folder
        For the album.
    paths
        Files of `nanotem.training.segmenter.examples.save_example`.
    report
        Told when it is written.
    """
    names = "\n".join(path.name for path in paths)
    listed = folder / "names.txt"
    if listed.exists() and listed.read_text(encoding="utf-8") == names:
        return
    folder.mkdir(parents=True, exist_ok=True)
    listed.unlink(missing_ok=True)
    start, rows = 0, []
    with (folder / "images").open("wb") as images, (folder / "maps").open("wb") as maps:
        for path in paths:
            (example,) = read_examples([path])
            images.write(example.image.tobytes())
            maps.write(example.maps.tobytes())
            rows.append((start, *example.image.shape, example.diameter_px))
            start += example.image.size
    np.save(folder / "index.npy", np.array(rows, float).reshape(-1, 4))
    listed.write_text(names, encoding="utf-8")
    report(f"{len(paths)} examples in {folder.name}: {start / 1e6:.0f} million pixels")


def open_album(folder: Path) -> Album:
    """Open an album; its pixels are read when they are asked for."""
    index = np.load(folder / "index.npy", allow_pickle=False)
    if not len(index):
        return Album(np.zeros(0, np.float16), np.zeros((0, _N_MAPS), np.uint8), index)
    images = np.memmap(folder / "images", np.float16, "r")
    return Album(images, np.memmap(folder / "maps", np.uint8, "r").reshape(-1, _N_MAPS), index)
