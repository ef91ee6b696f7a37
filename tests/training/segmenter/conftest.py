"""A network that is trained in a fifth of the time: what is tested is the loop around it."""

from functools import partial

import pytest

from nanotem.training.segmenter import fit
from nanotem.training.segmenter.network import segmentation_network

NARROW = (4, 6)
"""Channels per level."""


@pytest.fixture
def narrow_network(monkeypatch: pytest.MonkeyPatch, in_few_steps: None) -> None:
    """Have trainings train a narrow network."""
    monkeypatch.setattr(fit, "segmentation_network", partial(segmentation_network, NARROW))
