"""Times as files spell them, in seconds: the one table of units, and what the frames of a stack are counted by."""

import math

from nanotem.readers.units import is_energy, unit_of

_PER_UNIT = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}

_SPELLINGS = {
    "ns": "nanosecond nanoseconds",
    "us": "µs μs microsecond microseconds",
    "ms": "msec millisecond milliseconds",
    "s": "sec second seconds",
    "min": "minute minutes",
    "h": "hour hours hr",
}

_UNIT_OF = {word: unit for unit, words in _SPELLINGS.items() for word in (unit, *words.split())}


def to_seconds(value: float, unit: str) -> float | None:
    """Convert a time to seconds; None for a unit of anything else, and for a time that is not above 0."""
    known = _UNIT_OF.get(unit.strip(" []()").lower())
    if known is None or not math.isfinite(value) or value <= 0:
        return None
    return value * _PER_UNIT[known]


def counted_by(name: str, unit: str) -> str:
    """Return the letter of what an axis counts by its name and unit; blank where neither tells.

    T for times, E for energies, X for places: a length lies between those of a scan, and the depths of a focal series.
    """
    if unit.strip(" []()").lower() in _UNIT_OF or name.strip().lower() in ("time", "t"):
        return "T"
    if is_energy(unit):
        return "E"
    return "X" if unit_of(unit) is not None else ""
