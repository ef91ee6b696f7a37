"""Parameters of the outlines."""

from dataclasses import dataclass

from nanotem.outlines.profiles import PROFILES, Profile
from nanotem.parameters import Parameters, knob


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
