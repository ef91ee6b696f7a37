"""How many particles there are, with an interval: from the probabilities of what was found and of what was left."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from nanotem.segmentation.judge.card import JudgeCard

_NONE = np.zeros(0)


@dataclass(frozen=True)
class CountEstimate:
    """The number of particles, as it follows from how sure the judge is.

    Attributes
    ----------
    found
        Particles that were found.
    expected_false, expected_missed
        How many of them are expected to be none, or to be outlined wrong; and how many to be missing.
    low, high
        Ends of the 95 % interval of the true number.
    """

    found: int
    expected_false: float
    expected_missed: float
    low: float
    high: float

    @property
    def expected(self) -> float:
        """The expected number of true particles."""
        return self.found - self.expected_false + self.expected_missed

    @property
    def doubtful_share(self) -> float:
        """False and missed ones for each that was found; infinite where none was."""
        return (self.expected_false + self.expected_missed) / self.found if self.found else float("inf")

    def holding(self, found: int) -> "CountEstimate":
        """Return the estimate with an interval that reaches up to so many."""
        return replace(self, high=max(self.high, found))

    def of_share(self, found: int) -> "CountEstimate":
        """Return the estimate for a part of what was found, all of it taken to be alike."""
        share = found / self.found if self.found else 1.0
        others = (self.expected_false, self.expected_missed, self.low, self.high)
        return CountEstimate(found, *(share * value for value in others))


def count_estimate(
    kept: npt.NDArray[np.float64],
    left: npt.NDArray[np.float64],
    card: JudgeCard,
    *,
    unsure: npt.NDArray[np.float64] = _NONE,
    confidence: float = 0.95,
) -> CountEstimate:
    """Return the number of particles with its interval.

    Every particle that was found is true with its probability, independently but for a scatter that all doubtful ones
    of an image share. Missed ones are expected in proportion to what was left and to what may be false: a particle that
    is outlined wrong stands for one that is missed there. At the lower end nothing was missed, and more is false than
    expected; at the upper end more was missed. What would have been found, had the judge been sure of one of them, may
    all be missing, or be texture, all of it.

    Parameters
    ----------
    kept, left
        Probabilities of what was found, and of what was left out.
    unsure
        Probabilities of what would have been found.
    card
        Says how many are missed for each doubt, and how large the scatter is at either end.
    confidence
        Of the interval.
    """
    false = float((1 - kept).sum())
    missed = card.missed * (float(left.sum()) + false) + float(unsure.sum())
    chance, reach = float((kept * (1 - kept)).sum()), float(ndtri((1 + confidence) / 2))
    down = reach * np.hypot(chance**0.5, card.scatter_false * false)
    up = reach * np.hypot((chance + missed) ** 0.5, card.scatter_missed * (false + missed))
    low = 0.0 if len(unsure) else max(len(kept) - false - down, 0.0)
    return CountEstimate(len(kept), false, missed, float(low), float(len(kept) - false + missed + up))
