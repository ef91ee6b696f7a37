"""Links that were cut or joined by hand."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.edits.edits import CutTrack, Edit, EditError, JoinTracks, Target

_SAME_AREA = 2.0
"""A particle that is more than twice as large or small as the one that was meant is another one, as in a picture."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CorrectedTracks:
    """Tracks after corrections.

    Attributes
    ----------
    table
        Particles with their tracks.
    kept
        Places in the table, earlier and later, of links made by hand, which no event may cut.
    lost
        What could not be done, each with the reason.
    """

    table: pd.DataFrame
    kept: frozenset[tuple[int, int]] = frozenset()
    lost: tuple[tuple[Edit, str], ...] = ()


def corrected(table: pd.DataFrame, edits: Iterable[Edit]) -> CorrectedTracks:
    """Cut and join tracks by hand, in the order in which it was done.

    Parameters
    ----------
    table
        From `nanotem.film.link.linked`, with columns row_px, column_px and diameter_px.
    edits
        From an `EditLog`; those of pictures are reported as not done.
    """
    track = table["track"].to_numpy(np.int64).copy()
    kept: set[tuple[int, int]] = set()
    lost: list[tuple[Edit, str]] = []
    for edit in edits:
        try:
            kept |= _carried_out(table, track, edit)
        except EditError as error:
            lost.append((edit, error.message))
    return CorrectedTracks(table.assign(track=track), frozenset(kept), tuple(lost))


def target_in(table: pd.DataFrame, place: int) -> Target:
    """Describe a particle, by its place in the table, so that a correction can find it again."""
    row = table.iloc[place]
    return Target(round(row["row_px"]), round(row["column_px"]), max(round(np.pi * row["diameter_px"] ** 2 / 4), 1))


def _carried_out(table: pd.DataFrame, track: Rows, edit: Edit) -> set[tuple[int, int]]:
    """Change tracks in place; return the link that was made, if one was."""
    if isinstance(edit, CutTrack):
        _cut(table, track, _place(table, track, edit.frame, edit.target), edit.frame)
        return set()
    if isinstance(edit, JoinTracks):
        one = _place(table, track, edit.frame, edit.target)
        other = _place(table, track, edit.later_frame, edit.later_target)
        _cut(table, track, one, edit.frame + 1)
        _cut(table, track, other, edit.later_frame)
        track[track == track[other]] = track[one]
        return {(one, other)}
    raise EditError("This corrects a picture, not the tracks of a film.", "Open that picture.")


def _cut(table: pd.DataFrame, track: Rows, place: int, frame: int) -> None:
    """Let what is seen of a track from a frame on be a new one, unless that is all of it."""
    own, later = track == track[place], table["frame"].to_numpy() >= frame
    if (own & ~later).any():
        track[own & later] = track.max() + 1


def _place(table: pd.DataFrame, track: Rows, frame: int, target: Target) -> int:
    """Return where in the table the particle is that was meant."""
    here = np.flatnonzero((table["frame"].to_numpy() == frame) & (track > 0))
    away = np.hypot(table["row_px"].to_numpy()[here] - target.row, table["column_px"].to_numpy()[here] - target.column)
    diameter = table["diameter_px"].to_numpy(np.float64)[here]
    ratio = np.pi * diameter**2 / 4 / target.area_px
    meant = np.flatnonzero((away <= diameter / 2) & (ratio >= 1 / _SAME_AREA) & (ratio <= _SAME_AREA))
    if not meant.size:
        raise EditError(
            f"There is no such particle at row {target.row}, column {target.column} of frame {frame + 1} any more.",
            "Undo this correction, or go back to the parameters it was made with.",
        )
    return int(here[meant[away[meant].argmin()]])
