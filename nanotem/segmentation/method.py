"""What a method of segmentation is: what it is given, what it returns, and its entry in the registry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from nanotem.labels import numbers_in
from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.parameters import Parameters
from nanotem.preprocess import PreprocessStages
from nanotem.segmentation.judge.count import CountEstimate
from nanotem.segmentation.network.segmenter import Segmenter
from nanotem.segmentation.seeds import distance_to_background, local_maxima

GetNetwork = Callable[[], Segmenter]
"""Returns the segmentation network, or raises a `ModelError` where it is absent or broken."""


@dataclass(frozen=True, eq=False)
class Foreground:
    """What preprocessing found out; all arrays have one shape.

    Attributes
    ----------
    mask
        True in particles.
    contrast
        Grey level above the background; without it grey valleys do not count, and debris is kept.
    faint
        True in faint particles too: what no label takes becomes particles of its own (satellites).
    flattened
        Grey image with bright particles and a level background: what a network sees.
    ignored
        True where the picture is no micrograph.
    is_blank
        Whether nothing stands out from the background: then all that a network can find is noise.
    own_threshold
        Whether the recipe has a threshold of its own, which no other opinion overrules.
    finer
        Works out the same without the blur that noise asked for; None if there was none, or none is known.
    polarity
        Of the particles in the picture.
    reversed
        Works out the same with dark particles bright and bright ones dark; None if a person said which they are.
    """

    mask: Mask
    contrast: GreyImage | None = None
    faint: Mask | None = None
    flattened: GreyImage | None = None
    ignored: Mask | None = None
    is_blank: bool = False
    own_threshold: bool = False
    finer: "Callable[[], Foreground] | None" = None
    polarity: Literal["dark", "bright"] = "bright"
    reversed: "Callable[[], Foreground] | None" = None

    @classmethod
    def of(cls, stages: PreprocessStages) -> "Foreground":
        """Return what the stages of preprocessing found out."""
        return cls(
            stages.mask,
            contrast=stages.contrast,
            faint=stages.faint,
            flattened=stages.flattened,
            ignored=stages.ignored,
            is_blank=stages.level == float("inf"),
            own_threshold=stages.own_threshold,
            finer=(lambda: cls.of(stages.finer())) if stages.is_blurred else None,
            polarity=stages.polarity,
            reversed=(lambda: cls.of(stages.reversed)) if stages.is_automatic else None,
        )


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The particles and how they were told apart; all arrays have the shape of the mask.

    Attributes
    ----------
    flooded
        The map that was flooded, and where that started; None where nothing was.
    labels
        One number per particle, 0 background.
    foreground
        What the network takes for particles, 0 to 1; None from the methods without a network.
    confidence
        How sure the method is of each label, 0 to 1; the probability that it is one particle, outlined right, where a
        judge told; empty without a network.
    method
        Name of the method: what the recipe says, or what "automatic" came to.
    proposed_by
        Which kind of method first proposed each label, "neck" or "network"; empty if one method told all.
    count
        How many particles there are, as it follows from the confidence; None without probabilities.
    left_out
        What stands out as clearly as the particles and is none to the judge, numbered from 1; None without a judge.
    is_reversed
        Whether particles are dark where preprocessing took them to be bright, or the other way round.
    are_holes
        Whether all that was found was left out, as it is the holes of a film.
    asked_network, asked_judge
        SHA-256 of the network and of the judge that had a say, for the provenance; empty if none had.
    absent_network
        Why the network that should have had a say had none; empty if it had, or was not to be asked.
    """

    flooded: tuple[GreyImage, Labels] | None
    labels: Labels
    foreground: GreyImage | None = None
    confidence: Mapping[int, float] = field(default_factory=dict)
    method: str = ""
    proposed_by: Mapping[int, str] = field(default_factory=dict)
    count: CountEstimate | None = None
    left_out: Labels | None = None
    is_reversed: bool = False
    are_holes: bool = False
    asked_network: str = ""
    asked_judge: str = ""
    absent_network: str = ""

    @property
    def basin(self) -> GreyImage:
        """The map that was flooded: distance to the background in px, or divided by its regional maximum."""
        return distance_to_background(self.labels > 0) if self.flooded is None else self.flooded[0]

    @property
    def seeds(self) -> Labels:
        """Where flooding started, by the labels that grew there."""
        if self.flooded is None:
            return np.where(local_maxima(self.basin, min_distance=1) > 0, self.labels, 0)
        return self.flooded[1]

    @property
    def n_left_out(self) -> int:
        """How many things stand out as clearly as the particles, and are none to the judge."""
        return 0 if self.left_out is None else len(numbers_in(self.left_out))


def _nothing(foreground: Foreground, options: Any, network: GetNetwork) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Method:
    """An entry of `nanotem.segmentation.METHODS`: all that the rest of the program knows about a method.

    Parameters
    ----------
    name
        In recipes, tables and on the command line.
    title
        In the list to choose from.
    options
        Its parameters, a frozen class of descriptions; every one of them has an effect.
    find
        Tells the particles apart: takes the foreground, the options, and what `prepare` returned.
    sentence
        Says what it does, with its options, in the words of a methods section.
    moves
        What sensitivity moves, and by how much, by the names of options.
    uses_mask
        Whether the threshold decides what is found.
    prepare
        Works out what does not change when the other options than `prepared_by` do, the slow part; takes the
        foreground, the options and a function that returns the network.
    prepared_by
        Names of the options that `prepare` looks at.
    asks_network
        Whether the segmentation network may have a say.
    outcome
        Says in a sentence what it came to, with what follows from it; for a method that chooses between others.
    """

    name: str
    title: str
    options: type[Parameters]
    find: Callable[[Foreground, Any, Any], Segmentation]
    sentence: Callable[[Any], str]
    moves: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    uses_mask: bool = True
    prepare: Callable[[Foreground, Any, GetNetwork], Any] = _nothing
    prepared_by: tuple[str, ...] = ()
    asks_network: bool = False
    outcome: Callable[[str | None], str] = lambda came_to: ""
