"""A film that was analysed: its frames, its particles with their tracks, and what happened to them."""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.edits.edits import Edit
from nanotem.errors import NanotemError
from nanotem.film.common_motion import places_by_frame, way_of_support
from nanotem.film.corrections import CorrectedTracks, corrected
from nanotem.film.events import Event, EventKind, find_events
from nanotem.film.frame_result import KEPT, FrameRecord, read_particles, read_record
from nanotem.film.frames import frame_table, has_any_of, is_left_out
from nanotem.film.link import farthest_step, linked
from nanotem.film.link_params import LinkParams
from nanotem.film.part import FilmPart
from nanotem.measurement.flags import has_flag
from nanotem.report.words import plural

_MOST_NAMED = 8
"""A note names so many frames: more is not read."""

_OF_FRAMES = {
    "failed": "{frames} could not be read or analysed ({where}).",
    "blank": "{frames} showed far fewer particles than others, blank or lost, and did not count ({where}).",
    "blurred": "{frames} far more blurred than others did not count ({where}).",
    "jumped": "The support jumped at {where}: look whether tracks go on there.",
    "repeated": "The picture before comes again in {frames} ({where}): the film was written faster than the camera "
    "took pictures. Rates are right if the time is; intervals take repeated pictures for new ones and are too narrow.",
    "drift_unknown": "In {frames} the support between the particles does not tell how far it moved; it was taken to "
    "move as most particles do, or not at all where they do not agree.",
}
"""What is said of frames with a flag of `FRAME_FLAGS`."""


