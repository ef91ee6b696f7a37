"""What an image of a study is analysed with."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from nanotem.errors import ParameterError
from nanotem.micrograph import Scale
from nanotem.recipe import Recipe

_LARGEST_BAR_NM = 1e9
"""A metre: far beyond the longest bar of any microscope, and far below what a number cannot hold."""


@dataclass(frozen=True)
class Settings:
    """What a batch was told about an image.

    Parameters
    ----------
    recipe
        Parameters of every stage.
    nm_per_px, bar_length_nm
        Scale, or length of the scale bar in nm, where neither a person nor the file gives a scale.

    Raises
    ------
    ScaleError
        If `nm_per_px` is not a plausible size of a pixel.
    ParameterError
        If `bar_length_nm` is no length.
    """

    recipe: Recipe = field(default_factory=Recipe)
    nm_per_px: float | None = None
    bar_length_nm: float | None = None

    def __post_init__(self) -> None:
        for name in ("nm_per_px", "bar_length_nm"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else float(value))
        if self.nm_per_px is not None:
            Scale(self.nm_per_px, "typed")
        if self.bar_length_nm is not None and not 0 < self.bar_length_nm <= _LARGEST_BAR_NM:
            raise ParameterError(
                f"A scale bar of {self.bar_length_nm:g} nm is outside 0 to {_LARGEST_BAR_NM:g} nm.",
                "Give the length that its label says, in nm.",
            )


OPTIONS = tuple(one.name for one in fields(Settings))
"""Names of the settings."""


def given_options(recipe: Recipe | None, nm_per_px: float | None, bar_length_nm: float | None) -> Mapping[str, Any]:
    """Return the settings that were given, by name: None was not, and a length of 0 says that there is none."""
    values = {"recipe": recipe, "nm_per_px": nm_per_px, "bar_length_nm": bar_length_nm}
    return {name: value or None for name, value in values.items() if value is not None}


def differences(old: Settings, new: Settings) -> tuple[str, ...]:
    """Say what differs, each parameter by its full name, such as "segment.options.neck_ratio 0.85 → 0.5".

    Of another method only its name is said: its options are others.

    Examples
    --------
    >>> differences(Settings(), Settings(nm_per_px=0.5))
    ('nm_per_px none → 0.5',)
    """
    before, after = dict(_named(asdict(old))), dict(_named(asdict(new)))
    shared = [name for name in before if name in after]
    return tuple(f"{name} {before[name]} → {after[name]}" for name in shared if before[name] != after[name])


def _named(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _named(value, "" if name == "recipe" else f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", "none" if value is None else str(value)
