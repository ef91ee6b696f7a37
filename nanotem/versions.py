"""The versions of everything that decides a number."""

import platform
import sys
from importlib.metadata import version

import cv2

import nanotem

_LIBRARIES = ("numpy", "scipy", "pandas", "scikit-image")


def versions() -> dict[str, str]:
    """Return the version of nanotem, of Python, and of each library in force; TensorFlow only once it is in use."""
    found = {"nanotem": nanotem.__version__, "python": platform.python_version()}
    found |= {name: version(name) for name in _LIBRARIES}
    found["opencv"] = cv2.__version__
    if "tensorflow" in sys.modules:
        found["tensorflow"] = version("tensorflow")
    return found
