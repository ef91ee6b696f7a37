import numpy as np
import pandas as pd
import pytest
from films import drawn, history_of, still_particles

from nanotem.film.evaluation import score_tracks
from nanotem.film.events import find_events
from nanotem.film.link import farthest_step, linked
from nanotem.film.link_params import LinkParams

SHAPE = (200, 200)


def followed(table, params=None, order=None):
    params = params or LinkParams()
    order = np.unique(table["frame"]) if order is None else order
    far = farthest_step(table, order, params)
    return find_events(linked(table, order, params, farthest_px=far), SHAPE, params, farthest_px=far)


def test_particles_that_stay_are_one_track_each():
    table, events = followed(still_particles(6))
    assert (table.groupby("particle")["track"].nunique() == 1).all()
    assert table["track"].nunique() == 4
    assert not events


def test_a_particle_that_is_missing_for_two_frames_is_found_again():
    whole = still_particles(8)
    gap = whole[~((whole["particle"] == 1) & whole["frame"].isin([3, 4]))].reset_index(drop=True)
    table, events = followed(gap)
    assert table["track"].nunique() == 4
    assert not events
    cut, _ = followed(gap, LinkParams(missing_frames=0))
    assert cut["track"].nunique() == 5


def test_frames_that_are_left_out_end_no_track():
    table = still_particles(9)
    order = np.array([0, 1, 2, 6, 7, 8])
    found, events = followed(table, LinkParams(missing_frames=0), order)
    assert found.loc[found["frame"].isin(order), "track"].nunique() == 4
    assert (found.loc[found["frame"].isin([3, 4, 5]), "track"] == 0).all()
    assert not events


def test_size_tells_neighbours_apart():
    table = still_particles(6)
    first, second = table["particle"] == 0, table["particle"] == 1
    table.loc[first, "diameter_px"] = 40.0
    swap = table["frame"] >= 3
    for column, one, other in (("support_column_px", 40.0, 46.0), ("support_row_px", 40.0, 40.0)):
        table.loc[first, column] = np.where(swap[first], other, one)
        table.loc[second, column] = np.where(swap[second], one, other)
    found, _ = followed(table, LinkParams(farthest_px=10))
    assert found.loc[first, "track"].nunique() == 1


@pytest.mark.parametrize(("side", "begin", "end"), [(100.0, "appears", "disappears"), (8.0, "enters", "leaves")])
def test_begin_and_end_inside_and_at_the_edge(side, begin, end):
    table = still_particles(9)
    one = table["particle"] == 0
    for column in ("row_px", "column_px", "support_row_px", "support_column_px"):
        table.loc[one, column] = side
    table = table[~one | table["frame"].between(2, 5)].reset_index(drop=True)
    _, events = followed(table)
    assert [(event.kind, event.frame) for event in events] == [(begin, 2), (end, 6)]


def merging(n_frames=12, at=6, sizes=(20.0, 20.0), merged=None):
    """Two particles in contact that become one, beside two others."""
    table = still_particles(n_frames)
    a, b = table["particle"] == 0, table["particle"] == 1
    apart = sum(sizes) / 2 + 0.5
    table.loc[a, "diameter_px"], table.loc[b, "diameter_px"] = sizes
    for column in ("column_px", "support_column_px"):
        table.loc[b, column] = 40.0 + apart
    after = table["frame"] >= at
    volume = (sizes[0] ** 3 + sizes[1] ** 3) ** (1 / 3)
    middle = 40.0 + apart * sizes[1] ** 3 / (sizes[0] ** 3 + sizes[1] ** 3)
    table.loc[a & after, "diameter_px"] = volume if merged is None else merged
    for column in ("column_px", "support_column_px"):
        table.loc[a & after, column] = middle if merged is None else 40.0
    return table[~(b & after)].reset_index(drop=True)


@pytest.mark.parametrize("sizes", [(20.0, 20.0), (30.0, 15.0), (15.0, 30.0), (30.0, 9.0)])
def test_two_become_one(sizes):
    table, events = followed(merging(sizes=sizes))
    (event,) = events
    assert (event.kind, event.frame) == ("merges", 6)
    before = set(table.loc[(table["frame"] < 6) & table["particle"].isin([0, 1]), "track"])
    after = set(table.loc[(table["frame"] >= 6) & (table["particle"] == 0), "track"])
    assert set(event.before) == before
    assert set(event.after) == after
    assert not before & after


