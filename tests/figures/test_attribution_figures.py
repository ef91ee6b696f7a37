"""Figures of maps: what is drawn is what was found."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from nanotem.explanation.faithfulness import Curve
from nanotem.figures.attribution import MapStyle, attribution_figure, attribution_png, causal_figure

BACKDROP = np.zeros((64, 64), np.float32)
MASK = (np.hypot(*(np.indices((64, 64)) - 31.5)) < 20).astype(np.float32)
SIGNED = np.where(np.arange(64) < 32, -1, 2).astype(np.float32) * np.ones((64, 1), np.float32)


def test_zero_is_in_the_middle_of_a_signed_scale_and_at_the_end_of_another() -> None:
    for signed, low in ((True, -2), (False, 0)):
        figure = attribution_figure(BACKDROP, SIGNED, MASK, signed=signed, scale_title="for ICO")
        heatmap = figure.data[1]
        assert (heatmap.zmin, heatmap.zmax) == (low, 2)
        assert heatmap.colorbar.title.text == "for ICO"


def test_single_strong_pixels_do_not_hide_the_rest() -> None:
    values = np.ones((64, 64), np.float32)
    values[0, 0] = 1000
    assert attribution_figure(BACKDROP, values, MASK, signed=False, scale_title="").data[1].zmax == 1


def test_style_changes_no_value() -> None:
    plain, other = (
        attribution_figure(BACKDROP, SIGNED, MASK, signed=False, scale_title="", style=style)
        for style in (None, MapStyle(0.2, "Viridis"))
    )
    assert other.data[1].opacity == 0.2
    assert other.data[1].colorscale != plain.data[1].colorscale
    np.testing.assert_array_equal(other.data[1].z, plain.data[1].z)


def test_a_png_is_coloured_and_says_where_it_comes_from() -> None:
    file = attribution_png(BACKDROP, SIGNED, signed=True, description={"method": "rise"}, style=MapStyle(1.0))
    with Image.open(io.BytesIO(file)) as image:
        assert json.loads(image.text["nanotem"]) == {"method": "rise"}
        left, right = (np.array(image.convert("RGB"))[256, x].astype(int) for x in (100, 400))
    assert left[2] > left[0]
    assert right[0] > right[2]


@pytest.mark.parametrize("values", [np.zeros((64, 64), np.float32), np.full((64, 64), 3, np.float32)])
def test_flat_maps_can_be_drawn(values: np.ndarray) -> None:
    assert attribution_figure(BACKDROP, values, MASK, signed=True, scale_title="").data[1].zmax > 0
    assert attribution_png(BACKDROP, values, signed=False, description={}).startswith(b"\x89PNG")


def test_curves_are_named_with_their_area() -> None:
    curve = Curve(np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.5, 0.0]))
    figure = causal_figure({"RISE": curve}, removing=True)
    assert figure.data[0].name == "RISE (0.50)"
    assert "removed" in figure.layout.xaxis.title.text
