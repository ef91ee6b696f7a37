"""The one palette of all charts, safe for colour-blind readers.

M. Okabe, K. Ito, "Color Universal Design", 2008.
"""

BARS = "#56B4E9"
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#767676"

SERIES = (BLUE, ORANGE, GREEN, VERMILION, PURPLE)
"""For lines in turn."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of "#rrggbb"."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
