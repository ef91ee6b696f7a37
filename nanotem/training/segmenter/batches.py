"""Batches of patches, cut by worker processes ahead of the training."""

import multiprocessing
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.training.segmenter.album import Album, open_album
from nanotem.training.segmenter.config import SegmenterConfig
from nanotem.training.segmenter.example import Example
from nanotem.training.segmenter.patches import draw_patch

Patches = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Images, shape (n, side, side, 1), and their maps, shape (n, side / 2, side / 2, 3)."""

_Sent = tuple[npt.NDArray[np.float16], npt.NDArray[np.uint8]]
"""The same, as exact as examples are, and small enough to be sent from process to process at the pace of a GPU."""

_AHEAD = 4
"""Batches per process that wait for the training."""

_VALIDATION_PER_KIND = 0x56414C
"""Part of the seed of validation patches, so that none is a training patch."""

_albums: dict[str, Album] = {}
_settings: list[SegmenterConfig] = []


def batches(config: SegmenterConfig, folder: Path, *, first: int, processes: int) -> Generator[Patches]:
    """Yield batch after batch; each depends on seed, albums and its own number alone.

    Parameters
    ----------
    config
        Settings.
    folder
        Holds the albums "real" and "drawn".
    first
        Number of the first batch.
    processes
        How many cut.
    """
    context = multiprocessing.get_context("spawn")  # a fork of a process in which OpenCV has threads can wait for ever
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_open, initargs=(config, folder)) as pool:
        waiting: deque[Future[_Sent]] = deque()
        for number in count(first):
            waiting.append(pool.submit(_batch, number))
            if len(waiting) > _AHEAD * processes:
                try:
                    images, maps = waiting.popleft().result()
                    yield images.astype(np.float32), maps * np.float32(1 / 255)
                except GeneratorExit:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise


def validation_patches(examples: Mapping[str, Sequence[Example]], config: SegmenterConfig) -> dict[str, Patches]:
    """Return patches of every kind that are the same in every training with the same settings."""
    found = {}
    for number, (name, some) in enumerate(examples.items()):
        rng = np.random.default_rng((config.seed, _VALIDATION_PER_KIND, number))
        found[name] = stacked(
            [draw_patch(some[k % len(some)], config.patch_px, rng) for k in range(config.n_validation)]
        )
    return found


def stacked(patches: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]) -> Patches:
    """Return patches as a batch."""
    images, maps = zip(*patches, strict=True)
    return np.stack(images)[..., None], np.stack(maps)


def _open(config: SegmenterConfig, folder: Path) -> None:
    cv2.setNumThreads(1)
    _albums.update({name: open_album(folder / name) for name in ("real", "drawn")})
    _settings.append(config)


def _batch(number: int) -> _Sent:
    config = _settings[0]
    rng = np.random.default_rng((config.seed, number))
    images, maps = stacked([draw_patch(_chosen(rng), config.patch_px, rng) for _ in range(config.batch_size)])
    return images.astype(np.float16), np.rint(255 * maps).astype(np.uint8)


def _chosen(rng: np.random.Generator) -> Example:
    real, drawn = _albums["real"], _albums["drawn"]
    is_real = len(real) > 0 and (not len(drawn) or rng.random() < _settings[0].real_share)
    album = real if is_real else drawn
    return album[int(rng.integers(len(album)))]
