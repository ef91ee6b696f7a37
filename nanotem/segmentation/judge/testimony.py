"""What all witnesses of an image say together: at a glance, or after a closer look."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage
from nanotem.segmentation.judge.evidence import evidence
from nanotem.segmentation.judge.proposals import Proposals, pooled
from nanotem.segmentation.judge.witnesses import NECKS, Kind, Witness, by_necks, by_network, looked_closer, looked_level
from nanotem.segmentation.method import Foreground
from nanotem.segmentation.network.prediction import SMALLEST_PX, best_diameter_px
from nanotem.segmentation.network.scale import standardised, typical_diameter_px
from nanotem.segmentation.network.segmenter import Segmenter
from nanotem.threads import side_by_side


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


class Hearing:
    """An image whose witnesses can be heard, with what they share.

    Parameters
    ----------
    foreground
        With contrast and a levelled picture.
    segmenter
        The network.
    """

    def __init__(self, foreground: Foreground, segmenter: Segmenter) -> None:
        assert foreground.ignored is not None
        assert foreground.contrast is not None
        self._segmenter, self._ignored, self._contrast = segmenter, foreground.ignored, foreground.contrast

        def look(*, closely: bool) -> tuple[Foreground, list[Witness]]:
            seen = foreground.finer() if closely and foreground.finer else foreground
            return seen, by_necks(seen, NECKS[:1] if closely else NECKS)

        looks = side_by_side(lambda closely: look(closely=closely), [False, True] if foreground.finer else [False])
        self._necks = [witness for _, witnesses in looks for witness in witnesses]
        sharp = looks[-1][0].flattened
        assert sharp is not None
        self._image = standardised(sharp)

    def at_a_glance(self) -> Testimony:
        """Hear the necks, and the network at the scale of what they found."""
        return self._heard(max(typical_diameter_px(self._necks[0].labels), SMALLEST_PX), closer=False)

    def looked_closer(self) -> Testimony:
        """Hear the necks, and the network at the scale that fits best, closer, from afar and without background."""
        return self._heard(best_diameter_px(self._image, self._segmenter, self._ignored), closer=True)

    def _heard(self, diameter_px: float, *, closer: bool) -> Testimony:
        seen = by_network(self._image, self._segmenter, self._ignored, diameter_px=diameter_px)
        witnesses = [*self._necks, *seen.witnesses]
        if closer:
            asked = (self._image, self._segmenter, self._ignored)
            witnesses += looked_closer(*asked, diameter_px=diameter_px)
            witnesses += looked_level(*asked, diameter_px=diameter_px)
        proposals = pooled([one.labels for one in witnesses])
        features = evidence(proposals, witnesses, contrast=self._contrast, diameter_px=diameter_px)
        return Testimony(tuple(one.kind for one in witnesses), proposals, features, seen.prediction.foreground)
