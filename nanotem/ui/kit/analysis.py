"""The analysis that a visitor works on, and where its results are kept between reruns."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

import streamlit as st

from nanotem.analysis import Analysis, ScaleRule
from nanotem.calibration import ScaleReading, read_scale
from nanotem.calibration.box import Box
from nanotem.figures.outlines import traced_polygons
from nanotem.figures.pictures import data_address, encode, micrograph_picture
from nanotem.micrograph import Micrograph
from nanotem.stage import Key, worked_out
from nanotem.ui.kit.models import classifier
from nanotem.ui.kit.state import Work

_EDITOR_PX = 2048
"""Longest side of the micrograph in the editor: a screen shows no more, and 1 MB travels fast."""

_KEPT: Mapping[str, int] = MappingProxyType(
    {"preprocessed": 1, "denoised": 2, "prepared": 1, "shape_evidence": 2, "scale_reading": 8}
    | dict.fromkeys(("found", "segmentation"), 2)
)
"""How many results of a stage are kept at most: of the largest just enough that a slider can go there and back."""

_KEPT_ELSE = 4


class SessionStore(MutableMapping[Key, Any]):
    """A store that forgets what was not asked for longest, stage by stage."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[Key, Any]] = {}

    def __getitem__(self, key: Key) -> Any:
        kept = self._kept[_family(key)]
        kept.move_to_end(key)
        return kept[key]

    def __setitem__(self, key: Key, value: Any) -> None:
        kept = self._kept.setdefault(_family(key), OrderedDict())
        kept[key] = value
        while len(kept) > _KEPT.get(_family(key), _KEPT_ELSE):
            kept.popitem(last=False)

    def __delitem__(self, key: Key) -> None:
        del self._kept[_family(key)][key]

    def __iter__(self) -> Iterator[Key]:
        return iter([key for kept in self._kept.values() for key in kept])  # to look at one moves it

    def __len__(self) -> int:
        return sum(map(len, self._kept.values()))


def _family(key: Key) -> str:
    """Return the name of the results that are counted together: the first word of theirs."""
    return key[0].partition(" ")[0]


def analysis_at_hand(
    work: Work, micrograph: Micrograph, *, with_shapes: bool = False, with_lattices: bool = False
) -> Analysis:
    """Return the analysis of an image with the visitor's recipe, corrections and scale.

    Parameters
    ----------
    work
        Recipe and corrections.
    micrograph
        With the scale in force.
    with_shapes
        Whether the table of particles says outline and solid of each; the models must be ready.
    with_lattices
        Whether it says what lattice fringes each shows.
    """
    return Analysis(
        micrograph,
        work.recipe,
        work.log.done,
        ScaleRule.of(micrograph.scale),
        with_shapes,
        store=st.session_state.setdefault("store", SessionStore()),
        watch=st.spinner,
        load_classifier=classifier,
        with_lattices=with_lattices,
    )


def settle_by_itself(work: Work) -> None:
    """Put the scale in force that the picture states for sure, if nothing has settled it yet."""
    if work.micrograph is not None and not work.is_settled:
        reading = analysis_at_hand(work, work.micrograph).scale_reading
        work.settle(reading.scale if reading.accepted else None)


def editor_outlines(analysis: Analysis) -> dict[int, list[float]]:
    """Return a polygon per particle."""
    return worked_out(analysis, "editor_outlines", ("outlines",), lambda: traced_polygons(analysis.outlines))


def editor_picture(analysis: Analysis) -> str:
    """Return the micrograph as a data address for the editor."""
    pixels = analysis.micrograph.pixels
    return worked_out(
        analysis,
        "editor_picture",
        ("micrograph.id",),
        lambda: data_address(encode(micrograph_picture(pixels, longest_px=_EDITOR_PX))),
    )


def scale_reading_in(analysis: Analysis, region: Box | None) -> ScaleReading:
    """Return what the picture says about its scale, in a part of it or in all of it."""
    if region is None:
        return analysis.scale_reading
    name = f"scale_reading {region}"
    pixels, bars = analysis.micrograph.pixels, analysis.bars
    return worked_out(
        analysis, name, ("bars",), lambda: read_scale(pixels, region=region, bars=bars), doing="Reading the scale bar…"
    )
