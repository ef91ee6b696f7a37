"""Flags: why a particle's numbers may be wrong, one registry and the functions that read and set it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from nanotem.errors import ParameterError

FEW_PIXELS_BELOW_PX = 10.0
COARSE_SHAPE_BELOW_PX = 20.0


@dataclass(frozen=True)
class FlagDefinition:
    """A reason to doubt a particle's numbers, in plain words."""

    name: str
    description: str


FLAGS: Mapping[str, FlagDefinition] = MappingProxyType(
    {
        flag.name: flag
        for flag in (
            FlagDefinition("touches_frame", "Cut by the image's edge, an info strip or a scale bar."),
            FlagDefinition(
                "few_pixels",
                f"Diameter below {FEW_PIXELS_BELOW_PX:g} px: too few pixels for a trustworthy size.",
            ),
            FlagDefinition(
                "coarse_shape",
                f"Diameter below {COARSE_SHAPE_BELOW_PX:g} px: the shape numbers are rough.",
            ),
            FlagDefinition(
                "outline_not_resolved",
                "Too small for its blur, or grey levels cut off in or beside it: its profile cannot be told, the size "
                "is rough.",
            ),
            FlagDefinition(
                "outline_from_label",
                "Its edge could not be measured (neighbours all round, uneven, drawn by hand): the outline is that of "
                "the label.",
            ),
            FlagDefinition("edited", "Drawn, merged or split by hand."),
            FlagDefinition("split", "Separated from a touching neighbour: part of the outline is a guess."),
        )
    }
)


def has_flag(table: pd.DataFrame, name: str) -> "pd.Series[bool]":
    """Return True for each particle that carries a flag.

    Parameters
    ----------
    table
        A particle table; only `flags` is read.
    name
        A key of `FLAGS`.

    Raises
    ------
    ParameterError
        If no such flag exists.
    """
    _check_name(name)
    return table["flags"].str.contains(rf"\b{name}\b").astype(bool)


def can_be_judged(table: pd.DataFrame) -> "pd.Series[bool]":
    """Return True for each particle whose shape can be judged: it is whole and large enough.

    Parameters
    ----------
    table
        A particle table; only `flags` is read.
    """
    return ~(has_flag(table, "touches_frame") | has_flag(table, "few_pixels"))


def add_flag(table: pd.DataFrame, name: str, labels: Collection[int]) -> pd.DataFrame:
    """Return a copy of the table in which the particles named by `labels` carry the flag once.

    Parameters
    ----------
    table
        A particle table; only `label` and `flags` are read.
    name
        A key of `FLAGS`.
    labels
        Labels to mark; those that the table lacks are passed over.

    Raises
    ------
    ParameterError
        If no such flag exists.
    """
    new = table["label"].isin(list(labels)) & ~has_flag(table, name)
    marked = (table["flags"] + f" {name}").str.strip()
    return table.assign(flags=table["flags"].where(~new, marked))


def _check_name(name: str) -> None:
    if name not in FLAGS:
        raise ParameterError(f"There is no flag {name!r}.", f"Use one of {', '.join(FLAGS)}.")
