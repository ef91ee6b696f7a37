"""The judge's card, and its files."""

from dataclasses import asdict, dataclass, field, replace
from io import BytesIO
from pathlib import Path

import numpy as np

from nanotem.networks.card import Card, card_of, check_range
from nanotem.networks.files import ARRAYS, packed, proven, read_unproven, unreadable, write_network
from nanotem.segmentation.judge.trees import Trees

NAME = "judge"
"""Name of its files: NAME.json and NAME.npz."""


SLOPES, OFFSETS = (0.01, 100.0), (-20.0, 20.0)
"""Of the line from the logit of the trees to that of a probability: beyond these it says yes or no alone."""


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgeCard(Card):
    """What belongs to the judge.

    Attributes
    ----------
    features
        Names of what it looks at, in their order.
    segmenter
        SHA-256 of the network whose proposals it learned from.
    slope, offset
        From the trees' logit to the logit of the probability of what is chosen, fitted on images kept out.
    missed
        How many particles were missed for each that what was left, and what may be false, add up to.
    scatter_false, scatter_missed
        Standard deviation of the number of true particles beyond that of independent ones, towards fewer as a share of
        those that may be false, towards more of all that are doubtful: what is wrong in one place of an image is wrong
        in others.
    figures
        Scores on images that were kept out.
    """

    name: str = NAME
    features: list[str]
    segmenter: str
    slope: float
    offset: float
    missed: float
    scatter_false: float
    scatter_missed: float
    figures: dict[str, float | dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_range("slope", self.slope, *SLOPES)
        check_range("offset", self.offset, *OFFSETS)
        check_range("missed", self.missed, 0, 100)
        check_range("scatter_false", self.scatter_false, 0, 100)
        check_range("scatter_missed", self.scatter_missed, 0, 100)


def save_judge(folder: Path, trees: Trees, card: JudgeCard) -> JudgeCard:
    """Write trees and card; return the card with the identity of both."""
    content = packed(**{name: np.asarray(values) for name, values in vars(trees).items()})
    return replace(card, sha256=write_network(folder, NAME, asdict(card), {ARRAYS: content}))


def read_judge(folder: Path) -> tuple[Trees, JudgeCard]:
    """Read trees and card.

    Raises
    ------
    ModelError
        If a file is absent or broken, or they do not belong together.
    """
    files = read_unproven(folder, NAME, has_network=False)
    try:
        with np.load(BytesIO(files.contents[ARRAYS]), allow_pickle=False) as arrays:
            trees = Trees(**{name: arrays[name] for name in Trees.__annotations__})
        if trees.feature.max() >= len(files.card["features"]):
            raise ValueError("the trees look at more features than there are")
    except Exception as error:  # NumPy and zipfile raise what they like at files that are broken on purpose
        raise unreadable(folder, NAME) from error
    return trees, card_of(NAME, proven(files).card, JudgeCard)
