"""How particles of one frame are found again in the next."""

from dataclasses import dataclass

from nanotem.parameters import Parameters, knob


@dataclass(frozen=True)
class LinkParams(Parameters):
    """Which particle of a frame is which of the frame before."""

    farthest_px: float = knob(
        0.0,
        "Farthest step (px)",
        "How far a particle may go from frame to frame, the drift apart; 0: found from how far the nearest particles "
        "of successive frames lie apart. Too large exchanges neighbours, too small cuts tracks.",
        low=0,
        high=500,
        step=0.5,
    )
    largest_growth: float = knob(
        1.65,
        "Largest growth",
        "A change of the diameter by this factor counts as much as the farthest step. Smaller keeps particles of "
        "different sizes apart; coalescence of equal particles is 1.26.",
        low=1.05,
        high=5.0,
        step=0.05,
    )
    missing_frames: int = knob(
        2,
        "Frames a particle may be missing",
        "A track goes on if its particle is found again after so many frames without it.",
        low=0,
        high=20,
        step=1,
    )
    shortest_track: int = knob(
        3,
        "Shortest track (frames)",
        "Shorter ones are noise, and begin and end no event.",
        low=1,
        high=100,
        step=1,
    )
