"""The method "automatic": witnesses propose particles, and a judge keeps those that are likely to be true."""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels
from nanotem.networks.errors import ModelError
from nanotem.networks.folders import OWN, folder_named
from nanotem.parameters import Parameters, knob
from nanotem.segmentation.holes import level_above_film
from nanotem.segmentation.judge.card import JudgeCard
from nanotem.segmentation.judge.choose import Chosen, choose
from nanotem.segmentation.judge.count import CountEstimate, count_estimate
from nanotem.segmentation.judge.judge import Judge, judge_of
from nanotem.segmentation.judge.testimony import Hearing, Testimony
from nanotem.segmentation.method import Foreground, GetNetwork, Method, Segmentation
from nanotem.segmentation.neck_ratio import NeckRatioOptions, find_by_neck

LEAST_PROBABILITY = 0.4
"""A particle counts from half of F1 on, if F1 is to be highest; that is 0.88 on micrographs kept out."""

DOUBT = 0.06
"""Share of false and missed particles up to which the first glance stands. F1 of micrographs is the same from 3 to
10 %; the example of satellites, at 5 %, is the better for its glance."""

_CLEAR, _STANDS_OUT, _FREE = 0.9, 0.5, 0.9
"""What all necks outline alike, with half of the contrast of a typical proposal, and nine tenths of it in no particle,
is no matter of how it is divided: either it is a particle, or dirt."""


@dataclass(frozen=True)
class AutomaticOptions(Parameters):
    """Options of the judge."""

    least_probability: float = knob(
        LEAST_PROBABILITY,
        "Least probability",
        "What is less likely to be one particle, outlined right, is left out. Higher leaves out more of what is "
        "doubtful; lower keeps faint particles, and dirt.",
        low=0.05,
        high=0.95,
        step=0.01,
    )
    count_clear: bool = knob(
        False,
        "Count all that is clear",
        "What stands out as clearly as the particles, but is much smaller or larger than the others, is taken for dirt "
        "and only mentioned. On: it counts, and is as certain as what you add by hand.",
    )


@dataclass(frozen=True, eq=False)
class Verdict:
    """How likely every proposal is; or why nobody was asked.

    Attributes
    ----------
    testimony
        What the witnesses said; None if the neck ratio alone decides.
    probabilities
        One for each proposal.
    judge
        Who said so.
    asked_network
        SHA-256 of the network among the witnesses.
    absent
        Why the network or the judge had no say.
    is_reversed
        Whether the witnesses were heard on the other side of the grey scale than preprocessing took particles to be on.
    are_holes
        Whether all that they would find are holes of a film.
    """

    testimony: Testimony | None = None
    probabilities: npt.NDArray[np.float64] | None = None
    judge: Judge | None = None
    asked_network: str = ""
    absent: str = ""
    is_reversed: bool = False
    are_holes: bool = False


def hear(foreground: Foreground, options: AutomaticOptions, network: GetNetwork) -> Verdict:
    """Hear the witnesses, and the judge on what they say.

    A glance comes first: necks, and the network at the scale of what they found. Where the judge expects more than 6 %
    of the particles to be false or missed, the network looks at other scales, too. A threshold of one's own is
    overruled by nobody: then, and where the network is absent, the neck ratio decides.

    Unless a person said whether particles are dark or bright, what is found decides that: where the network sees them
    on the other side of the grey scale, or what stands out on this one are holes of a film, the witnesses are heard on
    the other. Where there is nothing, either, holes are no particles.
    """
    if foreground.own_threshold or foreground.contrast is None or foreground.flattened is None:
        return Verdict()
    try:
        segmenter, judge = network(), judge_of(folder_named(OWN))
    except ModelError as error:
        return Verdict(absent=str(error))
    hearing = Hearing(foreground, segmenter)
    verdict, found = _judged(hearing, judge)
    if foreground.reversed is None:
        return verdict
    holes = hearing.holes(found)
    if holes is None:
        return verdict
    other = replace(foreground, reversed=None) if hearing.is_reversed else foreground.reversed()
    assert other.flattened is not None
    on_film = level_above_film(other.flattened, holes)
    elsewhere, there = _judged(Hearing(other, segmenter), judge, least_level=on_film)
    if there.any():
        return replace(elsewhere, is_reversed=not hearing.is_reversed)
    return replace(verdict, are_holes=True)


