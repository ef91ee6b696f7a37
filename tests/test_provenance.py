import subprocess
import sys
from pathlib import Path

import numpy as np

import nanotem
from nanotem.provenance import Provenance, versions


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


def test_a_library_is_named_where_it_had_a_part() -> None:
    assert set(versions("tifffile")) - set(versions()) == {"tifffile"}


HERE = Provenance({"nanotem": "2.0", "numpy": "2.1", "scipy": "1.9"}, {"segmenter": "a" * 64, "solid": "c" * 64})


def test_the_same_has_no_differences_and_what_only_one_names_is_none() -> None:
    assert HERE.differences(HERE) == ()
    assert HERE.differences(Provenance({"keras": "3"}, {"outline": "d" * 64})) == ()
    assert Provenance().differences(HERE) == HERE.differences(Provenance()) == ()


def test_other_versions_are_named_with_those_of_both() -> None:
    other = Provenance({"nanotem": "1.0", "numpy": "2.1", "scipy": "1.8"}, HERE.networks)
    (said,) = HERE.differences(other)
    assert said.startswith("It was made with other versions, so that last digits may differ: ")
    assert said.endswith(": nanotem 1.0 (here 2.0), scipy 1.8 (here 1.9).")


def test_another_network_is_named_by_its_first_digits_and_an_absent_one_as_such() -> None:
    other = Provenance(HERE.versions, {"segmenter": "b" * 64, "solid": ""})
    assert HERE.differences(other) == (
        "It was made with another network segmenter (bbbbbbbb, here aaaaaaaa): particles may differ.",
        "It was made with another network solid (absent, here cccccccc): particles may differ.",
    )
