import base64

import cv2
import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.calibration import ScaleBar
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


def test_a_region_can_be_drawn_round_the_bar_that_was_found() -> None:
    bar = ScaleBar(100.0, 42.5, 92.5, 4.0, "light", 0.9, (98, 43, 102, 93))
    figure = region_chooser(PICTURE, IMAGE.shape, bar)
    assert_shows_the_picture(figure)
    assert figure.layout.dragmode == "select"
    (mark,) = figure.layout.shapes
    assert (mark.x0, mark.x1) == (42.5, 92.5)
    assert mark.y0 < bar.row - 2
    assert mark.y1 > bar.row + 2


def test_a_region_is_chosen_from_points_all_over_the_image() -> None:
    figure = region_chooser(PICTURE, IMAGE.shape, None)
    assert figure.layout.shapes == ()
    (points,) = figure.data
    places = set(zip(points.x, points.y, strict=True))
    steps = [np.diff(sorted(set(values))).max() for values in (points.x, points.y)]
    assert max(steps) <= 3
    assert {(0, 0), (198, 118)} <= places
    assert len(places) <= 61 * 67
