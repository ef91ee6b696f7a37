"""What all witnesses of an image say together: at a glance, or after a closer look."""

from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage, Labels
from nanotem.segmentation.holes import are_holes
from nanotem.segmentation.judge.evidence import evidence
from nanotem.segmentation.judge.polarity import contradicts
from nanotem.segmentation.judge.proposals import Proposals, pooled
from nanotem.segmentation.judge.witnesses import (
    NECKS,
    Kind,
    Seen,
    Witness,
    by_necks,
    by_network,
    looked_closer,
    looked_level,
)
from nanotem.segmentation.method import Foreground
from nanotem.segmentation.network.prediction import SMALLEST_PX, best_diameter_px
from nanotem.segmentation.network.scale import standardised, typical_diameter_px
from nanotem.segmentation.network.segmenter import Segmenter
from nanotem.threads import side_by_side

_LEAST_CLEAR = 5
"""Of 167 published micrographs with bright particles what stands out looks like holes on two, of three pieces each."""


@dataclass(frozen=True, eq=False)
class Testimony:
    """What was proposed, and what speaks for it.

    Attributes
    ----------
    kinds
        Of each witness, in the order of `proposals.witness`; their label images are not kept.
    proposals
        What they proposed.
    evidence
        Features of every proposal, by name.
    foreground
        What the network sees at its typical scale.
    """

    kinds: tuple[Kind, ...]
    proposals: Proposals
    evidence: dict[str, npt.NDArray[np.float64]]
    foreground: GreyImage


@dataclass(frozen=True, eq=False)
class _Glance:
    """What all looks at an image share, and the first of them, at the scale of what the necks found."""

    necks: list[Witness]
    image: GreyImage
    diameter_px: float
    seen: Seen


class Hearing:
    """An image whose witnesses can be heard, with what they share.

    Parameters
    ----------
    foreground
        With contrast and a levelled picture. It is reversed, where that is possible, if the network finds particles
        that are not bright in it, as they were taken to be, and on the other side such as are. Where neither side fits,
        as with small particles whose scale a glance misses on one of them, the shape of the background decides.
    segmenter
        The network.

    Attributes
    ----------
    segmenter
        The network.
    foreground
        What is heard of: after it was reversed, if it was.
    is_reversed
        Whether it was.
    """

    def __init__(self, foreground: Foreground, segmenter: Segmenter) -> None:
        glance = _glance(foreground, segmenter)
        self.is_reversed = False
        if foreground.reversed is not None and _is_against(glance):
            other = foreground.reversed()
            there = _glance(other, segmenter)
            if not _is_against(there):
                self.is_reversed, foreground, glance = True, other, there
        assert foreground.ignored is not None
        self.segmenter, self.foreground = segmenter, foreground
        self._glance, self._asked = glance, (glance.image, segmenter, foreground.ignored)

    def holes(self, found: Labels) -> Labels | None:
        """Return the holes of a film, if what was found, or else all that stands out, is that; None if not."""
        flattened, clear = self.foreground.flattened, self._glance.necks[0].labels
        assert flattened is not None
        if self.foreground.polarity == "dark":
            return None
        if are_holes(flattened, found):
            return found
        return clear if are_holes(flattened, clear, least_n=_LEAST_CLEAR) else None

    def at_a_glance(self) -> Testimony:
        """Hear the necks, and the network at the scale of what they found."""
        return self._heard(self._glance.seen, diameter_px=self._glance.diameter_px)

    def looked_closer(self) -> Testimony:
        """Hear the necks, and the network at the scale that fits best, closer, from afar and without background."""
        diameter_px = best_diameter_px(*self._asked)
        return self._heard(
            by_network(*self._asked, diameter_px=diameter_px),
            looked_closer(*self._asked, diameter_px=diameter_px),
            looked_level(*self._asked, diameter_px=diameter_px),
            diameter_px=diameter_px,
        )

    def _heard(self, seen: Seen, *others: list[Witness], diameter_px: float) -> Testimony:
        witnesses = [*self._glance.necks, *seen.witnesses, *chain(*others)]
        proposals = pooled([one.labels for one in witnesses])
        contrast = self.foreground.contrast
        assert contrast is not None
        features = evidence(proposals, witnesses, contrast=contrast, diameter_px=diameter_px)
        return Testimony(tuple(one.kind for one in witnesses), proposals, features, seen.prediction.foreground)


def _is_against(glance: _Glance) -> bool:
    network = glance.seen.witnesses[0]
    assert network.sure is not None
    return contradicts(network.labels, glance.image, sure=network.sure)


def _glance(foreground: Foreground, segmenter: Segmenter) -> _Glance:
    assert foreground.ignored is not None

    def look(*, closely: bool) -> tuple[Foreground, list[Witness]]:
        seen = foreground.finer() if closely and foreground.finer else foreground
        return seen, by_necks(seen, NECKS[:1] if closely else NECKS)

    looks = side_by_side(lambda closely: look(closely=closely), [False, True] if foreground.finer else [False])
    necks = [witness for _, witnesses in looks for witness in witnesses]
    sharp = looks[-1][0].flattened
    assert sharp is not None
    image, diameter_px = standardised(sharp), max(typical_diameter_px(necks[0].labels), SMALLEST_PX)
    return _Glance(necks, image, diameter_px, by_network(image, segmenter, foreground.ignored, diameter_px=diameter_px))
