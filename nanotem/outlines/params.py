"""Parameters of the outlines."""

import math
from dataclasses import dataclass, replace
from typing import Any

from nanotem.errors import ParameterError
from nanotem.outlines.profiles import CLASSES, PROFILES, ClassWeights, Profile
from nanotem.outlines.report import ProfileScores
from nanotem.parameters import Parameters, knob

_DIGITS = 4
"""Of a probability: a class of less than 1 % does not count, and files and links stay readable."""


@dataclass(frozen=True)
class OutlineParams(Parameters):
    """Where the outline of a particle lies in its blurred edge."""

    profile: Profile = knob(
        "automatic",
        "Edge profile",
        "How fast particles get thick at their edge: it decides where in a blurred edge the outline lies. Automatic "
        "judges by the edges of the image; a wrong choice moves every diameter by about half of the blur.",
        choices=PROFILES,
    )
    class_weights: ClassWeights = ()
    """How probable each profile class is, in the order of `CLASSES`, where that was settled for all images of a sample
    or a film; empty: each image judges by its own edges. Of no effect where a profile is chosen. No control sets it, it
    comes with what it was settled for."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "class_weights", _checked_weights(self.class_weights))

    @property
    def classes(self) -> Profile | ClassWeights:
        """What `trace_outlines` is to take the edges for."""
        return self.class_weights if self.is_settled else self.profile

    @property
    def is_settled(self) -> bool:
        """Whether the class is that of a sample or a film, whatever the edges of a single image say."""
        return self.profile == "automatic" and bool(self.class_weights)

    def settled_by(self, scores: ProfileScores) -> "OutlineParams":
        """Return the parameters that measure alike all images to which these scores belong.

        Examples
        --------
        >>> OutlineParams().settled_by(ProfileScores()).is_settled
        True
        """
        return replace(self, class_weights=tuple(round(weight, _DIGITS) for weight in scores.weights))

    def unsettled(self) -> "OutlineParams":
        """Return the parameters with which an image judges by its own edges again."""
        return replace(self, class_weights=())


def _checked_weights(weights: Any) -> ClassWeights:
    if not isinstance(weights, (tuple, list)) or len(weights) not in (0, len(CLASSES)):
        raise ParameterError(
            f"class_weights = {str(weights)[:80]} is no list of {len(CLASSES)} probabilities.",
            "Leave it out: the image then judges by its own edges.",
        )
    known = [w for w in weights if isinstance(w, (int, float)) and not isinstance(w, bool) and 0 <= w <= 1]
    if len(known) < len(weights) or (known and not math.isclose(sum(known), 1, abs_tol=0.01)):
        raise ParameterError(
            f"class_weights = {str(weights)[:80]} are no probabilities that add up to 1.",
            "Leave them out: the image then judges by its own edges.",
        )
    return tuple(map(float, known))