def _judged(hearing: Hearing, judge: Judge, *, least_level: float = -np.inf) -> tuple[Verdict, Labels]:
    """Hear at a glance, and closer where the judge doubts; return the verdict, and the particles it would find.

    What has a lower grey level than the least is none.
    """
    flattened = hearing.foreground.flattened
    assert flattened is not None
    for hear_more in (hearing.at_a_glance, hearing.looked_closer):
        testimony = hear_more()
        proposals, probabilities = testimony.proposals, judge.probabilities(testimony.evidence)
        probabilities[proposals.means_of(flattened)[0] < least_level] = 0
        chosen = choose(proposals, probabilities, least_probability=LEAST_PROBABILITY)
        if not is_doubtful(_count(chosen, probabilities, judge.card)):
            break
    verdict = Verdict(testimony, probabilities, judge, hearing.segmenter.sha256, is_reversed=hearing.is_reversed)
    return verdict, chosen.number[proposals.atoms]


def is_doubtful(count: CountEstimate) -> bool:
    """Tell whether a closer look could change the result."""
    return count.doubtful_share > DOUBT


def _find(foreground: Foreground, options: AutomaticOptions, verdict: Verdict) -> Segmentation:
    if verdict.testimony is None or verdict.probabilities is None or verdict.judge is None:
        return replace(find_by_neck(foreground, NeckRatioOptions()), absent_network=verdict.absent)
    testimony, probabilities, card = verdict.testimony, verdict.probabilities, verdict.judge.card
    proposals = testimony.proposals
    chosen = choose(proposals, probabilities, least_probability=options.least_probability)
    clear = _clear(testimony, chosen)
    if options.count_clear:
        probabilities = probabilities.copy()
        probabilities[clear], clear = 1.0, clear[:0]
        chosen = choose(proposals, probabilities, least_probability=options.least_probability)
    elif verdict.are_holes:
        clear, chosen = np.concatenate([chosen.kept, clear]), chosen.without_any
    labels, kept = _in_reading_order(chosen.number[proposals.atoms], chosen.kept)
    witness = proposals.witness[kept].tolist()
    return Segmentation(
        None,
        labels,
        testimony.foreground,
        dict(enumerate(probabilities[kept].tolist(), start=1)),
        method="automatic",
        proposed_by={label: testimony.kinds[place] for label, place in enumerate(witness, start=1)},
        count=_count(chosen, probabilities, card),
        left_out=proposals.labels_of(clear),
        is_reversed=verdict.is_reversed,
        are_holes=verdict.are_holes and not options.count_clear,
        asked_network=verdict.asked_network,
        asked_judge=verdict.judge.sha256,
    )


def _count(chosen: Chosen, probabilities: npt.NDArray[np.float64], card: JudgeCard) -> CountEstimate:
    kept, unsure, left = (probabilities[some] for some in (chosen.kept, chosen.unsure, chosen.left))
    return count_estimate(kept, left, card, unsure=unsure)


def _clear(testimony: Testimony, chosen: Chosen) -> npt.NDArray[np.intp]:
    """Return the proposals of the first neck that stand out and survive as particles do, but are none and in none."""
    proposals, evidence = testimony.proposals, testimony.evidence
    free_px = proposals.members @ np.where(chosen.number > 0, 0, proposals.atom_px)
    is_clear = (evidence["survival_neck"] >= _CLEAR) & (evidence["contrast_share"] >= _STANDS_OUT)
    return np.flatnonzero(is_clear & (proposals.witness == 0) & (free_px > _FREE * proposals.areas_px))


def _in_reading_order(labels: Labels, places: npt.NDArray[np.intp]) -> tuple[Labels, npt.NDArray[np.intp]]:
    """Return particles numbered from the top left, and the places of their proposals in that order."""
    inside = np.flatnonzero(labels > 0)[::-1]
    first = np.zeros(len(places) + 1, np.intp)
    first[labels.ravel()[inside]] = inside  # from the bottom right: what is written last stays
    order = np.argsort(first[1:], kind="stable")
    number = np.zeros(len(places) + 1, np.int32)
    number[order + 1] = np.arange(1, len(order) + 1)
    return number[labels], places[order]


def _sentence(options: AutomaticOptions) -> str:
    return (
        "Particles were proposed by variations of a watershed at their necks and of a neural network at several "
        "scales; a judge (boosted trees) told from how far these agree how likely each proposal is one particle, and "
        f"those that do not overlap and have a probability of at least {options.least_probability:g} were kept."
        + (" What all outlined alike and stood out as clearly as these counted, too." if options.count_clear else "")
    )


def _outcome(came_to: str | None) -> str:
    """Say why it came to a method; None for many images."""
    if came_to != "neck_ratio":
        return ""
    return "The threshold was a person's, or the network was absent: neither witnesses nor judge were asked."


AUTOMATIC = Method(
    "automatic",
    "Automatic",
    AutomaticOptions,
    _find,
    _sentence,
    moves=MappingProxyType({"least_probability": 0.1}),
    prepare=hear,
    asks_network=True,
    outcome=_outcome,
)
