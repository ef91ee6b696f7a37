"""Independent work of one image on two threads: the libraries that do it let go of the interpreter meanwhile."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

_AT_ONCE = 2
"""Laptops have two cores at least; more threads would wait for the interpreter, and need more memory."""


def side_by_side(work: Callable[[In], Out], items: Iterable[In]) -> list[Out]:
    """Return what comes of each item, in their order, two worked on at once.

    Examples
    --------
    >>> side_by_side(abs, [-1, 2, -3])
    [1, 2, 3]
    """
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="nanotem") as threads:
        return list(threads.map(work, items))
