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

TIME_IMPORT = """
import time
start = time.perf_counter()
import nanotem
print(time.perf_counter() - start)
"""


def python(code: str) -> str:
    """Run code in a new interpreter from the repository and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout


def test_nanotem_imports_in_under_a_second() -> None:
    assert min(float(python(TIME_IMPORT)) for _ in range(3)) < 1


def test_no_module_of_the_core_imports_anything_heavy() -> None:
    imported = set(python(IMPORT_EVERYTHING).split())
    assert {"nanotem", "cv2", "numpy"} <= imported
    assert not imported & HEAVY
