"""The scale where the file holds none: typed, from the length of the bar, or read from the picture."""

from nanotem.calibration.bar import ScaleBar, scale_from_bar
from nanotem.calibration.find_bar import sure_bar
from nanotem.calibration.read_scale import read_scale
from nanotem.micrograph import Pixels, Scale


def settle_scale(
    pixels: Pixels, bars: list[ScaleBar], *, nm_per_px: float | None = None, bar_length_nm: float | None = None
) -> Scale | None:
    """Return the scale that was given, or what the picture says if it is sure; None if nothing is known.

    Parameters
    ----------
    pixels
        Grey image of any depth.
    bars
        What `find_bars` found in it.
    nm_per_px
        The scale, where a person knows it; it comes first.
    bar_length_nm
        What the bar's label says; the label is then not read, and without a sure bar there is no scale.
    """
    if nm_per_px is not None:
        return Scale(nm_per_px, "typed")
    if bar_length_nm is not None:
        bar = sure_bar(bars)
        return scale_from_bar(bar, bar_length_nm, "nm") if bar else None
    reading = read_scale(pixels, bars=bars)
    return reading.scale if reading.accepted else None