def test_one_becomes_two():
    backwards = merging()
    backwards = backwards.assign(frame=11 - backwards["frame"]).sort_values("frame", ignore_index=True)
    _, events = followed(backwards)
    (event,) = events
    assert (event.kind, event.frame, len(event.before), len(event.after)) == ("splits", 6, 1, 2)


def test_a_neighbour_that_does_not_grow_has_swallowed_nothing():
    _, events = followed(merging(merged=20.0))
    assert {event.kind for event in events} == {"disappears"}


def test_a_small_particle_that_dissolves_beside_a_large_one_has_not_merged():
    table = merging(n_frames=16, at=14, sizes=(40.0, 14.0))
    small = table["particle"] == 1
    table.loc[small, "diameter_px"] = 14.0 * (1 - table.loc[small, "frame"] / 20)
    _, events = followed(table)
    assert {event.kind for event in events} == {"disappears"}


def test_three_become_one_in_two_steps():
    table = merging(n_frames=18, at=6)
    third = table["particle"] == 2
    one, late = table["particle"] == 0, table["frame"] >= 12
    place = float(table.loc[one & late, "column_px"].iloc[0])
    for column, value in (("row_px", 40.0), ("column_px", place + 23.5)):
        for name in (column, f"support_{column}"):
            table.loc[third, name] = value
    table.loc[one & late, "diameter_px"] = (3 * 20.0**3) ** (1 / 3)
    for name in ("column_px", "support_column_px"):
        table.loc[one & late, name] = place + 23.5 / 3
    _, events = followed(table[~(third & late)].reset_index(drop=True))
    assert [(event.kind, event.frame) for event in events] == [("merges", 6), ("merges", 12)]
    assert set(events[0].after) <= set(events[1].before)


def test_what_only_touches_for_some_frames_neither_merges_nor_splits():
    table = still_particles(16)
    a, b = table["particle"] == 0, table["particle"] == 1
    between = table["frame"].between(6, 9)
    for name in ("column_px", "support_column_px"):
        table.loc[b, name] = 60.5
        table.loc[a & between, name] = 50.0
    table.loc[a & between, "diameter_px"] = 28.0
    _, events = followed(table[~(b & between)].reset_index(drop=True))
    assert not [event for event in events if event.kind in ("merges", "splits")]


def test_what_merges_and_later_splits_keeps_its_names():
    joined = merging(n_frames=12, at=6)
    back = joined.assign(frame=26 - joined["frame"])
    whole = joined.loc[joined["frame"] == 11]
    between = [whole.assign(frame=frame) for frame in range(12, 15)]
    table, events = followed(pd.concat([joined, *between, back]).sort_values("frame", ignore_index=True))
    merge, split = events
    assert (merge.kind, merge.frame, split.kind, split.frame) == ("merges", 6, "splits", 21)
    assert merge.after == split.before
    assert set(table.loc[(table["frame"] == 10) & (table["particle"] == 0), "track"]) == set(merge.after)


def test_nothing_found_is_no_track():
    table = still_particles(3).iloc[:0]
    found = linked(table, np.arange(3), LinkParams(), farthest_px=3.0)
    assert found["track"].dtype == np.int64
    assert found.empty
    assert farthest_step(table, np.arange(3), LinkParams()) > 0


def test_tracks_of_a_crowd_that_wanders():
    film = drawn(n_frames=25, n_particles=80, side_px=640, brownian_px=1.0, drift_px=1.5, seed=8)
    history = history_of(film, missed=0.01)
    scores = score_tracks(history.particles, history.events, film.truth, film.merges, least_px=6)
    assert scores.links > 0.995
    assert scores.whole > 0.95


def test_coalescences_of_a_film():
    film = drawn(n_frames=40, n_particles=100, side_px=768, process="coalescence", merging_share=0.5, seed=9)
    history = history_of(film)
    scores = score_tracks(history.particles, history.events, film.truth, film.merges, least_px=6)
    assert len(film.merges) > 10
    assert scores.merges_found >= 0.9
    assert scores.merges_false <= 0.05
