"""Files: images as PNG, and many written by several processes at once."""

import hashlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import cv2

from nanotem.micrograph import Micrograph, Pixels

Job = TypeVar("Job")
Result = TypeVar("Result")


def each(task: Callable[[Job], Result], jobs: Sequence[Job], *, processes: int, chunk: int) -> Iterator[Result]:
    """Yield the result of every job in order, however many processes share them.

    Parameters
    ----------
    task
        A function of a module.
    jobs
        What it is called with, one after the other; each brings its own seed.
    processes
        How many work at once, as long as there is a chunk for each: to start one takes seconds.
    chunk
        Jobs that are handed to a process together.
    """
    processes = min(processes, len(jobs) // chunk)
    if processes <= 1:
        yield from map(task, jobs)
        return
    context = multiprocessing.get_context("spawn")  # a fork of a process in which OpenCV has threads can wait for ever
    with ProcessPoolExecutor(processes, mp_context=context, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        yield from pool.map(task, jobs, chunksize=chunk)


def png(pixels: Pixels) -> bytes:
    """Return an 8-bit image as a PNG file."""
    return cv2.imencode(".png", pixels)[1].tobytes()


def as_micrograph(pixels: Pixels, name: str) -> Micrograph:
    """Return an 8-bit image as if its PNG had been read; its scale is to be found from the burnt-in bar."""
    return Micrograph(pixels, id=hashlib.sha256(png(pixels)).hexdigest(), name=name)
