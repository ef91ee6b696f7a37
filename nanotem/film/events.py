"""What happens to particles: they appear, disappear, merge, split, enter and leave the picture."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.film.link_params import LinkParams

Places = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Sizes = dict[int, tuple[Places, Floats]]
"""Steps and diameters of every track."""

EventKind = Literal["appears", "disappears", "merges", "splits", "enters", "leaves"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)

_CONTACT_PX, _CONTACT_SHARE = 3.0, 0.1
"""Two particles are in contact if the gap between discs of their diameters is below this, and a share of their mean
diameter for outlines that are no discs."""

_LEAST_SIZE, _MOST_SIZE = 0.93, 1.07
"""Of the diameter of the merged particle: from that of the sphere with the volume of both, less two standard
uncertainties of a small diameter, to that of the disc with the area of both, and as much more."""

_LEAST_GROWTH = 1.02
"""And it is larger than the larger of the two by this: beside a particle that does not grow, one that was there
disappeared."""

_TOO_LITTLE = 1.04
"""Of two particles so unlike that both together are larger than the larger one by less than this, sizes cannot tell;
then the smaller one has merged if it had not been shrinking."""

_NOT_SHRUNK, _FRAMES_BEFORE = 0.9, 10
"""Share of its median diameter over so many frames before: a particle that dissolves loses more in its last ones."""

_FRAMES_OF_SIZE = 3
"""Frames over which a diameter before and after is taken, the median of them."""

_MIDDLE_SHARE = 0.3
"""The merged particle lies within this share of both diameters of their common centre of mass."""

_UNDONE_FRAMES = 5
"""Particles that come apart again within so many frames had only touched: no merging and no splitting."""


@dataclass(frozen=True)
class Event:
    """Something that happens to particles.

    Attributes
    ----------
    frame
        The first frame, from 0, in which it has happened.
    kind
        What.
    before, after
        Tracks that end or were there before, and those that begin with it.
    row_px, column_px
        Where, in the picture.
    """

    frame: int
    kind: EventKind
    before: tuple[int, ...]
    after: tuple[int, ...]
    row_px: float
    column_px: float


class _Joint(NamedTuple):
    """Two tracks that end at a step, and one that begins after it."""

    step: int
    one: int
    other: int
    child: int


class _Meeting(NamedTuple):
    """Rows of the table in which two particles are still two, and in which they are one, the frame next to it."""

    pair: tuple[int, int]
    single: int


def find_events(
    table: pd.DataFrame,
    shape: tuple[int, int],
    params: LinkParams,
    *,
    farthest_px: float,
    kept: Collection[tuple[int, int]] = (),
) -> tuple[pd.DataFrame, list[Event]]:
    """Find the events, and let tracks end and begin at mergings and splittings.

    Parameters
    ----------
    table
        From `nanotem.film.link.linked`.
    shape
        Rows and columns of the frames.
    params, farthest_px
        Of the linking.
    kept
        Places in the table, earlier and later, of links that are no merging and no splitting whatever it looks like.

    Returns
    -------
    table : pandas.DataFrame
        Its tracks cut where particles merge or split: what goes on is a new track.
    events : list of Event
        By frame.
    """
    steps = np.unique(table.loc[table["track"] > 0, "frame"])
    if not steps.size:
        return table, []
    backwards = {(later, earlier) for earlier, later in kept}
    table, joined = _cut_at_joints(table, steps, params, farthest_px, kept, is_backwards=False)
    table, parted = _cut_at_joints(table, steps, params, farthest_px, backwards, is_backwards=True)
    joined, parted = _without_undone(table, joined, parted)
    events = [*_meeting_events(table, joined, "merges"), *_meeting_events(table, parted, "splits")]
    born = {track for event in events for track in event.after}
    ended = {track for event in events for track in event.before}
    events += _ends(table, steps, shape, params, farthest_px, born=born, ended=ended)
    return table, sorted(events, key=lambda event: (event.frame, event.kind, event.before, event.after))


def _cut_at_joints(
    table: pd.DataFrame,
    steps: Places,
    params: LinkParams,
    farthest_px: float,
    kept: Collection[tuple[int, int]],
    *,
    is_backwards: bool,
) -> tuple[pd.DataFrame, list[_Meeting]]:
    """Find where two tracks become one, time running either way, and let the one that goes on end there."""
    counted = np.flatnonzero(table["track"].to_numpy() > 0)
    forwards = np.searchsorted(steps, table["frame"].to_numpy()[counted])
    step = len(steps) - 1 - forwards if is_backwards else forwards
    track = table["track"].to_numpy(np.int64).copy()
    known = _Known(set(), set())
    meetings: list[_Meeting] = []

    def row(which: int, when: int) -> int:
        """Return where in the table a track is at a step."""
        return int(counted[np.flatnonzero((track[counted] == which) & (step == when))[0]])

    def rows() -> _Rows:
        return _Rows.of(table.iloc[counted].assign(track=track[counted]), step)

    def is_kept(joint: _Joint) -> bool:
        """Whether one of the two goes on by hand."""
        if not kept:
            return False
        pairs = ((joint.one, joint.other), (joint.child,))
        return any((row(a, joint.step), row(b, joint.step + 1)) in kept for a, b in product(*pairs))

    while found := _disjoint(joint for joint in _joints(rows(), known, params, farthest_px) if not is_kept(joint)):
        for joint in found:
            pair = row(joint.one, joint.step), row(joint.other, joint.step)
            meetings.append(_Meeting(pair, row(joint.child, joint.step + 1)))
            child = joint.child
            if child == joint.other:
                child = int(track.max()) + 1
                track[counted[(track[counted] == joint.other) & (step > joint.step)]] = child
            known.ends.update((joint.one, joint.other))
            known.births.add(child)
    return table.assign(track=track), meetings


def _disjoint(found: Iterable[_Joint]) -> list[_Joint]:
    """Return joints that share no track; those that do are found in the next round, when the tracks are cut."""
    taken: set[int] = set()
    kept = []
    for joint in found:
        tracks = {joint.one, joint.other, joint.child}
        if not tracks & taken:
            kept.append(joint)
        taken |= tracks
    return kept


class _Rows(NamedTuple):
    """Columns of the table as arrays, sorted by step."""

    step: Places
    track: Places
    place: Floats
    diameter: Floats

    @classmethod
    def of(cls, table: pd.DataFrame, step: Places) -> "_Rows":
        order = np.argsort(step, kind="stable")
        place = table[["support_row_px", "support_column_px"]].to_numpy(np.float64)
        diameter = table["diameter_px"].to_numpy(np.float64)
        return cls(step[order], table["track"].to_numpy(np.int64)[order], place[order], diameter[order])

    def at(self, step: int) -> slice:
        """Return the rows of a step."""
        return slice(*np.searchsorted(self.step, [step, step + 1]).tolist())

    def sizes(self) -> Sizes:
        """Return the steps and diameters of every track."""
        if not self.track.size:
            return {}
        order = np.argsort(self.track, kind="stable")
        numbers, starts = np.unique(self.track[order], return_index=True)
        parts = zip(np.split(self.step[order], starts[1:]), np.split(self.diameter[order], starts[1:]), strict=True)
        return dict(zip(numbers.tolist(), parts, strict=True))


class _Known(NamedTuple):
    """Tracks whose end, and whose begin, is explained already."""

    ends: set[int]
    births: set[int]


def _joints(rows: _Rows, known: _Known, params: LinkParams, farthest_px: float) -> Iterator[_Joint]:
    """Yield where two tracks become one, the earliest first."""
    sizes, last = rows.sizes(), int(rows.step.max(initial=0))
    lasting = {track for track, (steps, _) in sizes.items() if steps.size >= params.shortest_track}
    ends = sorted((int(sizes[track][0][-1]), track) for track in lasting)
    for step, one in ends:
        if step == last or one in known.ends:
            continue
        here, after = rows.at(step), rows.at(step + 1)
        own = here.start + int(np.flatnonzero(rows.track[here] == one)[0])
        gap = np.hypot(*(rows.place[here] - rows.place[own]).T) - (rows.diameter[here] + rows.diameter[own]) / 2
        near = gap < _CONTACT_PX + _CONTACT_SHARE * (rows.diameter[here] + rows.diameter[own]) / 2
        nearest_first = (here.start + np.flatnonzero(near)[np.argsort(gap[near])]).tolist()
        joints = (
            _Joint(step, one, other, child)
            for k, other in ((k, int(rows.track[k])) for k in nearest_first)
            if other != one and other in lasting and other not in known.ends
            for child in _children(rows, after, sizes, other, step)
            if child in lasting and (child == other or child not in known.births)
            if _is_whole_of(rows, sizes, (own, k), child, after, step, farthest_px)
        )
        yield from islice(joints, 1)


def _children(rows: _Rows, after: slice, sizes: Sizes, other: int, step: int) -> list[int]:
    """Return what could be the merged particle: the track that goes on, or one that begins."""
    there = rows.track[after].tolist()
    if other in there:
        return [other]
    if int(sizes[other][0][-1]) > step:
        return []
    return [track for track in there if int(sizes[track][0][0]) == step + 1]


def _is_whole_of(
    rows: _Rows,
    sizes: Sizes,
    parents: tuple[int, int],
    child: int,
    after: slice,
    step: int,
    farthest_px: float,
) -> bool:
    """Whether a particle lies where two were and has what both had."""
    one, other = (_size(sizes[int(rows.track[k])], step, before=True) for k in parents)
    merged = _size(sizes[child], step + 1, before=False)
    least, most = _LEAST_SIZE * (one**3 + other**3) ** (1 / 3), _MOST_SIZE * np.hypot(one, other)
    if not least <= merged <= most:
        return False
    if least / _LEAST_SIZE < _TOO_LITTLE * max(one, other):
        if _has_shrunk(sizes[int(rows.track[parents[int(one > other)]])], step):
            return False
    elif merged < _LEAST_GROWTH * max(one, other):
        return False
    weight = np.array([one, other]) ** 3
    middle = (weight[:, None] * rows.place[list(parents)]).sum(axis=0) / weight.sum()
    found = rows.place[after.start + int(np.flatnonzero(rows.track[after] == child)[0])]
    return bool(np.hypot(*(found - middle)) < _MIDDLE_SHARE * (one + other) + farthest_px)


def _has_shrunk(steps_and_sizes: tuple[Places, Floats], step: int) -> bool:
    """Whether a track is smaller at a step than it had been before."""
    steps, diameter = steps_and_sizes
    before = diameter[steps <= step][-_FRAMES_BEFORE:]
    return bool(np.median(before[-_FRAMES_OF_SIZE:]) < _NOT_SHRUNK * np.median(before))


def _size(steps_and_sizes: tuple[Places, Floats], step: int, *, before: bool) -> float:
    """Return the diameter of a track up to a step, or from there on."""
    steps, diameter = steps_and_sizes
    counted = diameter[steps <= step][-_FRAMES_OF_SIZE:] if before else diameter[steps >= step][:_FRAMES_OF_SIZE]
    return float(np.median(counted))


def _without_undone(
    table: pd.DataFrame, joined: list[_Meeting], parted: list[_Meeting]
) -> tuple[list[_Meeting], list[_Meeting]]:
    """Leave out mergings that splittings undo at once; what was one in between keeps its own track."""
    frame, track = table["frame"].to_numpy(), table["track"].to_numpy()
    undone = [
        (merge, split)
        for merge in joined
        for split in parted
        if track[merge.single] == track[split.single] and frame[split.single] - frame[merge.single] <= _UNDONE_FRAMES
    ]
    merges, splits = {merge for merge, _ in undone}, {split for _, split in undone}
    return [m for m in joined if m not in merges], [s for s in parted if s not in splits]


def _meeting_events(table: pd.DataFrame, meetings: list[_Meeting], kind: Literal["merges", "splits"]) -> list[Event]:
    """Describe where two tracks are one from then on, or were one until then."""
    frame, track = table["frame"].tolist(), table["track"].tolist()
    row_px, column_px = table["row_px"].tolist(), table["column_px"].tolist()
    events = []
    for pair, single in meetings:
        two, one = tuple(track[k] for k in pair), (track[single],)
        before, after, first = (two, one, single) if kind == "merges" else (one, two, pair[0])
        events.append(Event(frame[first], kind, before, after, row_px[single], column_px[single]))
    return events


def _ends(
    table: pd.DataFrame,
    steps: Places,
    shape: tuple[int, int],
    params: LinkParams,
    farthest_px: float,
    *,
    born: set[int],
    ended: set[int],
) -> list[Event]:
    """Return where tracks begin and end of themselves, at the edge of the picture and inside it."""
    counted = table[table["track"] > 0].sort_values("frame", kind="stable")
    grouped = counted.groupby("track")
    lasting = grouped["frame"].transform("size") >= params.shortest_track
    reach = counted["diameter_px"] / 2 + 2 * farthest_px
    inside = pd.concat([counted[name] for name in ("row_px", "column_px")], axis=1).min(axis=1)
    beyond = pd.concat([shape[0] - counted["row_px"], shape[1] - counted["column_px"]], axis=1).min(axis=1)
    counted = counted.assign(at_edge=np.minimum(inside, beyond) < reach)[lasting]
    begins = counted.drop_duplicates("track", keep="first")
    begins = begins[(begins["frame"] != steps[0]) & ~begins["track"].isin(born)]
    stops = counted.drop_duplicates("track", keep="last")
    stops = stops[(stops["frame"] != steps[-1]) & ~stops["track"].isin(ended)]
    events = [
        Event(frame, "enters" if at_edge else "appears", (), (track,), row, column)
        for frame, track, row, column, at_edge in _listed(begins)
    ]
    after = steps[np.searchsorted(steps, stops["frame"]) + 1].tolist()
    return events + [
        Event(frame, "leaves" if at_edge else "disappears", (track,), (), row, column)
        for frame, (_, track, row, column, at_edge) in zip(after, _listed(stops), strict=True)
    ]


def _listed(table: pd.DataFrame) -> Iterable[tuple[int, int, float, float, bool]]:
    columns = ("frame", "track", "row_px", "column_px", "at_edge")
    return zip(*(table[name].tolist() for name in columns), strict=True)
