"""Settle how many nanometres a pixel spans: from the file, from the scale bar, or typed."""

import streamlit as st

from nanotem.calibration import Label, LabelledBar, ScaleBar, ScaleReading, compare_with_file, scale_from_bar
from nanotem.calibration.box import Box
from nanotem.calibration.ink import RAISED
from nanotem.figures.pictures import encode, grey_picture
from nanotem.figures.viewer import region_chooser
from nanotem.micrograph import Micrograph, Scale
from nanotem.percent import in_percent
from nanotem.ui.image.bar_ends import drag_ends
from nanotem.ui.kit.analysis import analysis_at_hand, scale_reading_in
from nanotem.ui.kit.frame import errors_shown
from nanotem.ui.kit.plain import plain_text
from nanotem.ui.kit.plots import CONFIG
from nanotem.ui.kit.scale import FROM_BAR, FROM_FILE, TYPED
from nanotem.ui.kit.selection import selected
from nanotem.ui.kit.state import Work

UNITS = ("nm", "µm", "Å", "pm", "mm")
_TOLERANCE = 0.02
_SOURCES = {
    "file": "From the file",
    "scale bar": "Read from the scale bar",
    "typed": "Typed",
    "example": "Known, as the image is drawn",
    "lattice": "From the lattice of a known crystal",
}


def settle_scale(work: Work, micrograph: Micrograph) -> None:
    """Show the image beside the ways to a scale, and keep the scale that follows."""
    ways = [FROM_FILE, FROM_BAR, TYPED] if micrograph.scale else [FROM_BAR, TYPED]
    way = st.segmented_control(
        "Scale",
        ways,
        default=ways[0],
        required=True,
        key=f"scale.way.{micrograph.id}",
        persist_state="session",
    )
    picture, place = st.columns([3, 2], gap="medium")
    with picture:
        reading, region = _shown_reading(work, micrograph)
    work.settle(None)
    with place, errors_shown():
        if way == FROM_FILE:
            work.settle(micrograph.scale)
            _compare(micrograph.scale, reading)
        elif way == FROM_BAR:
            work.settle(_scale_of(reading, region, micrograph))
        else:
            work.settle(_typed_scale(micrograph))


def scale_in_words(scale: Scale | None) -> tuple[str, str]:
    """Return a scale, and where it comes from with its uncertainty."""
    if scale is None:
        return "not set", "Sizes are in pixels until it is."
    uncertainty = f", ± {in_percent(scale.relative_uncertainty, '.1f')}" if scale.relative_uncertainty else ""
    return f"{scale.nm_per_px:.4g} nm / px", f"{_SOURCES[scale.source]}{uncertainty}"


def _shown_reading(work: Work, micrograph: Micrograph) -> tuple[ScaleReading, Box | None]:
    """Show the image with what was read in it: in the rectangle drawn on it, or in the whole frame.

    Returns
    -------
    reading, region
        The rectangle is None if there is none.
    """
    key = f"scale.region.{micrograph.id}"
    region = _region(st.session_state.get(key), micrograph.shape)
    picture = st.empty()
    preview = grey_picture(micrograph.pixels, stretch=True)
    with picture.container():
        st.image(encode(preview), width="stretch", alt=micrograph.name)
    reading = scale_reading_in(analysis_at_hand(work, micrograph), region)
    with picture.container():
        st.plotly_chart(
            region_chooser(preview, micrograph.shape, reading),
            key=key,
            on_select="rerun",
            selection_mode="box",
            config=CONFIG,
            alt="The micrograph with the scale bar that was found",
        )
        st.caption("If the bar in orange is not right, draw a rectangle round the right one and its label.")
    return reading, region


def _compare(from_file: Scale | None, reading: ScaleReading) -> None:
    """Say so if the bar in the picture disagrees with the file."""
    difference = compare_with_file(from_file, reading) if from_file else None
    if difference is not None and abs(difference) > _TOLERANCE:
        st.warning(
            f"The scale bar in the picture says {in_percent(abs(difference))} "
            f"{'more' if difference > 0 else 'less'} nm per pixel than the file. Was the image resized?"
        )


