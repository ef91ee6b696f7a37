"""A number with its interval."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.statistics.rounding import decimal_places, places_of_figures, to_place, with_interval

FloatArray = npt.NDArray[np.float64]

Z_95 = 1.959964
"""Half width of a normal distribution's central 95 %, in standard deviations."""


@dataclass(frozen=True)
class Estimate:
    """A value and the confidence interval around it; NaN where it cannot be known."""

    value: float
    low: float = float("nan")
    high: float = float("nan")

    @property
    def half_width(self) -> float:
        """Half the interval, in the unit of the value."""
        return (self.high - self.low) / 2

    @property
    def relative_half_width(self) -> float:
        """Half the interval divided by the value: 0.02 reads ±2 %."""
        return self.half_width / self.value

    def exponential(self) -> "Estimate":
        """Return exp of the value and of the ends, for what was estimated as a logarithm."""
        return Estimate(*map(float, np.exp([self.value, self.low, self.high])))

    def in_words(self, unit: str = "") -> str:
        """Return the value with its interval, as far as they are known, to the digit of the uncertainty (GUM)."""
        return with_interval(self.value, self.low, self.high, unit)

    def value_in_words(self, unit: str = "") -> str:
        """Return the value alone, to the digit of its uncertainty; a dash where it is not known."""
        if np.isnan(self.value):
            return to_place(self.value, None)
        return f"{to_place(self.value, self._places)} {unit}".strip()

    def ends_in_words(self, unit: str = "") -> str:
        """Return the interval alone, to the digit of the uncertainty."""
        if self._places is None:
            return "interval not known"
        return f"{to_place(self.low, self._places)} to {to_place(self.high, self._places)} {unit}".strip()

    def to_in_words(self, upper: "Estimate", unit: str = "") -> str:
        """Return the values alone as a range up to another, both to the digit of the larger uncertainty.

        Where neither is known, the larger value has three figures.

        Examples
        --------
        >>> Estimate(7.9, 7.2, 8.6).to_in_words(Estimate(21.48, 21.2, 21.8), "px")
        '7.90 to 21.48 px'
        >>> Estimate(7.9, 5.9, 9.9).to_in_words(Estimate(21.48, 21.2, 21.8), "px")
        '7.9 to 21.5 px'
        >>> Estimate(15.394).to_in_words(Estimate(110.04), "px")
        '15 to 110 px'
        """
        places = [one._places for one in (self, upper) if one._places is not None]
        shared = min(places, default=places_of_figures(max(self.value, upper.value)))
        return f"{to_place(self.value, shared)} to {to_place(upper.value, shared)} {unit}".strip()

    @property
    def _places(self) -> int | None:
        return decimal_places(self.half_width)


def table_of(rows: Iterable[tuple[str, Estimate, str, str]]) -> pd.DataFrame:
    """Return quantity, value, low, high, unit, definition, of rows of name, estimate, unit and definition."""
    table = [(name, e.value, e.low, e.high, unit, definition) for name, e, unit, definition in rows]
    return pd.DataFrame(table, columns=["quantity", "value", "low", "high", "unit", "definition"])
