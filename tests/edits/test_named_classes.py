"""Naming particles by hand: a correction that changes no label."""

import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.edits.edits import (
    Change,
    Edit,
    EditLog,
    Merge,
    Name,
    Remove,
    Split,
    Target,
    apply_edit,
    apply_edits,
    target_of,
    without_names,
)
from nanotem.edits.file import read_edits, write_edits
from nanotem.errors import ParameterError

IMAGE = "3f9c" * 16
LABELS = draw((80, 120), disc_grid(2, 3, pitch_px=40, diameter_px=40))[1]


def targets(*labels: int) -> tuple[Target, ...]:
    return tuple(target_of(LABELS, label) for label in labels)


def named(*edits: Edit) -> dict[int, str]:
    return apply_edits(LABELS, edits).named("solid")


def test_a_name_changes_no_label() -> None:
    edited = apply_edits(LABELS, [Name(targets(1, 5), "solid", "ICO")])
    assert edited.labels is LABELS
    assert edited.touched == frozenset()
    assert edited.named("solid") == {1: "ICO", 5: "ICO"}
    assert edited.named("outline") == {}
    labels = LABELS.copy()
    assert apply_edit(labels, Name(targets(1), "solid", "ICO"), 7) == Change()
    np.testing.assert_array_equal(labels, LABELS)


def test_the_last_name_counts_for_each_task() -> None:
    edits = [Name(targets(2), "solid", "ICO"), Name(targets(2), "outline", "hexagon"), Name(targets(2), "solid", "OH")]
    assert apply_edits(LABELS, edits).names == {("solid", 2): "OH", ("outline", 2): "hexagon"}


@pytest.mark.parametrize(
    "change",
    [Remove(targets(2)), Merge(targets(2, 3)), Split(*targets(2), ((20.0, 30.0), (20.0, 90.0)))],
    ids=["removed", "merged", "cut"],
)
def test_a_particle_that_is_changed_loses_its_name_and_the_others_keep_theirs(change: Edit) -> None:
    assert named(Name(targets(1, 2), "solid", "ICO"), change) == {1: "ICO"}


def test_a_name_is_undone_like_any_correction() -> None:
    log = EditLog().record(Name(targets(1), "solid", "ICO")).record(Name(targets(1), "solid", "OH"))
    assert named(*log.done) == {1: "OH"}
    assert named(*log.undo().done) == {1: "ICO"}
    assert named(*log.undo().redo().done) == {1: "OH"}


def test_a_name_for_a_particle_that_is_gone_is_reported() -> None:
    edited = apply_edits(LABELS, [Remove(targets(1)), Name(targets(1, 2), "solid", "ICO")])
    assert edited.names == {}
    assert "no particle at row" in edited.lost[0][1]


def test_what_is_measured_does_not_depend_on_names() -> None:
    names = Name(targets(4), "solid", "ICO"), Name(targets(2), "solid", "OH")
    edits = [names[0], Remove(targets(1)), names[1], Merge(targets(2, 3))]
    shapes = without_names(edits)
    assert shapes == (edits[1], edits[3])
    np.testing.assert_array_equal(apply_edits(LABELS, shapes).labels, apply_edits(LABELS, edits).labels)


def test_names_come_back_from_a_file() -> None:
    edits = (Name(targets(1, 2), "solid", "truncated octahedron"), Name(targets(3), "outline", "rod"))
    assert read_edits(write_edits(edits, image_id=IMAGE), image_id=IMAGE) == edits


@pytest.mark.parametrize(
    "rest",
    [
        'targets = [], task = "solid", class = "ICO"',
        'targets = [[1, 2, 3]], task = "solid"',
        'targets = [[1, 2, 3]], class = "ICO"',
        'targets = [[1, 2, 3]], task = "solid", class = 5',
        'targets = [[1, 2, 3]], task = "solid", class = ""',
        'targets = [[1, 2, 3]], task = "solid", class = "../up"',
        'targets = [[1, 2, 3]], task = "<b>", class = "ICO"',
        'targets = [[1, 2, 3]], task = "foo", class = "ICO"',
    ],
)
def test_a_name_that_is_none_is_refused(rest: str) -> None:
    with pytest.raises(ParameterError, match="no file of corrections"):
        read_edits(f'image = "{IMAGE}"\nedits = [{{kind = "name", {rest}}}]', image_id=IMAGE)
