"""Outline first, then only the solids that can have it."""

from collections.abc import Iterable, Mapping

Coincidences = Mapping[str, Mapping[str, float]]
"""Share of the views of each solid that show each outline."""

_RARE = 0.01


def possible_solids(table: Coincidences, outlines: Iterable[str]) -> frozenset[str]:
    """Return the solids that show one of these outlines in at least 1 % of their views; all if none does."""
    shown = tuple(outlines)
    possible = {solid for solid, shares in table.items() if any(shares.get(name, 0) >= _RARE for name in shown)}
    return frozenset(possible or table)
