"""Which networks are asked."""

from dataclasses import dataclass

from nanotem.networks.folders import OWN
from nanotem.parameters import Parameters, knob

_HELP = (
    "Name of the folder that it is taken from: nanotem for the one that comes along, or a group's own, which was given "
    "with --models or NANOTEM_MODELS when the program was started."
)


@dataclass(frozen=True)
class NetworkParams(Parameters):
    """The folders of networks, by their names: whoever starts the program decides which folders there are."""

    segmenter: str = knob(OWN, "Network of the segmentation", _HELP)
    outline: str = knob(OWN, "Network of outlines", _HELP)
    solid: str = knob(OWN, "Network of solids", _HELP)
