"""Corrections by hand: a log of edits that can be undone, saved and replayed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import cv2
import numpy as np
from skimage.segmentation import watershed

from nanotem.edits.labels_as_text import unpack_labels
from nanotem.edits.pieces import BRIDGED_PX, LEAST_PX, bridged, parted
from nanotem.errors import NanotemError
from nanotem.labels import in_one_piece, numbers_in, regions
from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.segmentation.neck import merge_by_neck
from nanotem.segmentation.parts import over_segment
from nanotem.segmentation.seeds import distance_to_background, smooth
from nanotem.spans import places_inside

Point = tuple[float, float]
"""Row and column, in px."""

TASKS = ("outline", "solid")
"""What a particle can be named for: the shape of its outline, and the solid that it is."""

_SAME_AREA = 2.0
_LARGEST_SHARE = 0.25
_STANDS_OUT = 3.0
"""Times the median absolute contrast of the background: 2 standard deviations of normal noise."""
_MIDDLE = 0.5
"""From the first pixel's middle, where outlines begin to count, to its corner, where spans do."""

_WIDE = (
    "Outlines that were drawn by hand in an earlier version stay as they were measured then, about half a pixel too "
    "wide on every side; remove them and draw them again to measure them right."
)
_RATIOS = np.arange(0.3, 1.0, 0.02)


class EditError(NanotemError):
    """A correction cannot be carried out."""


@dataclass(frozen=True)
class Target:
    """A particle to correct: where it is, and how large it was.

    Labels are numbers of one segmentation; a place and an area find the same particle after a parameter was changed.

    Parameters
    ----------
    row, column
        A pixel deep inside the particle.
    area_px
        Its area when the edit was made. A particle that is now more than twice as large or small is another one.
    """

    row: int
    column: int
    area_px: int


@dataclass(frozen=True)
class Remove:
    """Take particles away."""

    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Merge:
    """Make one particle of several that touch, or that a gap of 1 or 2 px parts."""

    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Split:
    """Cut a particle in two or more: along a line, or at its narrowest neck where no line is given."""

    target: Target
    line: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Add:
    """Add a particle with this outline; what belongs to another particle stays there.

    Parameters
    ----------
    outline
        Its corners; pixels whose middle lies inside belong to the particle.
    with_border
        Whether pixels that the outline runs through belong to it too, its corners on whole pixels: so outlines were
        filled up to version 0.1, about half a pixel too wide on every side. What was saved then replays as it was.
    """

    outline: tuple[Point, ...]
    with_border: bool = False


@dataclass(frozen=True)
class Replace:
    """Put other labels, drawn elsewhere, in the place of all particles; they keep their numbers.

    A label in several pieces is several particles, unless a gap of 1 or 2 px parts them.

    Parameters
    ----------
    shape
        Rows and columns of the image that was labelled.
    packed
        The label image, from `pack_labels`.
    """

    shape: tuple[int, int]
    packed: str


@dataclass(frozen=True)
class Name:
    """Say what particles are; their outlines stay as they are.

    Parameters
    ----------
    targets
        The particles.
    task
        What is answered, one of `TASKS`.
    class_name
        The answer; a name that was given before is forgotten.
    """

    targets: tuple[Target, ...]
    task: str
    class_name: str


@dataclass(frozen=True)
class CutTrack:
    """Let a particle of a film be another one from a frame on.

    Parameters
    ----------
    frame
        The first frame, from 0, in which it is another one.
    target
        The particle in that frame.
    """

    frame: int
    target: Target


@dataclass(frozen=True)
class JoinTracks:
    """Let a particle of a film go on as one of a later frame.

    Parameters
    ----------
    frame, target
        Where it was last seen, frames from 0.
    later_frame, later_target
        Where it is seen again.
    """

    frame: int
    target: Target
    later_frame: int
    later_target: Target


TrackEdit = CutTrack | JoinTracks
"""Corrections of a film: its pictures stay as they are."""

Edit = Remove | Merge | Split | Add | Replace | Name | CutTrack | JoinTracks


@dataclass(frozen=True)
class EditLog:
    """Edits in the order they were made, and those that were undone.

    Attributes
    ----------
    done, undone
        Both oldest first; the last of `done` is undone next, the last of `undone` redone next.
    """

    done: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()

    def record(self, edit: Edit) -> "EditLog":
        """Return the log with one more edit; what was undone before is forgotten."""
        return EditLog((*self.done, edit))

    def undo(self) -> "EditLog":
        """Return the log without its last edit, or the same log if there is none."""
        return EditLog(self.done[:-1], (*self.undone, self.done[-1])) if self.done else self

    def redo(self) -> "EditLog":
        """Return the log with the edit that was undone last, or the same log if there is none."""
        return EditLog((*self.done, self.undone[-1]), self.undone[:-1]) if self.undone else self


