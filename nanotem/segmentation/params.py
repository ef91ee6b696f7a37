"""Parameters of the segmentation: a method, its options, and what is left out whatever the method."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nanotem.errors import ParameterError
from nanotem.parameters import Parameters, knob, knobs
from nanotem.segmentation.filters import MIN_DIAMETER_PX
from nanotem.segmentation.methods import METHODS


class _Titles(Mapping[str, str]):
    """The titles of the methods by their names, those that are registered later included."""

    def __getitem__(self, name: str) -> str:
        return METHODS[name].title

    def __iter__(self) -> Iterator[str]:
        return iter(METHODS)

    def __len__(self) -> int:
        return len(METHODS)


@dataclass(frozen=True)
class SegmentParams(Parameters):
    """Tell touching particles apart.

    Parameters
    ----------
    method
        A name in `nanotem.segmentation.METHODS`.
    min_diameter_px, drop_touching_frame
        What is left out.
    options
        Those of the method; its defaults if left out. Options of another method are taken over as far as this one has
        them too, so that a method can be changed by `dataclasses.replace`.

    Examples
    --------
    >>> params = SegmentParams.of("neck_ratio", neck_ratio=0.7)
    >>> params.options.neck_ratio
    0.7
    """

    method: str = knob(
        "automatic",
        "Method",
        "How particles are found and told apart. Automatic hears several methods and keeps what is likely to be true, "
        "with a probability for every particle; the others do one thing, which you can tune.",
        choices=_Titles(),
    )
    min_diameter_px: float = knob(
        MIN_DIAMETER_PX,
        "Smallest diameter (px)",
        "Anything with a smaller area-equivalent diameter is dropped as noise. The automatic method finds nothing "
        f"below {MIN_DIAMETER_PX:g} px, whatever is set here.",
        low=0,
        high=1000,
        step=0.5,
    )
    drop_touching_frame: bool = knob(
        False,
        "Drop particles that touch the frame",
        "They are cut, so their size is wrong. The statistics leave them out in any case and correct for it.",
    )
    options: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "options", self._options())

    @property
    def limits_outlines(self) -> bool:
        """Whether what is left out depends on where the outlines lie, not on labels alone."""
        return self.drop_touching_frame or self.min_diameter_px > MIN_DIAMETER_PX

    def before_outlines(self) -> "SegmentParams":
        """Return the parameters that keep every label whose outline may turn out to be what is wanted.

        Labels lie a few pixels inside or outside of the edge, of sloping facets as far as half of the radius inside.
        """
        least_px = max(self.min_diameter_px / 2, min(self.min_diameter_px, MIN_DIAMETER_PX))
        return replace(self, min_diameter_px=least_px, drop_touching_frame=False)

    @classmethod
    def of(cls, method: str = "automatic", **values: Any) -> "SegmentParams":
        """Return the parameters of a method, its options given by their names beside the others.

        Raises
        ------
        ParameterError
            If the method or an option is unknown, or a value breaks its limits.
        """
        common = {name: value for name, value in values.items() if name in knobs(cls)}
        params = cls(method=method, **common)
        own = {name: value for name, value in values.items() if name not in common}
        known = knobs(type(params.options))
        unknown = next((name for name in own if name not in known), None)
        if unknown:
            raise ParameterError(f"The method {method} has no option {unknown!r}.", f"It has {', '.join(known)}.")
        return cls(method=method, **common, options=type(params.options)(**own))

    def _options(self) -> Parameters:
        kind = METHODS[self.method].options
        if type(self.options) is kind:
            return self.options
        return kind(**{name: getattr(self.options, name) for name in knobs(kind) if hasattr(self.options, name)})