def _region(event: object, shape: tuple[int, int]) -> Box | None:
    """Return top, left, bottom, right of the rectangle drawn last, cut to the image."""
    boxes = selected(event, "box")
    if not boxes:
        return None
    (left, right), (top, bottom) = sorted(boxes[-1]["x"]), sorted(boxes[-1]["y"])
    region = (
        max(int(top), 0),
        max(int(left), 0),
        min(int(bottom) + 1, shape[0]),
        min(int(right) + 1, shape[1]),
    )
    return region if region[0] < region[2] and region[1] < region[3] else None


def _scale_of(reading: ScaleReading, region: Box | None, micrograph: Micrograph) -> Scale | None:
    """Offer what was read for confirmation; a doubtful label is not filled in."""
    chosen = _chosen_bar(reading, region, key=f"scale.bar.{micrograph.id}.{region}")
    for said in reading.notes:
        st.info(plain_text(said))
    if chosen is None:
        return None
    is_doubtful = bool(chosen.objection) or (
        chosen.bar == reading.bar and not reading.accepted and not reading.disagreeing
    )
    label = None if is_doubtful else chosen.label
    key = f"{micrograph.id}.{chosen.bar.box}"
    bar = drag_ends(micrograph.pixels, chosen.bar, key=key)
    if chosen.label and is_doubtful and chosen.objection != RAISED:
        st.button(
            f"Yes, it says {chosen.label.value:g} {chosen.label.unit}",
            key=f"scale.confirm.{key}",
            on_click=_take_label,
            args=(key, chosen.label),
        )
    number, unit = st.columns([2, 1])
    length = number.number_input(
        "Its label says",
        min_value=0.0,
        value=label.value if label else 0.0,
        step=1.0,
        help="The number written beside the bar.",
        key=f"scale.label.{key}",
        persist_state="session",
    )
    spelled = unit.selectbox(
        "Unit",
        UNITS,
        index=UNITS.index(label.unit) if label else 0,
        key=f"scale.unit.{key}",
        persist_state="session",
    )
    if not length:
        st.info("Type the number that is written beside the bar.")
        return None
    return scale_from_bar(bar, length, spelled)


def _take_label(key: str, label: Label) -> None:
    """Fill in a label that was read without confidence and is right."""
    st.session_state[f"scale.label.{key}"] = label.value
    st.session_state[f"scale.unit.{key}"] = label.unit


def _chosen_bar(reading: ScaleReading, region: Box | None, *, key: str) -> LabelledBar | None:
    """Return the bar that was read, another one that the visitor chooses, or the rectangle drawn where none is.

    None where there is nothing to choose, and where bars disagree until one is chosen; a message says so.
    """
    if reading.bar is None:
        if region is None:
            st.warning("No scale bar was found. Draw a rectangle round it, or type the scale.")
            return None
        st.info("No scale bar was found in the rectangle: its sides are taken for the ends. Drag them to the bar's.")
        return LabelledBar(_bar_across(region), None)
    chosen: LabelledBar | None = reading.pairs[0]
    if len(reading.pairs) > 1:
        chosen = st.selectbox(
            "Bar",
            reading.pairs,
            index=None if reading.disagreeing else 0,
            placeholder="Choose the bar of the part that is measured",
            format_func=str,
            help="Other lines that could be the scale bar.",
            key=key,
            persist_state="session",
        )
    if chosen is None:
        st.warning(reading.reason)
    else:
        st.markdown(reading.reason)
    return chosen


def _bar_across(region: Box) -> ScaleBar:
    """Return a bar from side to side of a rectangle."""
    top, left, bottom, right = region
    return ScaleBar((top + bottom - 1) / 2, left - 0.5, right - 0.5, bottom - top, "light", 0.0, region)


def _typed_scale(micrograph: Micrograph) -> Scale | None:
    nm_per_px = st.number_input(
        "Nanometres per pixel",
        min_value=0.0,
        value=0.0,
        step=0.01,
        format="%.5f",
        help="The length of the scale bar in nm divided by its length in px.",
        key=f"scale.typed.{micrograph.id}",
        persist_state="session",
    )
    return Scale(nm_per_px, "typed") if nm_per_px else None
