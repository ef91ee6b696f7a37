import tomllib
from dataclasses import replace

import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.edits.edits import Add, Merge, Remove, Replace, Split, Target, apply_edits, target_of
from nanotem.edits.file import read_edits, write_edits
from nanotem.edits.labels_as_text import pack_labels
from nanotem.errors import ParameterError
from nanotem.labels import areas_px

IMAGE = "3f9c" * 16
LABELS = draw((80, 120), disc_grid(2, 3, pitch_px=40, diameter_px=40))[1]
EDITS = (
    Remove((target_of(LABELS, 1),)),
    Merge((target_of(LABELS, 2), target_of(LABELS, 3))),
    Split(target_of(LABELS, 4), ((60.5, -3.25), (60.0, 1 / 3), (59.0, 1e-7), (60.0, 45.0))),
    Split(Target(20, 60, 2400)),
    Add(((5.0, 5.0), (5.0, 30.0), (30.0, 17.5))),
    Add(((45.0, 5.0), (45.0, 30.0), (70.0, 17.5)), with_border=True),
    Replace(LABELS.shape, pack_labels(LABELS[::-1])),
)
KINDS = ["remove", "merge", "split", "split", "draw", "add", "replace"]


def read(text: str):
    return read_edits(text, image_id=IMAGE)


def test_every_kind_comes_back_as_it_was() -> None:
    assert read(write_edits(EDITS, image_id=IMAGE)) == EDITS
    assert read(write_edits((), image_id=IMAGE)) == ()


def test_the_file_is_toml_with_the_corrections_in_their_order() -> None:
    text = write_edits(EDITS, image_id=IMAGE)
    assert [edit["kind"] for edit in tomllib.loads(text)["edits"]] == KINDS


def test_points_from_an_array_are_written_as_plain_numbers() -> None:
    outline = tuple(map(tuple, np.array([[1, 2.5], [3, 4], [5, 0]])))
    assert read(write_edits([Add(outline)], image_id=IMAGE)) == (Add(outline),)


def test_a_replay_from_the_file_gives_the_same_labels() -> None:
    first = apply_edits(LABELS, EDITS)
    again = apply_edits(LABELS, read(write_edits(EDITS, image_id=IMAGE)))
    np.testing.assert_array_equal(again.labels, first.labels)
    assert (again.touched, again.unused, again.lost) == (first.touched, first.unused, first.lost)
    assert first.lost == ()


def test_an_outline_of_an_earlier_version_is_filled_as_it_was_then_and_says_so() -> None:
    blank = np.zeros((80, 120), np.int32)
    (old,) = read(f'image = "{IMAGE}"\nedits = [{{kind = "add", outline = [[10, 20], [10, 50], [30, 50], [30, 20]]}}]')
    assert areas_px(apply_edits(blank, [old]).labels)[1] == 21 * 31
    (remark,) = apply_edits(blank, [old, Add(((60.0, 5.0), (60.0, 9.0), (70.0, 5.0)), with_border=True)]).remarks
    assert "half a pixel too wide on every side" in remark
    new = apply_edits(blank, [replace(old, with_border=False)])
    assert areas_px(new.labels)[1] == 20 * 30
    assert new.remarks == ()
    assert read(write_edits([old], image_id=IMAGE)) == (old,)


def test_corrections_of_another_image_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"belong to another image.*abcdabcd, not 3f9c3f9c.*Open that image"):
        read(write_edits(EDITS, image_id="abcd" * 16))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no toml at all",
        "\x00\xff",
        f'image = "{IMAGE}"',
        "edits = []",
        "image = 5\nedits = []",
        f'image = "{IMAGE}"\nedits = {{}}',
        f'image = "{IMAGE}"\nedits = ""',
        f'image = "{IMAGE}"\nedits = 5',
        "edits = " + "[" * 10_000,
        "edits = " + "9" * 10_000,
    ],
)
def test_what_is_no_file_of_corrections_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match=r"no file of corrections.*saved here"):
        read(text)