@dataclass(frozen=True, eq=False)
class FilmHistory:
    """What was found in all frames, linked.

    Parameters
    ----------
    records
        Of all frames, in their order.
    found
        Particles of all frames: `frame` and the columns of `nanotem.film.frame_result.KEPT`.
    part
        Which part of the file was analysed.
    nm_per_px, frame_time_s
        Scale and time, None where they are not known.
    link
        How particles are linked.
    settled_notes
        About reading and settling.
    edits
        Links that were cut or joined by hand.
    """

    records: tuple[FrameRecord, ...]
    found: pd.DataFrame
    part: FilmPart
    nm_per_px: float | None = None
    frame_time_s: float | None = None
    link: LinkParams = field(default_factory=LinkParams)
    settled_notes: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()

    @cached_property
    def frames(self) -> pd.DataFrame:
        """One row per frame, see `frame_table`, with its time and `drift_row_px` and `drift_column_px`.

        The drift is the way of the support since the first frame, NaN where that is not known.
        """
        way, is_known = self._way
        drift = np.where(is_known[:, None], way, np.nan)
        return self._flagged.assign(drift_row_px=drift[:, 0], drift_column_px=drift[:, 1], time=self.times)

    @cached_property
    def _flagged(self) -> pd.DataFrame:
        return frame_table(self.records)

    @cached_property
    def _way(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """How far the support has moved, where it is not known taken to stay, and whether it is known."""
        table = self._flagged
        kept = self.found[~self.found["frame"].isin(table.loc[is_left_out(table), "frame"])]
        steps = table[["step_row_px", "step_column_px"]].to_numpy(np.float64)
        return way_of_support(steps, places_by_frame(kept, "row_px", "column_px"))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a frame."""
        return self.part.shape

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """Time of every frame since the first that was analysed, in s or in frames that were."""
        return np.arange(len(self.records), dtype=np.float64) * (self.frame_time_s or 1.0)

    @property
    def time_unit(self) -> str:
        """Of `times`."""
        return "s" if self.frame_time_s else "frames"

    @property
    def unit(self) -> str:
        """Of lengths."""
        return "nm" if self.nm_per_px else "px"

    @property
    def per_px(self) -> float:
        """Length of a pixel in `unit`."""
        return self.nm_per_px or 1.0

    @property
    def counted(self) -> npt.NDArray[np.intp]:
        """Numbers of the frames that count."""
        return np.flatnonzero(~is_left_out(self._flagged).to_numpy())

    @property
    def rules(self) -> LinkParams:
        """How particles are linked in this film: no track of a short film can be longer than the film."""
        return replace(self.link, shortest_track=max(min(self.link.shortest_track, len(self.counted)), 1))

    @property
    def lasting(self) -> pd.DataFrame:
        """The tracks that are long enough to count."""
        return self.tracks[self.tracks["n_frames"] >= self.rules.shortest_track]

    @cached_property
    def farthest_px(self) -> float:
        """How far a particle may go from frame to frame."""
        return farthest_step(self._on_support, self.counted, self.rules)

    @property
    def particles(self) -> pd.DataFrame:
        """Every particle of every frame: as it was found, its place on the support, and its track (0: none)."""
        return self._linked[0]

    @cached_property
    def tracked(self) -> pd.DataFrame:
        """The particles that are in a track."""
        return self.particles[self.particles["track"] > 0]

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, by frame."""
        return self._linked[1]

    @property
    def event_counts(self) -> "Counter[EventKind]":
        """How often each kind of event happened."""
        return Counter(event.kind for event in self.events)

    @cached_property
    def tracks(self) -> pd.DataFrame:
        """One row per track: first and last frame, in how many it was seen, diameters, how it begins and ends.

        Diameters are of the frames that do not cut the particle; NaN where all of them do.
        """
        seen = self.tracked.groupby("track")["frame"].agg(first_frame="min", last_frame="max", n_frames="size")
        whole = self.tracked[~has_flag(self.tracked, "touches_frame")].groupby("track")["diameter_px"]
        sizes = whole.agg(first_diameter="first", last_diameter="last", mean_diameter="mean") * self.per_px
        tracks = seen.join(sizes).reset_index()
        begins = {track: event.kind for event in self.events for track in event.after}
        ends = {track: event.kind for event in self.events for track in event.before}
        return tracks.assign(
            begins=[begins.get(track, "") for track in tracks["track"].tolist()],
            ends=[ends.get(track, "") for track in tracks["track"].tolist()],
        )

    @cached_property
    def whole(self) -> pd.DataFrame:
        """Particles whose size counts: not cut by the frame, in a track that lasts, in a frame that counts."""
        lasts = self.tracked.groupby("track")["frame"].transform("size") >= self.rules.shortest_track
        return self.tracked[lasts & ~has_flag(self.tracked, "touches_frame")]

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The sentence that says how many corrections are in the tracks; empty without any."""
        n_done = len(self.edits) - len(self._corrected.lost)
        return (f"{plural(n_done, 'link')} cut or joined by hand.",) if n_done else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the result."""
        frames, notes = self.frames, list(self.settled_notes)
        for flag, sentence in _OF_FRAMES.items():
            numbers = (frames.loc[has_any_of(frames, [flag]), "frame"] + 1).tolist()
            if numbers:
                notes.append(sentence.format(frames=plural(len(numbers), "frame"), where=_listed(numbers)))
        notes.extend(self.by_hand)
        notes.extend(f"A correction by hand could not be made: {reason}" for _, reason in self._corrected.lost)
        if self.found.empty:
            notes.append(
                "No particle was found in any frame. Analyse a single frame as a picture to find a recipe that fits."
            )
        elif self.tracks["n_frames"].median() < self.rules.shortest_track:
            notes.append(
                f"Half of the tracks last less than {plural(self.rules.shortest_track, 'frame')}: particles were not "
                "found again. Do not trust rates and growth."
            )
        return tuple(notes)

    @cached_property
    def _on_support(self) -> pd.DataFrame:
        drift = self._way[0][self.found["frame"]]
        place = self.found[["row_px", "column_px"]].to_numpy(np.float64) - drift
        return self.found.assign(support_row_px=place[:, 0], support_column_px=place[:, 1])

    @cached_property
    def automatic(self) -> pd.DataFrame:
        """Particles with their tracks as they were linked, before corrections and events."""
        return linked(self._on_support, self.counted, self.rules, farthest_px=self.farthest_px)

    @cached_property
    def _corrected(self) -> CorrectedTracks:
        return corrected(self.automatic, self.edits)

    @cached_property
    def _linked(self) -> tuple[pd.DataFrame, tuple[Event, ...]]:
        by_hand = self._corrected
        table, events = find_events(
            by_hand.table, self.shape, self.rules, farthest_px=self.farthest_px, kept=by_hand.kept
        )
        return table, tuple(events)


def _listed(numbers: list[int]) -> str:
    """Return the first numbers of a list in words."""
    named = ", ".join(map(str, numbers[:_MOST_NAMED]))
    return f"frame{'s' if len(numbers) > 1 else ''} {named}" + (" and others" if len(numbers) > _MOST_NAMED else "")


def gather(
    folder: Path,
    part: FilmPart,
    *,
    nm_per_px: float | None = None,
    frame_time_s: float | None = None,
    link: LinkParams | None = None,
    notes: tuple[str, ...] = (),
    edits: tuple[Edit, ...] = (),
) -> FilmHistory:
    """Read what was kept of all frames.

    Raises
    ------
    NanotemError
        If a frame was never analysed.
    UnreadableFileError
        If one of its files is damaged.
    """
    records, tables = [], []
    for number in range(part.n_frames):
        record = read_record(folder, number)
        if record is None:
            raise NanotemError(
                f"Frame {number + 1} was not analysed yet.", "Let the analysis of the film run to its end."
            )
        records.append(record)
        if not record.reason:
            tables.append(read_particles(folder, number).assign(frame=number))
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*KEPT, "frame"])
    found = found.astype({"frame": np.int64})
    return FilmHistory(tuple(records), found, part, nm_per_px, frame_time_s, link or LinkParams(), notes, edits)
