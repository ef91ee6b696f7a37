"""A map of what spoke for an answer."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from nanotem.explanation.methods import Method
from nanotem.explanation.questions import Question

Maps = npt.NDArray[np.float32]
"""Shape (particles, rows, columns)."""

Channel = Literal["both", "contrast", "mask"]


@dataclass(frozen=True, eq=False)
class Attribution:
    """What a method says about some crops.

    Attributes
    ----------
    method, question
        What was asked.
    values
        Shape (particles, rows, columns, channels), in units of the score per unit of input for gradients, of the score
        for the others; one channel for methods that never tell the channels apart.
    channels
        Names of the channels of the network's input, empty where `values` does not tell them apart.
    """

    method: Method
    question: Question
    values: npt.NDArray[np.float32]
    channels: tuple[str, ...]

    def maps(self, channel: Channel = "both") -> Maps:
        """Return one map per particle: of one channel, or of both combined as the method says.

        A method that takes whole pixels away has the same map for every channel.
        """
        if channel in self.channels:
            return self.values[..., self.channels.index(channel)]
        return self.values.max(axis=-1) if self.method.combine == "largest" else self.values.sum(axis=-1)

    def then(self, other: "Attribution") -> "Attribution":
        """Return the maps of other crops, asked in the same way, behind these."""
        return replace(self, values=np.concatenate([self.values, other.values]))
