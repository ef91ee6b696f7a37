"""Charts for papers: in every file type, of the width that was asked for, with what the page shows."""

import re
from io import BytesIO

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from PIL import Image

from nanotem.errors import ParameterError
from nanotem.figures.compare import cumulative_curves, violins
from nanotem.figures.printed import WIDTHS_MM, printed_chart, printed_outlines
from nanotem.figures.sizes import cumulative_curve, size_histogram

MM_PER_POINT = 25.4 / 72
SIZES = np.random.default_rng(8).normal(20, 2, 200)
HISTOGRAM = size_histogram(SIZES, np.linspace(14, 26, 13))


@pytest.mark.parametrize("width", WIDTHS_MM)
def test_the_width_is_that_of_a_column(width: str) -> None:
    width_mm = WIDTHS_MM[width]
    svg = printed_chart(HISTOGRAM, "svg", width_mm=width_mm).decode()
    points = float(re.search(r'<svg[^>]* width="([\d.]+)pt"', svg)[1])
    assert points * MM_PER_POINT == pytest.approx(width_mm, rel=1e-3)
    png = Image.open(BytesIO(printed_chart(HISTOGRAM, "png", width_mm=width_mm)))
    assert png.width == pytest.approx(width_mm / 25.4 * 600, abs=2)


def test_fonts_of_a_pdf_are_inside_and_can_be_edited() -> None:
    pdf = printed_chart(HISTOGRAM, "pdf")
    assert pdf.startswith(b"%PDF")
    assert b"/Type3" not in pdf
    assert b"/FontFile2" in pdf


def test_equal_charts_are_equal_files() -> None:
    for file_type in ("svg", "pdf", "png"):
        assert printed_chart(HISTOGRAM, file_type) == printed_chart(HISTOGRAM, file_type)


def test_every_bar_and_curve_is_drawn() -> None:
    figure = size_histogram(SIZES, np.linspace(14, 26, 13))
    figure.add_scatter(x=[15, 20, 25], y=[0, 40, 0], mode="lines", name="Curve", line={"color": "#123456"})
    before, after = (printed_chart(one, "svg").decode() for one in (HISTOGRAM, figure))
    assert before.count("#56b4e9") == 12
    assert "#123456" not in before
    assert "#123456" in after


def test_samples_side_by_side() -> None:
    rows = [("a", "1", 10.0), ("a", "2", 12.0), ("a", "2", 13.0), ("b", "3", 20.0)]
    table = pd.DataFrame(rows, columns=["sample", "image", "diameter_nm"]).assign(weight=1.0)
    for figure in (violins(table), cumulative_curves(table), cumulative_curve(SIZES)):
        assert b"</svg>" in printed_chart(figure, "svg")


def test_outlines_lie_on_the_micrograph_as_lines() -> None:
    square = np.array([[10.0, 10], [20, 10], [20, 20], [10, 20]])
    svg = printed_outlines(np.full((60, 80), 120, np.uint8), {1: [square], 5: [square + 30]}, "svg").decode()
    assert svg.count("stroke: #ffb000") == 2
    assert "data:image/png;base64" in svg


def test_bands_and_heat_maps_are_printed() -> None:
    x = np.arange(5.0)
    band = go.Figure()
    band.add_scatter(x=x, y=x, line={"width": 0}, mode="lines", showlegend=False)
    band.add_scatter(
        x=x, y=x + 1, line={"width": 0}, mode="lines", fill="tonexty", fillcolor="rgba(10, 200, 30, 0.5)", name="Band"
    )
    band.add_scatter(x=x, y=x + 0.5, line={"color": "#0000ff"}, name="Mean", mode="lines")
    drawn = printed_chart(band, "svg").decode()
    assert "fill: #0ac81e; fill-opacity: 0.5" in drawn
    assert drawn.count("stroke: #0000ff") >= 1
    heat = go.Figure(go.Heatmap(x=x, y=x, z=np.add.outer(x, x), colorbar={"title": "Particles"}))
    assert printed_chart(heat, "svg").count(b"<image") >= 1
    assert b"<image" not in printed_chart(band, "svg")


def test_what_no_paper_chart_has_is_refused() -> None:
    with pytest.raises(ParameterError, match="pie"):
        printed_chart(go.Figure(go.Pie(values=[1, 2])), "svg")


def test_a_noisy_micrograph_of_a_megapixel_is_a_file_that_can_be_sent() -> None:
    noisy = np.random.default_rng(0).normal(150, 12, (1024, 1024)).clip(0, 255).astype(np.uint8)
    assert len(printed_outlines(noisy, {}, "pdf")) < 1_100_000