@dataclass(frozen=True, eq=False)
class EditedLabels:
    """Labels after corrections.

    Attributes
    ----------
    labels
        Untouched particles keep their numbers; new ones get numbers that were never used.
    unused
        The first number that was never used.
    touched
        Labels that an edit made or changed.
    drawn
        Labels whose outline was drawn, here or elsewhere, as it is to be.
    lost
        Edits that could not be carried out, each with the reason.
    remarks_on
        What edits made otherwise than it was drawn, in words, each with the labels that are still as it made them.
    names
        Classes given by hand, by task and label. A particle that is changed afterwards loses its own.
    """

    labels: Labels
    unused: int
    touched: frozenset[int] = frozenset()
    drawn: frozenset[int] = frozenset()
    lost: tuple[tuple[Edit, str], ...] = ()
    remarks_on: tuple[tuple[frozenset[int], str], ...] = ()
    names: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def named(self, task: str) -> dict[int, str]:
        """Return the classes given by hand that answer a task, by label."""
        return {label: name for (of, label), name in self.names.items() if of == task}

    @property
    def remarks(self) -> tuple[str, ...]:
        """What edits made otherwise than it was drawn, in words, each once."""
        return tuple(dict.fromkeys(remark for _, remark in self.remarks_on))

    def then(self, edit: Edit) -> "EditedLabels":
        """Return the labels after one more edit."""
        if isinstance(edit, Name):
            return self._then_named(edit)
        labels = self.labels.copy()
        try:
            changed, gone, remark = apply_edit(labels, edit, self.unused)
        except EditError as error:
            return replace(self, lost=(*self.lost, (edit, error.message)))
        unused = max(self.unused, *(label + 1 for label in changed), 0)
        names = {key: name for key, name in self.names.items() if key[1] not in changed | gone}
        drawn = (self.drawn - changed - gone) | (changed if isinstance(edit, Add | Replace) else frozenset())
        touched = (self.touched | changed) - gone
        kept = [(of - changed - gone, before) for of, before in self.remarks_on]
        remarks = tuple(one for one in (*kept, (changed, remark)) if all(one))
        return replace(
            self, labels=labels, unused=unused, touched=touched, drawn=drawn, remarks_on=remarks, names=names
        )

    def _then_named(self, edit: Name) -> "EditedLabels":
        """Return the same labels with one more name."""
        try:
            found = [_find(self.labels, target) for target in edit.targets]
        except EditError as error:
            return replace(self, lost=(*self.lost, (edit, error.message)))
        return replace(self, names={**self.names, **{(edit.task, label): edit.class_name for label in found}})


