"""Tracks against known ones: right links, whole tracks, coalescences, and the measures of the Cell Tracking Challenge.

References
----------
P. Matula et al., PLoS ONE 10 (2015) e0144959: the acyclic oriented graphs matching measure, its weights and how a
particle is matched. M. Maška et al., Nat. Methods 20 (2023) 1010: DET and TRA.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from nanotem.film.events import Event
from nanotem.measurement.flags import has_flag

Floats = npt.NDArray[np.float64]
Edge = tuple[tuple[int, ...], tuple[int, ...]]
"""Two nodes, each a track and a frame, the earlier first."""

_SPLIT, _MISSED, _FALSE, _REDUNDANT, _ABSENT, _WRONG = 5.0, 10.0, 1.0, 1.0, 1.5, 1.0
"""Weights of the challenge: a particle that has to be split, added, deleted; an edge deleted, added, changed."""

_MOST_COVERED = 0.5
"""A known particle is matched by the found one that covers more than half of it."""

_FRAMES_APART = 2
"""A coalescence counts as found up to so many frames early or late."""


@dataclass(frozen=True)
class TrackingScores:
    """How right the tracks of a film are.

    Attributes
    ----------
    links
        Share of the steps of known particles from frame to frame, both ends found, that one track makes.
    whole
        Share of the known tracks, as far as they were found, that one track follows from begin to end and no other
        particle with it.
    merges_found, merges_false
        Share of the known coalescences that were found, and share of the found ones that are none; NaN without any.
    det, tra
        Of the Cell Tracking Challenge, 1 for all right.
    """

    links: float
    whole: float
    merges_found: float
    merges_false: float
    det: float
    tra: float


def score_tracks(
    found: pd.DataFrame,
    events: Iterable[Event],
    truth: pd.DataFrame,
    merges: pd.DataFrame,
    *,
    least_px: float = 0.0,
) -> TrackingScores:
    """Compare found tracks with known ones.

    Parameters
    ----------
    found
        Particles: frame, row_px, column_px, diameter_px, track (0: none), flags. Those that the picture cuts do not
        count, known or found: their discs are not seen whole.
    events
        What was found to happen.
    truth
        Known particles: frame, particle, row_px, column_px, diameter_px, is_whole.
    merges
        Known coalescences: frame, parent_1, parent_2, child.
    least_px
        Known particles below this diameter do not count, and found ones that lie on them are not false.

    Examples
    --------
    >>> import nanotem
    >>> film = nanotem.simulate_film(n_frames=4, n_particles=6, side_px=192, diameter_nm=5)
    >>> found = film.truth.assign(track=film.truth["particle"] + 1, flags="")
    >>> scores = score_tracks(found, [], film.truth, film.merges)
    >>> scores.links, scores.whole, scores.det, scores.tra
    (1.0, 1.0, 1.0, 1.0)
    """
    events, found = list(events), found.reset_index(drop=True)
    matched = match(found, truth)
    counted = (truth["diameter_px"] >= least_px).to_numpy() & truth["is_whole"].to_numpy()
    known = truth.assign(row=matched)[counted]
    counts = _n_matched(found, known)
    beside = np.isin(np.arange(len(found)), matched[~counted & (matched >= 0)])
    beside = (beside | has_flag(found, "touches_frame").to_numpy()) & (counts == 0)
    track = found["track"].to_numpy(np.int64)
    known = known.assign(track=np.append(track, 0)[known["row"]])
    det, tra = _challenge(found[~beside], events, known, merges, counts)
    return TrackingScores(_links(known), _whole(known), *_merges(known, events, merges), det=det, tra=tra)


def match(found: pd.DataFrame, truth: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return the row of the found particle that covers more than half of each known one, -1 without one.

    Particles are taken for discs of their diameters.
    """
    matched = np.full(len(truth), -1)
    by_frame = {frame: np.flatnonzero(found["frame"].to_numpy() == frame) for frame in found["frame"].unique().tolist()}
    places, diameter = found[["row_px", "column_px"]].to_numpy(np.float64), found["diameter_px"].to_numpy(np.float64)
    for frame in truth["frame"].unique().tolist():
        rows, own = by_frame.get(frame), np.flatnonzero(truth["frame"].to_numpy() == frame)
        if rows is None or not rows.size:
            continue
        centre = truth[["row_px", "column_px"]].to_numpy(np.float64)[own]
        size = truth["diameter_px"].to_numpy(np.float64)[own]
        near = cKDTree(places[rows]).query_ball_point(centre, (size + diameter[rows].max()) / 2)
        for k, candidates in enumerate(near):
            for other in rows[candidates].tolist():
                away = float(np.hypot(*(places[other] - centre[k])))
                if _common_area(size[k] / 2, diameter[other] / 2, away) > _MOST_COVERED * np.pi * size[k] ** 2 / 4:
                    matched[own[k]] = other
    return matched


