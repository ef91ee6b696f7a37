"""Values rounded to the digit of their uncertainty, as JCGM 100:2008 (GUM), 7.2.6, asks: one way for all text."""

import math

_FIGURES_OF_UNCERTAINTY = 2
"""GUM 7.2.6: at most two significant digits of an uncertainty are of use; one would round 0.14 by a third."""

_FIGURES_WITHOUT = 3
"""Of a value whose uncertainty is not known: it is that of a few particles, which none knows to a thousandth."""

_PLAIN = 1e-4, 1e6
"""Between these a number is read more easily without a power of ten."""


def decimal_places(uncertainty: float) -> int | None:
    """Return the decimal place of the second significant digit of an uncertainty; None where there is none.

    Negative places are tens, hundreds, …

    Examples
    --------
    >>> decimal_places(0.165), decimal_places(0.0996), decimal_places(235)
    (2, 2, -1)
    """
    return _places(uncertainty, _FIGURES_OF_UNCERTAINTY)


def places_of_figures(value: float) -> int | None:
    """Return the decimal place of the last figure of a value whose uncertainty is not known; None where it is not.

    Examples
    --------
    >>> places_of_figures(110.04), places_of_figures(9.87654)
    (0, 2)
    """
    return _places(abs(value), _FIGURES_WITHOUT)


def _places(value: float, figures: int) -> int | None:
    if not (math.isfinite(value) and value > 0):
        return None
    exponent = int(f"{value:.{figures - 1}e}".partition("e")[2])
    return figures - 1 - exponent


def to_place(value: float, places: int | None) -> str:
    """Return a value to a decimal place, to three figures where `places` is None, and a dash where it is not known."""
    if not math.isfinite(value):
        return "–"
    if places is None:
        if not _PLAIN[0] <= abs(value) < _PLAIN[1]:
            return f"{value:.{_FIGURES_WITHOUT}g}"
        return to_place(value, places_of_figures(value))
    return f"{round(value, places) + 0.0:.{max(places, 0)}f}"


def with_interval(value: float, low: float, high: float, unit: str = "") -> str:
    """Return a value and its interval, all to the second digit of half the interval.

    Parameters
    ----------
    value, low, high
        NaN where not known: without an interval the value has three figures.
    unit
        Printed after the value.

    Examples
    --------
    >>> with_interval(14.9463, 14.7812, 15.1107, "nm")
    '14.95 nm (14.78 to 15.11)'

    Of a positive value that this would round to 0, all have two figures:

    >>> with_interval(0.0981, 0.0, 151.3)
    '0.098 (0 to 1.5e+02)'
    """
    if math.isnan(value):
        return "not known"
    places = decimal_places((high - low) / 2)
    if places is not None and low >= 0 < value and not round(value, places):
        return f"{value:.2g} {unit}".strip() + f" ({low:.2g} to {high:.2g})"
    text = f"{to_place(value, places)} {unit}".strip()
    if math.isnan(low) or math.isnan(high):
        return text
    return f"{text} ({to_place(low, places)} to {to_place(high, places)})"


def plus_minus(value: float, half_width: float, unit: str = "") -> str:
    """Return a value and half its interval, both to the second digit of the latter.

    Examples
    --------
    >>> plus_minus(12.3456, 0.5512, "nm")
    '12.35 ± 0.55 nm'
    """
    places = decimal_places(half_width)
    both = to_place(value, places) if places is None else f"{to_place(value, places)} ± {to_place(half_width, places)}"
    return f"{both} {unit}".strip()