@pytest.mark.parametrize(
    "edit",
    [
        "5",
        '"remove"',
        "[]",
        "{}",
        "{targets = [[1, 2, 3]]}",
        '{kind = "explode", targets = [[1, 2, 3]]}',
        '{kind = ["remove"], targets = [[1, 2, 3]]}',
        '{kind = "remove"}',
        '{kind = "remove", targets = []}',
        '{kind = "merge", targets = []}',
        '{kind = "remove", targets = "123"}',
        '{kind = "remove", targets = ["123"]}',
        '{kind = "remove", targets = [1, 2, 3]}',
        '{kind = "remove", targets = [[1, 2]]}',
        '{kind = "remove", targets = [[1, 2, 3, 4]]}',
        '{kind = "remove", targets = [["1", 2, 3]]}',
        '{kind = "remove", targets = [[1.5, 2, 3]]}',
        '{kind = "remove", targets = [[1, inf, 3]]}',
        '{kind = "remove", targets = [[-1, 2, 3]]}',
        '{kind = "remove", targets = [[1, -2, 3]]}',
        '{kind = "remove", targets = [[1, 2, 0]]}',
        '{kind = "remove", targets = [[1, 2, -3]]}',
        '{kind = "split", targets = [[1, 2, 3]]}',
        '{kind = "split", targets = [], line = []}',
        '{kind = "split", targets = [[1, 2, 3], [4, 5, 6]], line = []}',
        '{kind = "split", targets = [[1, 2, 3]], line = 7}',
        '{kind = "split", targets = [[1, 2, 3]], line = [1, 2]}',
        '{kind = "add"}',
        '{kind = "add", outline = "12"}',
        '{kind = "add", outline = [[1, 2, 3]]}',
        '{kind = "add", outline = [["1", "2"]]}',
        '{kind = "add", outline = [[nan, 2], [3, 4], [5, 6]]}',
        '{kind = "add", outline = [[1, 2], [3, inf], [5, 6]]}',
        '{kind = "add", outline = [[1, 2], [3, 1e9], [5, 6]]}',
        '{kind = "add", outline = [[1, 2], [3, 4], [-1e9, 6]]}',
        '{kind = "draw", outline = [[1, 2], [3, 4], [-1e9, 6]]}',
        '{kind = "draw"}',
        '{kind = "draw", outline = [[true, 2], [3, 4], [5, 6]]}',
        '{kind = "split", targets = [[1, 2, 3]], line = [[0, false], [5, 5]]}',
        '{kind = "remove", targets = [[true, 2, 3]]}',
        '{kind = "remove", targets = [[1, 2, true]]}',
        '{kind = "cut-track", frames = [true], targets = [[1, 2, 3]]}',
        '{kind = "join-tracks", frames = [false, true], targets = [[1, 2, 3], [1, 2, 3]]}',
        '{kind = "replace", shape = [true, true], labels = ""}',
        '{kind = "replace", shape = [80, 120]}',
        '{kind = "replace", shape = [80], labels = ""}',
        '{kind = "replace", shape = [80.0, 120.0], labels = ""}',
        '{kind = "replace", shape = [80, 120], labels = 5}',
    ],
)
def test_a_correction_that_is_none_is_refused(edit: str) -> None:
    with pytest.raises(ParameterError, match="no file of corrections"):
        read(f'image = "{IMAGE}"\nedits = [{edit}]')


def test_a_damaged_file_is_refused_or_replayed_but_never_breaks() -> None:
    generator = np.random.default_rng(0)
    text = write_edits(EDITS, image_id=IMAGE)
    n_refused = 0
    for _ in range(400):
        begin = generator.integers(len(IMAGE) + 12, len(text))
        damage = "".join(generator.choice(list('0-9.[]{}",=e \n'), generator.integers(3)))
        try:
            edits = read(text[:begin] + damage + text[begin + generator.integers(1, 9) :])
        except ParameterError:
            n_refused += 1
        else:
            assert apply_edits(LABELS, edits).labels.shape == LABELS.shape
    assert 200 < n_refused < 400


def test_a_target_beyond_every_image_is_reported_when_it_is_replayed() -> None:
    (edit,) = read(f'image = "{IMAGE}"\nedits = [{{kind = "remove", targets = [[{10**18}, 0, {10**18}]]}}]')
    assert edit == Remove((Target(10**18, 0, 10**18),))
    assert len(apply_edits(LABELS, [edit]).lost) == 1
