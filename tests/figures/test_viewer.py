import base64

import cv2
import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.calibration import ScaleBar, ScaleReading
from nanotem.calibration.label import Label
from nanotem.figures.pictures import grey_picture
from nanotem.figures.viewer import particle_viewer, region_chooser
from nanotem.measurement import add_flag, in_nm, measure_particles
from nanotem.micrograph import Scale

IMAGE, LABELS = draw((120, 200), disc_grid(3, 5, pitch_px=40, diameter_px=24))
PICTURE = grey_picture(IMAGE, longest_px=100)
SCALE = Scale(0.5, "typed")
PARTICLES = add_flag(in_nm(measure_particles(LABELS, IMAGE), SCALE), "edited", [7])


def assert_shows_the_picture(figure) -> None:
    """Check that picture and axes are in image pixels, rows downwards, with square pixels."""
    (image,) = figure.layout.images
    assert (image.x, image.y, image.sizex, image.sizey) == (-0.5, -0.5, 200, 120)
    kind, data = image.source.split(",")
    assert kind == "data:image/jpeg;base64"
    shown = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape == PICTURE.shape == (60, 100, 3)
    assert figure.layout.xaxis.range == (-0.5, 199.5)
    assert figure.layout.yaxis.range == (119.5, -0.5)
    assert figure.layout.yaxis.scaleanchor == "x"


@pytest.mark.parametrize(("scale", "unit", "per_px"), [(SCALE, "nm", 0.5), (None, "px", 1)])
def test_hovering_a_particle_tells_number_size_and_flags(scale, unit: str, per_px: float) -> None:
    figure = particle_viewer(PICTURE, IMAGE.shape, PARTICLES, scale=scale)
    assert_shows_the_picture(figure)
    (markers,) = figure.data
    assert markers.x[6] == pytest.approx(60)
    assert markers.y[6] == pytest.approx(60)
    label, diameter, flags = markers.customdata[6]
    assert (label, flags) == (7, "edited")
    assert diameter == pytest.approx(24 * per_px, rel=0.02)
    assert markers.hovertemplate.startswith("Particle %{customdata[0]}<br>%{customdata[1]:.2f} " + unit)
    assert "%{customdata[2]}" in markers.hovertemplate


def test_without_particles_there_is_a_picture_without_markers() -> None:
    figure = particle_viewer(PICTURE, IMAGE.shape, PARTICLES.iloc[:0], scale=None)
    assert_shows_the_picture(figure)
    assert len(figure.data[0].x) == 0


BAR = ScaleBar(100.0, 42.5, 92.5, 4.0, "light", 0.9, (98, 43, 102, 93))
LABEL = Label(50.0, "nm", 50.0, (80, 50, 92, 85), "50 nm", 0.9)


@pytest.mark.parametrize(("bar", "label"), [(None, None), (BAR, None), (BAR, LABEL)])
def test_a_region_can_be_drawn_round_the_bar_and_the_label_that_were_read(bar, label) -> None:
    reading = ScaleReading(bar, label, None, 0.0, False, (), "")
    figure = region_chooser(PICTURE, IMAGE.shape, reading)
    assert_shows_the_picture(figure)
    assert figure.layout.dragmode == "select"
    marks = {shape.line.dash: (shape.y0, shape.x0, shape.y1, shape.x1) for shape in figure.layout.shapes}
    assert len(marks) == (bar is not None) + (label is not None)
    if bar:
        top, left, bottom, right = marks["solid"]
        assert (left, right) == (42.5, 92.5)
        assert top < 98 < 102 < bottom
    if label:
        assert marks["dot"] == LABEL.box


def test_a_region_is_chosen_from_points_all_over_the_image() -> None:
    figure = region_chooser(PICTURE, IMAGE.shape, ScaleReading(None, None, None, 0.0, False, (), ""))
    (points,) = figure.data
    for values, side_px in ((points.x, 200), (points.y, 120)):
        steps = np.unique(values)
        assert np.diff(steps).max() <= 4
        assert (steps[0], steps[-1]) == (0, pytest.approx(side_px, abs=4))
    assert len(points.x) <= 5000


@pytest.mark.parametrize(
    ("shape", "height_px"), [((300, 600), 280), ((400, 400), 560), ((900, 300), 640), ((10, 900), 160)]
)
def test_a_figure_is_as_high_as_its_picture_needs(shape: tuple[int, int], height_px: int) -> None:
    assert particle_viewer(PICTURE, shape, PARTICLES, scale=None).layout.height == height_px
    chosen = region_chooser(PICTURE, shape, ScaleReading(None, None, None, 0.0, False, (), ""))
    assert chosen.layout.height == pytest.approx(np.clip(380 * shape[0] / shape[1], 160, 640))
