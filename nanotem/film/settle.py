"""What is settled once for a whole film, from frames all over it."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from nanotem.analysis import Analysis, ScaleRule, Shared
from nanotem.calibration import Annotations, find_annotations, find_bars, read_scale, sure_bar
from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.film.film import Film
from nanotem.micrograph import Mask, Micrograph, Scale
from nanotem.outlines import ProfileScores
from nanotem.recipe import Recipe
from nanotem.segmentation import SegmentParams
from nanotem.study.software import software

_N_LOOKED_AT = 7
"""Frames that are looked at, both ends among them: each takes about as long as the analysis of two frames."""

_POLARITY_EVERY = 3
"""Of these frames every third is asked whether its particles are dark, the slow way, which also asks the network."""

_WRITTEN_IN = 0.5
"""Share of these frames in which a pixel is covered with writing, from which on it counts as that for the film."""

_EVERY_FRAME = "neck_ratio"
"""The method in the place of "automatic", which takes seconds for a frame: by itself it needs a tenth of that."""


@dataclass(frozen=True, eq=False)
class Settled:
    """How every frame of a film is analysed.

    Attributes
    ----------
    recipe
        With a method for each frame, with the polarity of the film, and with the class of its particles' edges.
    shared
        Writing over the frames.
    scale
        In force for all frames.
    notes
        What was settled, and how.
    """

    recipe: Recipe
    shared: Shared
    scale: Scale | None
    notes: tuple[str, ...]

    @property
    def key(self) -> str:
        """Of all that decides the result of a frame: film, recipe, software and networks, here and now."""
        parts = self.shared.id, self.recipe, self.scale, sorted(software([self.recipe]).items())
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def analysis(self, frame: Micrograph) -> Analysis:
        """Return the analysis of a frame."""
        return Analysis(frame, self.recipe, scale_rule=ScaleRule.of(self.scale), shared=self.shared)


def settle(film: Film, recipe: Recipe | None = None, *, as_given: bool = False) -> Settled:
    """Settle polarity, writing, scale and the class of the edges, each from frames all over the film.

    The threshold is found anew in every frame: the beam of a long film grows brighter and dimmer, and a fixed level
    would make a trend of the count of it.

    Parameters
    ----------
    film
        What is analysed.
    recipe
        The defaults if left out.
    as_given
        Whether the method "automatic" is kept, which takes several seconds for each frame.

    Raises
    ------
    UnreadableFileError
        If none of these frames can be decoded.
    NanotemError
        If a network is absent that the method asks: every frame would be analysed in another way.
    """
    given = recipe or Recipe()
    recipe, notes = (given, []) if as_given else for_every_frame(given)
    numbers = np.unique(np.linspace(0, film.n_frames - 1, _N_LOOKED_AT).round().astype(int)).tolist()
    frames = _readable(film, numbers)
    scale, scale_notes = _scale(film, frames[0])
    shared = Shared(_id(film, given, as_given=as_given), _annotations(frames))
    before = Settled(recipe, shared, scale, ())
    recipe, absent = _with_polarity(before, frames)
    looked = (replace(before, recipe=recipe).analysis(frame) for frame in frames)
    scores = sum(map(_scores, looked), start=ProfileScores())
    if scores.n and recipe.preprocess.background.polarity != given.preprocess.background.polarity:
        notes.append(f"Particles are {recipe.preprocess.background.polarity} in this film.")
    if scores.n and recipe.outlines.classes == "automatic":
        recipe = replace(recipe, outlines=recipe.outlines.settled_by(scores))
        notes.append(
            f"The edges of {len(frames)} frames together are those of {scores.family} particles; with this class "
            "the outlines of every frame were drawn."
        )
    return Settled(recipe, shared, scale, (*film.notes, *scale_notes, *absent, *notes))


def for_every_frame(recipe: Recipe) -> tuple[Recipe, list[str]]:
    """Return the recipe with a method that is fast enough for every frame, and say so."""
    segment = recipe.segment
    if segment.method != "automatic":
        return recipe, []
    fast = SegmentParams.of(
        _EVERY_FRAME, min_diameter_px=segment.min_diameter_px, drop_touching_frame=segment.drop_touching_frame
    )
    note = (
        "The method Automatic takes several seconds for each picture; in the frames of a film particles are told apart "
        "by the neck ratio. Analyse a single frame with both to see how far they agree."
    )
    return replace(recipe, segment=fast), [note]


def _readable(film: Film, numbers: Iterable[int]) -> list[Micrograph]:
    """Return those of some frames that can be read; if none can, the reason of the last one is raised."""
    frames, reason = [], None
    for number in numbers:
        try:
            frames.append(film.frame(number))
        except UnreadableFileError as error:
            reason = error
    if reason and not frames:
        raise reason
    return frames


def _scores(analysis: Analysis) -> ProfileScores:
    """Return what the edges of a frame say of their profile."""
    if analysis.segmentation.absent_network:
        raise NanotemError(analysis.segmentation.absent_network, "Every frame would be analysed in another way.")
    return analysis.outlines.report.scores


def _scale(film: Film, first: Micrograph) -> tuple[Scale | None, list[str]]:
    """Return the scale of the film, or what the bar in its first frame says."""
    if film.scale is not None:
        return film.scale, []
    reading = read_scale(first.pixels)
    if not reading.accepted or reading.label is None:
        return None, []
    label = reading.label
    return reading.scale, [f"The scale was read from the bar in the first frame: {label.value:g} {label.unit}."]


def _annotations(frames: list[Micrograph]) -> Annotations:
    """Return what was written over most of the frames."""
    found = [find_annotations(frame.pixels, sure_bar(find_bars(frame.pixels))) for frame in frames]
    share = np.mean([one.mask for one in found], axis=0)
    common = Counter(one.frame for one in found).most_common(1)[0][0]
    mask: Mask = share >= _WRITTEN_IN
    return Annotations(mask, common)


def _with_polarity(settled: Settled, frames: list[Micrograph]) -> tuple[Recipe, list[str]]:
    """Return the recipe with the polarity that most frames have, and a note if the network could not be asked."""
    preprocess = settled.recipe.preprocess
    if preprocess.background.polarity != "automatic":
        return settled.recipe, []
    with_network = replace(settled, recipe=replace(settled.recipe, segment=SegmentParams()))
    asked = [with_network.analysis(frame) for frame in frames[::_POLARITY_EVERY]]
    votes = Counter(analysis.stages.polarity for analysis in asked)
    background = replace(preprocess.background, polarity=votes.most_common(1)[0][0])
    reason = next((one.segmentation.absent_network for one in asked if one.segmentation.absent_network), "")
    absent = [f"The neural network had no say in whether particles are dark or bright: {reason}"] if reason else []
    return replace(settled.recipe, preprocess=replace(preprocess, background=background)), absent


def _id(film: Film, recipe: Recipe, *, as_given: bool) -> str:
    return hashlib.sha256(f"{film.id} {recipe} {as_given}".encode()).hexdigest()
