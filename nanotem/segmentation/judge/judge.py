"""The judge: how likely each proposal is one particle, outlined right."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from nanotem.networks.errors import ModelError
from nanotem.networks.files import ARRAYS, unreadable
from nanotem.networks.folders import OWN, folder_named
from nanotem.segmentation.judge.card import NAME, JudgeCard, read_judge
from nanotem.segmentation.judge.trees import Trees

_CERTAIN = 1e-6
"""Probabilities are kept so far from 0 and 1: no number of images proves more."""

_TRUST = 1.0
"""Added to the logit of what the network by itself would answer. Trees that learned from some eighty photographs leave
whole frames of a few large particles empty that the network finds. Of what they did not learn from, F1 of photographs
is 0.893 with it and 0.858 without; twice as much brings a third as much again, and finds something on 37 instead of
25 % of films of holey carbon, unless these are told by their holes."""

_OVERLAP, _BY_NETWORK = "overlap_1", "sure_1"
_SAME, _SURE = 0.9, 0.5
"""A proposal is the network's own from this overlap on with what it finds at its own scale, if it is so sure of it."""


class Judge:
    """Trees that learned what true particles have in common, and their card; never changed."""

    def __init__(self, trees: Trees, card: JudgeCard) -> None:
        self.trees, self.card = trees, card

    @property
    def sha256(self) -> str:
        """Its identity, for the provenance."""
        return self.card.sha256

    @classmethod
    def load(cls, folder: Path) -> "Judge":
        """Load the judge of a folder.

        Raises
        ------
        ModelError
            If a file is absent, broken, or not what the card says.
        """
        return cls(*read_judge(folder))

    def probabilities(self, evidence: Mapping[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
        """Return how likely each proposal is one particle, outlined right.

        Raises
        ------
        ModelError
            If it looks at what this version does not gather.
        """
        absent = [name for name in self.card.features if name not in evidence]
        if absent:
            raise ModelError(
                f"The judge looks at {absent[0]}, which this version of nanotem does not know.",
                "Use the judge that comes along.",
            )
        return self.of_rows(np.stack([evidence[name] for name in self.card.features], axis=1).astype(np.float32))

    def of_rows(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the probability of each row of features, in the order of the card."""
        sure = logit(np.clip(self.trees(features), _CERTAIN, 1 - _CERTAIN))
        seen = {name: features[:, column] for column, name in enumerate(self.card.features)}
        if _OVERLAP in seen and _BY_NETWORK in seen:
            sure += _TRUST * ((seen[_OVERLAP] >= _SAME) & (seen[_BY_NETWORK] >= _SURE))
        return np.asarray(expit(self.card.slope * sure + self.card.offset))


def judge_of(folder: Path) -> Judge:
    """Return the judge of a folder of networks; the one that comes along where it holds none.

    Raises
    ------
    ModelError
        As for `Judge.load`.
    """
    place = folder if (folder / f"{NAME}.json").exists() else folder_named(OWN)
    try:
        stamps = tuple((place / f"{NAME}{suffix}").stat().st_mtime_ns for suffix in (ARRAYS, ".json"))
    except OSError as error:
        raise unreadable(place, NAME) from error
    return _loaded(place, stamps)


@lru_cache(maxsize=4)
def _loaded(folder: Path, stamps: tuple[int, ...]) -> Judge:
    return Judge.load(folder)
