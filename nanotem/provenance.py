"""The versions of everything that decides a number."""

import platform
from importlib.metadata import version

import cv2

import nanotem

_LIBRARIES = ("numpy", "scipy", "pandas", "scikit-image")


def versions(*more: str) -> dict[str, str]:
    """Return the versions of what counts and measures: nanotem, Python and libraries.

    Parameters
    ----------
    more
        Further libraries that had a part in the result, such as "tensorflow" where particles were classified.
    """
    found = {"nanotem": nanotem.__version__, "python": platform.python_version()}
    found |= {name: version(name) for name in _LIBRARIES}
    return found | {"opencv": cv2.__version__} | {name: version(name) for name in more}
