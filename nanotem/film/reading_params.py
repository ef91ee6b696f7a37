"""Which part of a film is read, and how."""

from dataclasses import dataclass

from nanotem.parameters import Parameters, knob


@dataclass(frozen=True)
class ReadingParams(Parameters):
    """Which frames are read, and what is made of each before anything else looks at it."""

    first: int = knob(1, "First frame", "Frames before it are left out.", low=1, high=1_000_000, step=1)
    last: int = knob(0, "Last frame", "Frames after it are left out; 0: to the end.", low=0, high=1_000_000, step=1)
    every: int = knob(1, "Every n-th frame", "The others are left out.", low=1, high=10_000, step=1)
    mean_of: int = knob(
        1,
        "Mean of n frames",
        "So many frames in a row become one: less noise, less resolution in time.",
        low=1,
        high=100,
        step=1,
    )
    binning: int = knob(
        1, "Binning", "So many pixels in both directions become one, their mean.", low=1, high=16, step=1
    )
    top_px: int = knob(0, "Crop: first row", "Rows before it are left out.", low=0, high=100_000, step=1)
    left_px: int = knob(0, "Crop: first column", "Columns before it are left out.", low=0, high=100_000, step=1)
    height_px: int = knob(0, "Crop: rows", "How many are kept; 0: all.", low=0, high=100_000, step=1)
    width_px: int = knob(0, "Crop: columns", "How many are kept; 0: all.", low=0, high=100_000, step=1)
