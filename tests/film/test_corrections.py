import numpy as np
import pytest
from films import still_particles
from test_link_and_events import SHAPE, merging

from nanotem.edits.edits import CutTrack, EditLog, JoinTracks, Remove, Target, apply_edits
from nanotem.edits.file import read_edits, write_edits
from nanotem.errors import ParameterError
from nanotem.film.corrections import corrected, target_in
from nanotem.film.events import find_events
from nanotem.film.link import farthest_step, linked
from nanotem.film.link_params import LinkParams


def tracked(table):
    order, params = np.unique(table["frame"]), LinkParams()
    return linked(table, order, params, farthest_px=farthest_step(table, order, params))


def target(table, particle, frame):
    (place,) = np.flatnonzero((table["particle"] == particle) & (table["frame"] == frame))
    return target_in(table, int(place))


def tracks_of(table, particle):
    return table.loc[table["particle"] == particle, ["frame", "track"]].set_index("frame")["track"]


def test_a_track_is_cut_where_it_is_said():
    table = tracked(still_particles(8))
    cut = corrected(table, [CutTrack(5, target(table, 2, 5))])
    before, after = tracks_of(table, 2), tracks_of(cut.table, 2)
    assert (after[after.index < 5] == before[0]).all()
    assert set(after[after.index >= 5]) == {table["track"].max() + 1}
    assert not cut.lost
    others = table["particle"] != 2
    assert (cut.table.loc[others, "track"] == table.loc[others, "track"]).all()
    again = corrected(cut.table, [CutTrack(5, target(table, 2, 5))]).table
    assert (again["track"] == cut.table["track"]).all()


def test_what_was_exchanged_is_set_right_and_undone():
    table = tracked(still_particles(8))
    wrong = corrected(
        table,
        [
            JoinTracks(3, target(table, 0, 3), 4, target(table, 1, 4)),
            JoinTracks(3, target(table, 1, 3), 4, target(table, 0, 4)),
        ],
    ).table
    assert tracks_of(wrong, 0)[7] == tracks_of(table, 1)[0]
    assert tracks_of(wrong, 1)[7] == tracks_of(table, 0)[0]
    log = EditLog()
    for particle in (0, 1):
        log = log.record(JoinTracks(3, target(table, particle, 3), 4, target(table, particle, 4)))
    assert (corrected(wrong, log.done).table["track"] == table["track"]).all()
    assert (corrected(wrong, log.undo().undo().done).table["track"] == wrong["track"]).all()
    assert log.undo().redo() == log


def test_a_link_by_hand_is_no_merging():
    table = tracked(merging())
    far = farthest_step(table, np.unique(table["frame"]), LinkParams())
    _, events = find_events(table, SHAPE, LinkParams(), farthest_px=far)
    assert [event.kind for event in events] == ["merges"]
    mended = corrected(table, [JoinTracks(5, target(table, 0, 5), 6, target(table, 0, 6))])
    found, events = find_events(mended.table, SHAPE, LinkParams(), farthest_px=far, kept=mended.kept)
    assert [event.kind for event in events] == ["disappears"]
    assert tracks_of(found, 0).nunique() == 1


def test_what_cannot_be_done_is_said_and_changes_nothing():
    table = tracked(still_particles(4))
    absent, larger = Target(100, 100, 300), Target(40, 40, 3000)
    edits = [CutTrack(2, absent), CutTrack(2, larger), Remove((absent,))]
    left = corrected(table, edits)
    assert (left.table["track"] == table["track"]).all()
    assert [edit for edit, _ in left.lost] == edits
    assert "row 100, column 100 of frame 3" in left.lost[0][1]
    assert "corrects a picture" in left.lost[2][1]


def test_corrections_are_kept_as_text():
    edits = (CutTrack(5, Target(3, 4, 50)), JoinTracks(1, Target(1, 2, 30), 4, Target(2, 2, 31)))
    assert read_edits(write_edits(edits, image_id="a" * 64), image_id="a" * 64) == edits


@pytest.mark.parametrize("frames", ["[4, 4]", "[-1, 2]", "[1]"])
def test_tracks_are_joined_forwards_only(frames):
    text = f'image = "a"\n[[edits]]\nkind = "join-tracks"\nframes = {frames}\ntargets = [[1, 2, 30], [1, 2, 30]]\n'
    with pytest.raises(ParameterError, match="no file of corrections"):
        read_edits(text, image_id="a")


def test_a_picture_has_no_tracks():
    labels = np.zeros((20, 20), np.int32)
    labels[5:12, 5:12] = 1
    edited = apply_edits(labels, [CutTrack(2, Target(8, 8, 49))])
    assert (edited.labels == labels).all()
    assert "tracks of a film" in edited.lost[0][1]


def test_corrections_are_kept_with_the_film(study):
    history = study.history()
    table = history.particles
    (place,) = np.flatnonzero((table["frame"] == 2) & (table["track"] == 1))
    try:
        study.keep_edits([CutTrack(2, target_in(table, int(place)))])
        by_hand = study.history()
        assert by_hand.particles["track"].nunique() == table["track"].nunique() + 1
        assert any("1 link cut or joined by hand" in note for note in by_hand.notes)
        (study.folder / "edits.toml").write_text(write_edits(study.edits(), image_id="of another"))
        other = study.history()
        assert other.particles["track"].nunique() == table["track"].nunique()
        assert any("belong to another" in note for note in other.notes)
        study.keep_edits([CutTrack(2, Target(0, 0, 9))])
        assert any("could not be made" in note for note in study.history().notes)
    finally:
        (study.folder / "edits.toml").unlink()
