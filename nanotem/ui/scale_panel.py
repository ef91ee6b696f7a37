"""Settle how many nanometres a pixel spans: from the file, from the scale bar, or typed."""

import streamlit as st

from nanotem.calibration import ScaleBar, find_scale_bar, scale_from_bar
from nanotem.figures.pictures import grey_picture
from nanotem.figures.viewer import region_chooser
from nanotem.micrograph import Micrograph, Scale
from nanotem.ui import cached
from nanotem.ui.frame import errors_shown
from nanotem.ui.selection import selected
from nanotem.ui.state import Work

FROM_FILE, FROM_BAR, TYPED = "From the file", "From the scale bar", "Typed"
UNITS = ("nm", "µm", "Å", "pm")


def settle_scale(work: Work, micrograph: Micrograph) -> None:
    """Show the image beside the ways to a scale, and keep the scale that follows."""
    picture, panel = st.columns([2, 1], gap="large")
    with panel:
        ways = [FROM_FILE, FROM_BAR, TYPED] if micrograph.scale else [FROM_BAR, TYPED]
        way = st.segmented_control(
            "Scale",
            ways,
            default=ways[0],
            required=True,
            key=f"scale.way.{micrograph.id}",
            persist_state="session",
        )
        place = st.container()
    with picture:
        bar = _drawn_bar(micrograph, cached.scale_bar(micrograph))
    work.scale = None
    with place, errors_shown():
        if way == FROM_FILE:
            work.scale = micrograph.scale
        elif way == FROM_BAR:
            work.scale = _scale_of(bar, work, micrograph)
        else:
            work.scale = _typed_scale(micrograph)
    with panel:
        _show(work.scale, micrograph)


def _drawn_bar(micrograph: Micrograph, found: ScaleBar | None) -> ScaleBar | None:
    """Show the image and return the bar in the rectangle drawn on it, or the one found in the whole frame."""
    key = f"scale.region.{micrograph.id}"
    region = _region(st.session_state.get(key), micrograph.shape)
    bar = find_scale_bar(micrograph.pixels, region=region) if region else found
    st.plotly_chart(
        region_chooser(grey_picture(micrograph.pixels, stretch=True), micrograph.shape, bar),
        key=key,
        on_select="rerun",
        selection_mode="box",
        alt="The micrograph with the scale bar that was found",
    )
    st.caption("Draw a rectangle round the scale bar if the one found, in orange, is not right.")
    return bar


def _region(event: object, shape: tuple[int, int]) -> tuple[int, int, int, int] | None:
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


def _scale_of(bar: ScaleBar | None, work: Work, micrograph: Micrograph) -> Scale | None:
    if bar is None:
        st.warning("No scale bar was found. Draw a rectangle round it, or type the scale.")
        return None
    st.write(f"The bar is **{bar.length_px:.1f} px** long.")
    number, unit = st.columns([2, 1])
    length = number.number_input(
        "Its label says",
        min_value=0.0,
        value=work.bar_label_nm,
        step=1.0,
        help="The number written beside the bar.",
        key=f"scale.label.{micrograph.id}",
        persist_state="session",
    )
    spelled = unit.selectbox("Unit", UNITS, key=f"scale.unit.{micrograph.id}", persist_state="session")
    if not length:
        st.info("Type the number that is written beside the bar.")
        return None
    return scale_from_bar(bar, length, spelled)


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


def _show(scale: Scale | None, micrograph: Micrograph) -> None:
    rows, columns = micrograph.shape
    if scale is None:
        st.metric("Scale", "not set", help="Sizes are in pixels until it is.", border=True)
        return
    st.metric("Scale", f"{scale.nm_per_px:.4g} nm / px", border=True, help=f"Source: {scale.source}.")
    st.caption(
        f"Source: {scale.source}"
        + (f", ± {100 * scale.relative_uncertainty:.1f} %" if scale.relative_uncertainty else "")
        + f". The field is {columns * scale.nm_per_px:.4g} × {rows * scale.nm_per_px:.4g} nm."
    )
