import pandas as pd
import pytest

from nanotem.errors import ParameterError
from nanotem.measurement import FLAGS, add_flag, can_be_judged, has_flag


@pytest.fixture
def table():
    return pd.DataFrame({"label": [3, 5, 9], "flags": ["", "coarse_shape", "touches_frame coarse_shape"]})


def test_every_flag_is_explained():
    for name, flag in FLAGS.items():
        assert flag.name == name
        assert flag.description.endswith(".")


def test_has_flag_reads_whole_names(table):
    assert has_flag(table, "coarse_shape").tolist() == [False, True, True]
    assert has_flag(table, "split").tolist() == [False, False, False]


def test_what_is_cut_or_tiny_cannot_be_judged(table):
    assert can_be_judged(table).tolist() == [True, True, False]
    assert can_be_judged(pd.DataFrame({"flags": ["few_pixels coarse_shape"]})).tolist() == [False]


def test_add_flag_marks_once_and_leaves_the_table_alone(table):
    marked = add_flag(add_flag(table, "edited", [3, 9]), "edited", [9])
    assert marked["flags"].tolist() == ["edited", "coarse_shape", "touches_frame coarse_shape edited"]
    assert table["flags"].tolist() == ["", "coarse_shape", "touches_frame coarse_shape"]


def test_add_flag_passes_over_labels_that_are_gone(table):
    assert add_flag(table, "split", [4]).equals(table)


def test_unknown_flags_are_refused(table):
    with pytest.raises(ParameterError, match=r"no flag 'blurred'.*touches_frame"):
        has_flag(table, "blurred")
    with pytest.raises(ParameterError, match="no flag 'blurred'"):
        add_flag(table, "blurred", [3])