def _common_area(one: float, other: float, away: float) -> float:
    """Return the area that two discs share."""
    if away >= one + other:
        return 0.0
    if away <= abs(one - other):
        return float(np.pi * min(one, other) ** 2)
    first = np.arccos(np.clip((away**2 + one**2 - other**2) / (2 * away * one), -1, 1))
    second = np.arccos(np.clip((away**2 + other**2 - one**2) / (2 * away * other), -1, 1))
    return float(one**2 * (first - np.sin(2 * first) / 2) + other**2 * (second - np.sin(2 * second) / 2))


def _n_matched(found: pd.DataFrame, known: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return how many known particles each found one matches."""
    rows = known["row"].to_numpy()
    return np.bincount(rows[rows >= 0], minlength=len(found))


def _links(known: pd.DataFrame) -> float:
    seen = known[known["row"] >= 0].sort_values(["particle", "frame"])
    follows = (seen["particle"].diff() == 0) & (seen["frame"].diff() == 1)
    right = (seen["track"].diff() == 0) & (seen["track"] > 0)
    return float((follows & right).sum() / follows.sum()) if follows.any() else float("nan")


def _whole(known: pd.DataFrame) -> float:
    seen = known[known["row"] >= 0]
    if seen.empty:
        return float("nan")
    tracks = seen.groupby("particle")["track"].agg(["nunique", "first"])
    others = seen[seen["track"] > 0].groupby("track")["particle"].nunique()
    is_pure = others.reindex(tracks["first"], fill_value=0).to_numpy() == 1
    return float(((tracks["nunique"] == 1).to_numpy() & is_pure).mean())


def _merges(known: pd.DataFrame, events: list[Event], merges: pd.DataFrame) -> tuple[float, float]:
    """Return the share of the known coalescences that were found, and of the found ones that are none."""
    seen = known[known["row"] >= 0]
    there = set(_listed(seen, "frame", "particle"))
    joints = _listed(merges, "frame", "parent_1", "parent_2", "child")
    visible = {frozenset((a, b)) for t, a, b, child in joints if {(t - 1, a), (t - 1, b), (t, child)} <= there}
    every = {frozenset((a, b)): t for t, a, b, _ in joints}
    particle = seen[seen["track"] > 0].groupby("track")["particle"].agg(lambda own: own.mode().iloc[0]).to_dict()
    found = [
        (frozenset(particle.get(track, -1) for track in event.before), event.frame)
        for event in events
        if event.kind == "merges"
    ]
    right = {pair for pair, frame in found if pair in every and abs(every[pair] - frame) <= _FRAMES_APART}
    share_found = len(right & visible) / len(visible) if visible else float("nan")
    n_false = sum(pair not in right for pair, _ in found)
    return share_found, n_false / len(found) if found else float("nan")


def _challenge(
    found: pd.DataFrame,
    events: list[Event],
    known: pd.DataFrame,
    merges: pd.DataFrame,
    counts: npt.NDArray[np.intp],
) -> tuple[float, float]:
    """Return DET and TRA."""
    n_matched = counts[found.index.to_numpy()]
    is_missed = (known["row"] < 0).to_numpy()
    nodes = _SPLIT * np.maximum(n_matched - 1, 0).sum() + _MISSED * is_missed.sum() + _FALSE * (n_matched == 0).sum()
    empty = _MISSED * len(known)
    det = 1 - min(float(nodes), empty) / empty if empty else float("nan")
    right = {
        (track, frame): (particle, frame)
        for track, frame, particle, row in _listed(known, "track", "frame", "particle", "row")
        if row >= 0 and track > 0 and counts[row] == 1
    }
    reference = _edges(known.rename(columns={"track": "found", "particle": "track"}), _known_joints(merges))
    computed = _edges(found[found["track"] > 0], [(event.before, event.after) for event in events])
    told = {(right[a], right[b]): kind for (a, b), kind in computed.items() if a in right and b in right}
    edges = (
        _REDUNDANT * sum(edge not in reference for edge in told)
        + _ABSENT * sum(edge not in told for edge in reference)
        + _WRONG * sum(edge in reference and reference[edge] != kind for edge, kind in told.items())
    )
    all_absent = empty + _ABSENT * len(reference)
    tra = 1 - min(float(nodes + edges), all_absent) / all_absent if all_absent else float("nan")
    return float(det), float(tra)


def _known_joints(merges: pd.DataFrame) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [((a, b), (child,)) for a, b, child in _listed(merges, "parent_1", "parent_2", "child")]


def _listed(table: pd.DataFrame, *columns: str) -> list[tuple[int, ...]]:
    """Return rows of whole numbers."""
    return list(zip(*(table[column].astype(np.int64).tolist() for column in columns), strict=True))


def _edges(table: pd.DataFrame, joints: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> dict[Edge, str]:
    """Return the edges inside tracks and those from parents to children, each with its kind."""
    nodes = sorted(set(_listed(table, "track", "frame")))
    edges = {(a, b): "track" for a, b in pairwise(nodes) if a[0] == b[0]}
    last = {node[0]: node[1] for node in nodes}
    first = {node[0]: node[1] for node in reversed(nodes)}
    for before, after in joints:
        for parent in before:
            for child in after:
                if parent in last and child in first:
                    edges[(parent, last[parent]), (child, first[child])] = "parent"
    return edges
