import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.figures.histograms import grey_histogram

IMAGE = draw((120, 160), disc_grid(3, 4, pitch_px=40, diameter_px=24))[0]


def test_bars_are_percent_of_the_pixels() -> None:
    figure = grey_histogram(IMAGE)
    (bars,) = figure.data
    assert bars.y.sum() == pytest.approx(100)
    assert bars.x[0] == pytest.approx(60, abs=1)
    assert bars.x[-1] == pytest.approx(180, abs=1)
    assert bars.y[-1] == pytest.approx(100 * (IMAGE > 179).mean(), abs=0.5)
    assert np.diff(bars.x) == pytest.approx(bars.width[:-1])


def test_axes_and_bars_say_what_they_are() -> None:
    figure = grey_histogram(IMAGE)
    assert figure.layout.xaxis.title.text == "Grey level"
    assert figure.layout.yaxis.title.text == "Pixels (%)"
    assert "Grey level %{x" in figure.data[0].hovertemplate
    assert "% of the pixels" in figure.data[0].hovertemplate


@pytest.mark.parametrize(("threshold", "n_lines"), [(128.0, 1), (0.0, 1), (None, 0), (float("nan"), 0)])
def test_a_threshold_is_a_line(threshold: float | None, n_lines: int) -> None:
    figure = grey_histogram(IMAGE, threshold=threshold)
    assert [(line.x0, line.x1) for line in figure.layout.shapes] == [(threshold, threshold)] * n_lines
    assert [note.text for note in figure.layout.annotations] == ["threshold"] * n_lines


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_sample_of_a_large_image_has_the_same_histogram(dtype) -> None:
    levels = np.random.default_rng(0).normal(120, 20, (1500, 1500)).clip(0, 255).astype(dtype)
    (bars,) = grey_histogram(levels).data
    mean = np.average(bars.x, weights=bars.y)
    assert mean == pytest.approx(float(levels.mean(dtype=float)), abs=1)
    assert bars.y.sum() == pytest.approx(100)


def test_an_image_of_one_grey_is_one_bar() -> None:
    (bars,) = grey_histogram(np.full((20, 20), 7, np.uint8)).data
    assert sorted(bars.y)[-2:] == [0, 100]
    assert bars.x[np.argmax(bars.y)] == pytest.approx(7, abs=0.01)
