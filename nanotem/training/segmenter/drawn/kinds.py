"""The kinds of drawn micrographs, each with its share."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from nanotem.training.segmenter.drawn import crowds, nothing
from nanotem.training.segmenter.drawn.exposure import Drawn
from nanotem.training.segmenter.drawn.films import on_film
from nanotem.training.segmenter.drawn.giants import giants
from nanotem.training.segmenter.drawn.mixed import mixed


class Kind(NamedTuple):
    """How scenes of a kind are drawn, and how often relative to the others."""

    draw: Callable[[np.random.Generator], Drawn]
    share: float


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "mixed": Kind(mixed, 3),
        "crowded": Kind(crowds.crowded, 2),
        "monolayer": Kind(crowds.monolayer, 2),
        "families": Kind(crowds.families, 2),
        "agglomerates": Kind(crowds.agglomerates, 3),
        "rods and plates": Kind(crowds.rods_and_plates, 3),
        "cubes": Kind(crowds.cubes, 1.5),
        "shells": Kind(crowds.shells, 1),
        "supported": Kind(crowds.supported, 2),
        "fringed": Kind(crowds.fringed, 1),
        "no particle: lattice": Kind(nothing.lattice, 1.2),
        "no particle: carbon": Kind(nothing.carbon, 1.6),
        "no particle: dirt": Kind(nothing.dirt, 1.2),
        "no particle: noise": Kind(nothing.noise, 0.8),
        "satellites": Kind(crowds.satellites, 1),
        "companions": Kind(crowds.companions, 0.5),
        "on thick supports": Kind(crowds.on_thick_support, 1.5),
        "giants": Kind(giants, 4),
        "on films with holes": Kind(on_film, 1.5),
    }
)
"""Shares by what the network is to be good at; one frame in six is empty."""


def kind_of(seed: int) -> str:
    """Return the kind of scene that a seed stands for."""
    shares = np.array([kind.share for kind in KINDS.values()])
    return str(np.random.default_rng((seed, 1)).choice(list(KINDS), p=shares / shares.sum()))


def draw_kind(name: str, seed: int) -> Drawn:
    """Draw a scene of a kind; the same seed gives the same pixels."""
    return KINDS[name].draw(np.random.default_rng((seed, 2)))
