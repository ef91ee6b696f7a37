import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.figures.edges import edge_profile
from nanotem.outlines import EdgeReport, trace_outlines


@pytest.fixture(scope="module")
def report() -> EdgeReport:
    grey, labels = draw((200, 200), disc_grid(3, 3, pitch_px=66, diameter_px=40))
    return trace_outlines(grey, labels).report


@pytest.mark.parametrize(("nm_per_px", "unit"), [(None, "px"), (0.5, "nm")])
def test_profile_and_fit_agree_in_the_unit_of_the_axis(report: EdgeReport, nm_per_px: float | None, unit: str) -> None:
    figure = edge_profile(report, nm_per_px=nm_per_px)
    assert figure.layout.xaxis.title.text == f"Depth below the outline ({unit})"
    seen, fit = figure.data
    np.testing.assert_allclose(seen.x, report.profile.depth_px * (nm_per_px or 1))
    assert np.abs(np.array(seen.y) - np.array(fit.y)).max() < 0.05
    assert fit.name == "Fit: flat"
