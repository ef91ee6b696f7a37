"""What importing the core costs, and what it must never pull in."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
HEAVY = {
    "streamlit",
    "tensorflow",
    "keras",
    "xplique",
    "sklearn",
    "rsciio",
    "dask",
    "rapidocr",
    "onnxruntime",
}

IMPORT_EVERYTHING = """
import importlib, pathlib, sys
for file in sorted(pathlib.Path("nanotem").rglob("*.py")):
    name = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
    if not name.startswith("nanotem.ui") and not name.endswith("__main__"):
        importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""

IMPORT_PACKAGE = """
import sys
import nanotem
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def python(code: str) -> str:
    """Run code in a new interpreter from the repository and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout


def test_importing_nanotem_imports_nothing_else() -> None:
    assert not {"numpy", "scipy", "pandas", "cv2", "skimage", *HEAVY} & set(python(IMPORT_PACKAGE).split())


def test_no_module_of_the_core_imports_anything_heavy() -> None:
    imported = set(python(IMPORT_EVERYTHING).split())
    assert {"nanotem", "cv2", "numpy"} <= imported
    assert not imported & HEAVY
