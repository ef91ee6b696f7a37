import cv2
import numpy as np
import pytest
from drawing import Particle, disc_grid, draw

from nanotem.figures.outlines import outline_polygons

SHAPE = (120, 160)
DISCS = draw(SHAPE, disc_grid(3, 4, pitch_px=40, diameter_px=30))[1]


def filled(polygon: list[int]):
    picture = np.zeros(SHAPE, np.uint8)
    cv2.fillPoly(picture, [np.reshape(polygon, (-1, 2))], 1)
    return picture.astype(bool)


def test_a_polygon_fills_its_particle_with_few_points() -> None:
    polygons = outline_polygons(DISCS)
    assert list(polygons) == list(range(1, 13))
    for label, polygon in polygons.items():
        mask = label == DISCS
        (contour,), _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        assert len(polygon) < 0.6 * contour.size
        assert (filled(polygon) ^ mask).sum() <= 0.02 * mask.sum()
        corners, border = np.reshape(polygon, (-1, 2)), contour[:, 0].astype(float)
        assert max(abs(cv2.pointPolygonTest(corners, tuple(point), True)) for point in border) < 0.5


def test_points_are_column_then_row_of_pixel_centres() -> None:
    labels = np.zeros(SHAPE, np.int32)
    labels[10:15, 30:51] = 4
    points = np.reshape(outline_polygons(labels)[4], (-1, 2))
    assert {tuple(point) for point in points.tolist()} == {(30, 10), (50, 10), (50, 14), (30, 14)}


def test_numbers_may_be_missing_and_particles_may_touch_each_other_and_the_frame() -> None:
    labels = draw(SHAPE, [Particle(0, 0, 40), Particle(60, 60, 40), Particle(60, 100, 40), Particle(119, 159, 30)])[1]
    labels = np.where(labels > 0, 10 * labels + 65_000, 0).astype(np.int32)
    polygons = outline_polygons(labels)
    assert list(polygons) == [65_010, 65_020, 65_030, 65_040]
    for label, polygon in polygons.items():
        mask = labels == label
        assert (filled(polygon) ^ mask).sum() <= 0.02 * mask.sum()


def test_the_largest_piece_and_the_outer_border_are_outlined() -> None:
    labels = np.zeros(SHAPE, np.int32)
    labels[10:60, 10:60] = labels[80:90, 80:90] = 1
    labels[20:50, 20:50] = 0
    labels[30:40, 30:40] = 2
    polygons = outline_polygons(labels)
    assert filled(polygons[1]).sum() == 50 * 50
    assert filled(polygons[2]).sum() == 10 * 10


@pytest.mark.parametrize(("rows", "columns", "n_points"), [(1, 1, 1), (1, 2, 2), (3, 1, 2)])
def test_particles_of_a_few_pixels_keep_every_one(rows: int, columns: int, n_points: int) -> None:
    labels = np.zeros(SHAPE, np.int32)
    labels[50 : 50 + rows, 70 : 70 + columns] = 1
    polygon = outline_polygons(labels)[1]
    assert len(polygon) == 2 * n_points
    assert filled(polygon).sum() == rows * columns


def test_no_particles_have_no_outlines() -> None:
    assert outline_polygons(np.zeros(SHAPE, np.int32)) == {}
