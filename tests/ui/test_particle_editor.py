import json
from typing import Any

import numpy as np
import pytest
from drawing import Particle, disc_grid, draw
from ui.visitor import SEGMENTATION, Visitor, discs, png, to_8_bits

from nanotem.analysis import analyse
from nanotem.edits.edits import Add, EditError, EditLog, Merge, Remove, Split, Target, apply_edits, target_of
from nanotem.labels import touching_pairs
from nanotem.ui.segmentation.particle_editor import next_log

IMAGE, LABELS = draw((120, 160), disc_grid(3, 4, pitch_px=40, diameter_px=24))
CONTRAST = 180 - IMAGE


def after(action: dict[str, Any], log: EditLog | None = None, labels=LABELS) -> EditLog:
    """Return the log after an action that must not change the labels."""
    before = labels.copy()
    try:
        return next_log(log or EditLog(), action, labels, CONTRAST)
    finally:
        np.testing.assert_array_equal(labels, before)


def targets(*numbers: int) -> tuple[Target, ...]:
    return tuple(target_of(LABELS, number) for number in numbers)


def test_selected_particles_are_removed() -> None:
    assert after({"kind": "remove", "labels": [5, 2.0]}).done == (Remove(targets(5, 2)),)


def test_selected_particles_that_touch_are_merged() -> None:
    pair = draw(LABELS.shape, [Particle(60, 60, 40), Particle(60, 96, 40)])[1]
    merge = Merge((target_of(pair, 1), target_of(pair, 2)))
    assert after({"kind": "merge", "labels": [1, 2.0]}, labels=pair).done == (merge,)


def test_a_pair_is_split_at_its_neck() -> None:
    pair = (draw(LABELS.shape, [Particle(60, 60, 40), Particle(60, 96, 40)])[1] > 0).astype(np.int32)
    (edit,) = after({"kind": "split", "labels": [1]}, labels=pair).done
    assert edit == Split(target_of(pair, 1))


def test_an_outline_that_was_drawn_becomes_a_particle() -> None:
    (edit,) = after({"kind": "draw", "points": [[35, 35], [35, 45], [45, 40]]}).done
    assert edit == Add(((35.0, 35.0), (35.0, 45.0), (45.0, 40.0)))


def test_a_click_grows_the_particle_that_is_there() -> None:
    missing = np.where(LABELS == 6, 0, LABELS).astype(np.int32)
    log = after({"kind": "grow", "points": [[58, 63]]}, labels=missing)
    grown = apply_edits(missing, log.done).labels == 13
    assert (grown ^ (LABELS == 6)).sum() < 0.1 * grown.sum()


@pytest.mark.parametrize(("columns", "label"), [((-5, 45), 5), ((26, 75), 6), ((0, 30, 66), 5)])
def test_a_line_cuts_the_particle_that_it_crosses_most(columns: tuple[int, ...], label: int) -> None:
    line = tuple((60.0, float(column)) for column in columns)
    (edit,) = after({"kind": "cut", "points": line}).done
    assert edit == Split(target_of(LABELS, label), line)


def test_undo_and_redo_move_along_the_log() -> None:
    log = EditLog((Remove(targets(1)), Remove(targets(2))))
    undone = after({"kind": "undo"}, log)
    assert undone == EditLog(log.done[:1], log.done[1:])
    assert after({"kind": "redo"}, undone) == log
    assert after({"kind": "redo"}, log) == log
    assert after({"kind": "remove", "labels": [3]}, undone).undone == ()


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"kind": "remove", "labels": [99]}, "no particle 99"),
        ({"kind": "merge", "labels": [1, 99]}, "no particle 99"),
        ({"kind": "merge", "labels": [1, 2]}, "More than 2 px lie between.*draw the outline"),
        ({"kind": "split", "labels": [1]}, "no neck"),
        ({"kind": "cut", "points": [[40, 0], [40, 159]]}, "crosses no particle.*Draw it across one"),
        ({"kind": "cut", "points": [[20, 20]]}, "crosses no particle"),
        ({"kind": "cut", "points": [[-40, -40], [-9, -9]]}, "crosses no particle"),
        ({"kind": "cut", "points": [[20, 0], [20, 20]]}, "does not divide"),
        ({"kind": "draw", "points": [[20, 20], [21, 20]]}, "encloses nothing"),
        ({"kind": "draw", "points": [[19, 19], [21, 19], [20, 22]]}, "no room"),
        ({"kind": "grow", "points": [[40, 40]]}, "Nothing stands out"),
        ({"kind": "grow", "points": [[20, 20]]}, "belongs to a particle"),
        ({"kind": "grow", "points": [[-3, 20]]}, "outside the image"),
    ],
)
def test_what_cannot_be_carried_out_is_not_recorded(action: dict[str, Any], message: str) -> None:
    with pytest.raises(EditError, match=message):
        after(action)


def editor_data(visitor: Visitor) -> dict[str, Any]:
    """Return what the page sends to the browser."""
    (editor,) = visitor.app.get("bidi_component")
    return json.loads(editor.proto.json)


def test_the_browser_gets_an_outline_for_every_particle() -> None:
    visitor = Visitor().upload("discs.png", png(discs(3, 4))).visit(SEGMENTATION)
    data = editor_data(visitor)
    assert data["image_id"] == visitor.work.micrograph.id
    assert (data["rows"], data["columns"]) == visitor.work.micrograph.shape
    assert data["picture"].startswith("data:image/jpeg;base64,")
    assert len(data["labels"]) == len(data["outlines"]) == 12
    for outline in data["outlines"]:
        points = np.reshape(outline, (-1, 2))
        assert np.ptp(points, axis=0) == pytest.approx([20, 20], abs=2)
    assert (data["edited"], data["focus"], data["can_undo"], data["can_redo"]) == ([], None, False, False)


def test_the_browser_gets_corrected_particles_and_whether_they_can_be_undone() -> None:
    pair = Particle(48, 100, 20), Particle(48, 118, 20)
    image = to_8_bits(*pair, *disc_grid(3, 4, pitch_px=40, diameter_px=20)[8:])
    visitor = Visitor().upload("discs.png", png(image)).visit(SEGMENTATION)
    labels = analyse(visitor.work.micrograph).segmentation.labels
    ((first, second),) = touching_pairs(labels).tolist()
    third, *others = (label for label in editor_data(visitor)["labels"] if label not in (first, second))
    merge = Merge((target_of(labels, first), target_of(labels, second)))
    visitor.work.log = EditLog((merge,), undone=(Remove((target_of(labels, third),)),))
    data = editor_data(visitor.run())
    assert data["labels"] == sorted([first, third, *others])
    assert data["edited"] == [first]
    assert (data["can_undo"], data["can_redo"]) == (True, True)
    assert visitor.metrics["Found"] == "5"
    assert visitor.metrics["Corrected by hand"] == "1"
