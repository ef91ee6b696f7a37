"""Parameters of the classification."""

from dataclasses import dataclass
from typing import Literal

from nanotem.parameters import Parameters, knob


@dataclass(frozen=True)
class ClassifyParams(Parameters):
    """Say what shape each particle has."""

    question: Literal["all", "polyhedra"] = knob(
        "all",
        "Solids to choose from",
        "All: the eight polyhedra, sphere, rod, plate, bipyramid and truncated octahedron. With the polyhedra alone "
        "everything else is unknown.",
        choices={"all": "All solids", "polyhedra": "The eight polyhedra only"},
    )
    use_outline: bool = knob(
        True,
        "Outline and grey levels together",
        "Outline, geometry and grey levels are weighed together, by weights learned from drawn and real particles. "
        "Without it the network of solids decides alone.",
    )
    least_probability: float = knob(
        0.7,  # of published micrographs 3 % are then wrong and accepted, at 0.5 4 %, at 0.9 1.6 %
        "Least probability",
        "Below it a particle is unknown, or has only a group. Higher gives fewer but surer answers.",
        low=0,
        high=1,
        step=0.01,
    )
    refuse_unfamiliar: bool = knob(
        True,
        "Refuse what looks unfamiliar",
        "A particle that lies far from all that the network was trained on is unknown, however sure the network is.",
    )
    in_batches: bool = knob(
        False,
        "Tell shapes in batches too",
        "The tables of a study then say what shape each particle has, and what part of each sample every class is. It "
        "takes some seconds more for a large image.",
    )
