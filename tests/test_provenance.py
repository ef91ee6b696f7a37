import subprocess
import sys
from pathlib import Path

import numpy as np

import nanotem
from nanotem.provenance import versions


def test_everything_that_decides_a_number_is_there() -> None:
    found = versions()
    assert list(found)[:7] == ["nanotem", "python", "numpy", "scipy", "pandas", "scikit-image", "opencv"]
    assert (found["nanotem"], found["numpy"]) == (nanotem.__version__, np.__version__)


def test_tensorflow_is_named_only_where_it_is_in_use_and_never_imported() -> None:
    code = (
        "import sys; from nanotem.provenance import versions; "
        "print('tensorflow' in versions(), 'tensorflow' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["False", "False"]
