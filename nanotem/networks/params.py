"""Which networks are asked."""

from dataclasses import dataclass

from nanotem.networks.folders import OWN
from nanotem.parameters import Parameters, knob


@dataclass(frozen=True)
class NetworkParams(Parameters):
    """The folder of networks, by its name: whoever starts the program decides which folders there are."""

    folder: str = knob(
        OWN,
        "Networks",
        "Name of the folder of networks: those that come along, or a group's own, which were given with --models or "
        "NANOTEM_MODELS when the program was started.",
    )
