"""Numbers and counts as they are printed."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd


def number(value: float, figures: int = 4) -> str:
    """Return a number of so many figures, or a dash where the value is not known."""
    return f"{value:.{figures}g}" if math.isfinite(value) else "–"


def cell(value: Any) -> str:
    """Return a single value for a cell of a table; a dash where there is none."""
    if pd.isna(value):
        return "–"
    return number(value) if isinstance(value, float) else str(value)


def plural(number_of: int, noun: str) -> str:
    """Return "1 particle", "2 particles"."""
    return f"{number_of} {noun}{'' if number_of == 1 else 's'}"


def joined(parts: Sequence[str], *, word: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    return f" {word} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def rows_by(table: pd.DataFrame, of: str) -> tuple[pd.DataFrame, dict[str, "pd.Series[Any]"]]:
    """Return the rows of a table that are of samples or of images, and the columns that say of which.

    Parameters
    ----------
    table
        With columns of, sample, file and n_images, as `nanotem.study.shares_table` has them.
    of
        "sample", or "image".
    """
    rows = table[table["of"] == of]
    if of == "sample":
        return rows, {"Sample": rows["sample"], "Images": rows["n_images"]}
    return rows, {"Image": rows["file"]}
