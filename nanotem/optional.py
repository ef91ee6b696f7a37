"""What is not installed with the core, and how to get it."""

from collections.abc import Iterator
from contextlib import contextmanager

from nanotem.errors import NanotemError

APP, SHAPES, BATCH = (f'"nanotem[{extra}]"' for extra in ("app", "shapes", "batch"))

XPLIQUE = "--no-deps xplique==1.3.3"
"""It asks for a second build of OpenCV, which would overwrite the one that needs no screen."""


@contextmanager
def needs(requirement: str) -> Iterator[None]:
    """Import inside this context what the core does without; if it is absent, say how to install it.

    Parameters
    ----------
    requirement
        What pip is to be asked for: one of the constants of this module.

    Raises
    ------
    NanotemError
        If a module is absent.

    Examples
    --------
    >>> with needs(BATCH):
    ...     import dask_is_not_here
    Traceback (most recent call last):
    ...
    nanotem.errors.NanotemError: dask_is_not_here is not installed. Install it with: pip install "nanotem[batch]"
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise NanotemError(f"{error.name} is not installed.", f"Install it with: pip install {requirement}") from error