def without_names(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits that change labels: what is measured does not depend on names."""
    return tuple(edit for edit in edits if not isinstance(edit, Name))


def target_of(labels: Labels, label: int) -> Target:
    """Describe a particle so that an edit can find it again.

    Raises
    ------
    EditError
        If there is no such particle.
    """
    rows, columns = np.nonzero(labels == label)
    if label <= 0 or rows.size == 0:
        raise EditError(f"There is no particle {label}.", "Select a particle that is outlined.")
    top, left = int(rows.min()), int(columns.min())
    crop = labels[top : rows.max() + 1, left : columns.max() + 1] == label
    row, column = np.unravel_index(int(distance_to_background(np.pad(crop, 1)).argmax()), np.add(crop.shape, 2))
    return Target(top + int(row) - 1, left + int(column) - 1, int(rows.size))


def apply_edits(labels: Labels, edits: Iterable[Edit]) -> EditedLabels:
    """Carry out corrections in their order.

    Parameters
    ----------
    labels
        The automatic label image; it is not changed.
    edits
        From an `EditLog`.

    Returns
    -------
    EditedLabels
        An edit whose particle is not there any more is reported and changes nothing.
    """
    edited = EditedLabels(labels, int(labels.max()) + 1)
    for edit in edits:
        edited = edited.then(edit)
    return edited


class Change(NamedTuple):
    """What an edit did.

    Attributes
    ----------
    changed, gone
        Labels that were made or changed, and labels that are gone.
    remark
        What was made otherwise than it was drawn, in words; empty if nothing was.
    """

    changed: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    remark: str = ""


def apply_edit(labels: Labels, edit: Edit, unused: int) -> Change:
    """Carry out one correction in place.

    Parameters
    ----------
    labels
        Changed in place, unless an error is raised.
    edit
        What to do; a name changes no label.
    unused
        The first label number that is free.

    Raises
    ------
    EditError
        If a particle is not there or cannot be split that way, those to merge lie apart, a new outline has no room,
        the labels that replace all are damaged or of another image, or the edit is one of a film.
    """
    if isinstance(edit, Split):
        return Change(_split(labels, _find(labels, edit.target), edit.line, unused))
    if isinstance(edit, Add):
        return _add(labels, edit, unused)
    if isinstance(edit, Replace):
        return _replace(labels, edit, unused)
    if isinstance(edit, Name):
        return Change()
    if isinstance(edit, CutTrack | JoinTracks):
        raise EditError("This corrects the tracks of a film, not a picture.", "Open the film on the page Film.")
    found = {_find(labels, target) for target in edit.targets}
    if isinstance(edit, Merge):
        return _merge(labels, found)
    labels[np.isin(labels, list(found))] = 0
    return Change(gone=frozenset(found))


def _find(labels: Labels, target: Target) -> int:
    """Return the label of the particle that is meant."""
    inside = 0 <= target.row < labels.shape[0] and 0 <= target.column < labels.shape[1]
    label = int(labels[target.row, target.column]) if inside else 0
    if label == 0:
        raise EditError(
            f"There is no particle at row {target.row}, column {target.column} any more.",
            "Undo this correction, or go back to the parameters it was made with.",
        )
    area = int((labels == label).sum())
    if not target.area_px / _SAME_AREA <= area <= target.area_px * _SAME_AREA:
        raise EditError(
            f"The particle at row {target.row}, column {target.column} had {target.area_px} px and now has {area}.",
            "Undo this correction, or go back to the parameters it was made with.",
        )
    return label


def _merge(labels: Labels, found: set[int]) -> Change:
    if len(found) < 2:
        return Change(frozenset(found))
    kept = min(found)
    left, top, width, height = cv2.boundingRect(np.isin(labels, list(found)).view(np.uint8))
    around = labels[max(top - BRIDGED_PX, 0) : top + height + BRIDGED_PX]
    around = around[:, max(left - BRIDGED_PX, 0) : left + width + BRIDGED_PX]
    together = bridged(np.where(np.isin(around, list(found)), kept, 0).astype(np.int32), around == 0)
    if regions(together > 0).max() > 1:
        raise EditError(
            f"More than {BRIDGED_PX} px lie between these particles, and a particle is one piece.",
            "Remove them, and draw the outline of the whole instead.",
        )
    around[together > 0] = kept
    return Change(frozenset({kept}), frozenset(found) - {kept})


def _split(labels: Labels, label: int, line: tuple[Point, ...], unused: int) -> frozenset[int]:
    rows, columns = np.nonzero(labels == label)
    window = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    mask = labels[window] == label
    origin = (int(rows.min()), int(columns.min()))
    parts = _cut_along(mask, line, origin) if line else _cut_at_neck(mask)
    largest = int(np.bincount(parts.ravel())[1:].argmax()) + 1
    numbers = {part: label if part == largest else 0 for part in range(1, int(parts.max()) + 1)}
    for part in numbers:
        if part != largest:
            numbers[part] = unused
            unused += 1
        labels[window][parts == part] = numbers[part]
    return frozenset(numbers.values())


def _cut_at_neck(mask: Mask) -> Labels:
    """Cut at the narrowest neck: raise the ratio below which a neck divides until there are two parts."""
    padded = np.pad(mask, 1)
    distance = smooth(distance_to_background(padded), sigma_px=1.0)
    parts = over_segment(padded, distance)
    for ratio in _RATIOS:
        merged = merge_by_neck(parts, distance, neck_ratio=float(ratio))
        if len(np.unique(merged)) > 2:
            return _renumbered(merged[1:-1, 1:-1])
    raise EditError("This particle has no neck.", "Draw a line where it is to be cut.")


def _cut_along(mask: Mask, line: tuple[Point, ...], origin: tuple[int, int]) -> Labels:
    """Cut along a line of points."""
    cut = mask.astype(np.uint8)
    points = np.rint([(column - origin[1], row - origin[0]) for row, column in line]).astype(np.int32)
    cv2.polylines(cut, [points], isClosed=False, color=0, thickness=2)
    pieces = regions(cut > 0)
    pieces[np.bincount(pieces.ravel())[pieces] < LEAST_PX] = 0
    if np.unique(pieces[pieces > 0]).size < 2:
        raise EditError("The line does not divide the particle.", "Draw it from outside to outside.")
    return _renumbered(watershed(np.zeros(mask.shape), pieces, mask=mask))


def _renumbered(parts: Labels) -> Labels:
    """Return the parts numbered from 1."""
    return np.searchsorted(np.unique(parts[parts > 0]), parts).astype(np.int32) + (parts > 0)


def _add(labels: Labels, edit: Add, unused: int) -> Change:
    if len(edit.outline) < 3:
        raise EditError(f"An outline of {len(edit.outline)} points encloses nothing.", "Draw at least three points.")
    fill = _filled_with_border if edit.with_border else _filled
    room = fill(edit.outline, labels.shape) & (labels == 0)
    if not room.any():
        raise EditError("There is no room for this particle.", "Draw it where no other particle is.")
    largest = in_one_piece(room.astype(np.int32)) > 0
    labels[largest] = unused
    n_px, n_left_out = int(room.sum()), int(room.sum() - largest.sum())
    torn = (
        f"Of an outline that was drawn by hand {n_left_out} of {n_px} px were left out: it crosses itself or another "
        "particle, and of what is left the largest piece counts."
    )
    remarks = (torn if n_left_out >= LEAST_PX else "", _WIDE if edit.with_border else "")
    return Change(frozenset({unused}), remark=" ".join(filter(None, remarks)))


def _filled(outline: tuple[Point, ...], shape: tuple[int, int]) -> Mask:
    """Return the pixels whose middle lies inside an outline."""
    try:
        places = places_inside([np.array(outline)[:, ::-1] + _MIDDLE], shape)
    except ValueError as error:
        raise EditError(
            f"This outline cannot be filled: {error}.", "Draw it as one line round the particle."
        ) from error
    if places.size == 0:
        raise EditError("This outline encloses the middle of no pixel.", "Draw it round the whole particle.")
    filled = np.zeros(shape, bool)
    filled.flat[places] = True
    return filled


def _filled_with_border(outline: tuple[Point, ...], shape: tuple[int, int]) -> Mask:
    """Return the pixels inside an outline and on it."""
    points = np.rint([(column, row) for row, column in outline]).astype(np.int32)
    return cv2.fillPoly(np.zeros(shape, np.uint8), [points], 1).astype(bool)


def _replace(labels: Labels, edit: Replace, unused: int) -> Change:
    if edit.shape != labels.shape:
        raise EditError(
            f"The labels to take over have the shape {edit.shape}, the image has {labels.shape}.",
            "Take over labels of this image, neither cropped nor resized.",
        )
    try:
        new = unpack_labels(edit.packed, edit.shape)
    except ValueError as error:
        raise EditError(f"The labels to take over are damaged: {error}.", "Read them from their file again.") from error
    new, n_torn = parted(new, max(unused, int(new.max(initial=0)) + 1))
    before, after = (frozenset(numbers_in(one).tolist()) for one in (labels, new))
    labels[:] = new
    remark = (
        f"Of the labels that were taken over {n_torn} lay in several pieces: gaps of up to {BRIDGED_PX} px were "
        f"closed, every further piece of {LEAST_PX} px and more became a particle of its own, and smaller ones were "
        "left out."
    )
    return Change(after, before - after, remark if n_torn else "")


def grown_outline(contrast: GreyImage, labels: Labels, point: Point, *, level: float = 0.5) -> tuple[Point, ...]:
    """Return an outline that encloses exactly the pixels that are as bright as the place that was clicked.

    Holes are filled.

    Parameters
    ----------
    contrast
        Grey level above the background.
    labels
        Pixels of other particles are left to them.
    point
        Where to begin.
    level
        Share of the contrast at that place above which a pixel belongs to the particle.

    Raises
    ------
    EditError
        If the place is background, or outside the image, or belongs to a particle.
    """
    row, column = (round(value) for value in point)
    if not (0 <= row < labels.shape[0] and 0 <= column < labels.shape[1]):
        raise EditError("This place is outside the image.", "Click inside it.")
    if labels[row, column]:
        raise EditError("This place belongs to a particle already.", "Click beside it, or remove it first.")
    free = labels == 0
    height = float(np.median(contrast[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]))
    stands_out = height > _STANDS_OUT * float(np.median(np.abs(contrast[free])))
    region = regions((contrast > level * height) & free)
    if not stands_out or not region[row, column] or (grown := region == region[row, column]).mean() > _LARGEST_SHARE:
        raise EditError("Nothing stands out from the background here.", "Draw the outline instead.")
    left, top, width, height = cv2.boundingRect(grown.view(np.uint8))
    quarters = grown[top : top + height, left : left + width].repeat(2, axis=0).repeat(2, axis=1)
    contours, _ = cv2.findContours(quarters.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    # Through the middles of quarters of pixels: no pixel has its own middle on the outline.
    return tuple((top + (float(y) - 0.5) / 2, left + (float(x) - 0.5) / 2) for x, y in contours[0][:, 0])
