"""The solids against textbook geometry."""

from math import acos, degrees, pi, sqrt

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.synthetic.crystals import (
    cube,
    cuboctahedron,
    decahedron,
    dodecahedron,
    icosahedron,
    octahedron,
    prism,
    rhombic_dodecahedron,
    tetrahedron,
    trigonal_bipyramid,
    truncated_cube,
    truncated_octahedron,
)
from nanotem.synthetic.polyhedra import Polyhedron
from nanotem.synthetic.pose import towards_beam

TEXTBOOK = {
    "cube": (cube(), 6, 8, 0.806),
    "octahedron": (octahedron(), 8, 6, 0.846),
    "cuboctahedron": (cuboctahedron(), 14, 12, 0.905),
    "tetrahedron": (tetrahedron(), 4, 4, 0.671),
    "icosahedron": (icosahedron(), 20, 12, 0.939),
    "dodecahedron": (dodecahedron(), 12, 20, 0.911),
    "decahedron": (decahedron(), 10, 7, 0.797),
    "Ino decahedron": (decahedron(side=0.3), 15, 12, 0.910),
    "truncated trigonal bipyramid": (trigonal_bipyramid(0.35), 8, 9, 0.798),
    "truncated octahedron": (truncated_octahedron(), 14, 24, 0.910),
    "rhombic dodecahedron": (rhombic_dodecahedron(), 12, 14, 0.905),
}
RADII = {"cube": 1.732, "octahedron": 1.732, "cuboctahedron": 1.414, "tetrahedron": 3.0, "icosahedron": 1.258}
GOLDEN = (1 + sqrt(5)) / 2


@pytest.fixture(params=TEXTBOOK)
def textbook(request):
    return TEXTBOOK[request.param]


def test_a_solid_has_the_volume_of_the_sphere_of_diameter_1(textbook) -> None:
    assert textbook[0].volume == pytest.approx(pi / 6)
    assert textbook[0].hull.volume == pytest.approx(pi / 6)


def test_faces_and_corners_are_those_of_the_textbook(textbook) -> None:
    solid, n_faces, n_corners, _ = textbook
    assert np.count_nonzero(solid.hull.face_areas() > 1e-9) == n_faces
    assert len(solid.hull.vertices) == n_corners


def test_sphericity_is_that_of_the_textbook(textbook) -> None:
    solid, _, _, sphericity = textbook
    assert pi / solid.hull.face_areas().sum() == pytest.approx(sphericity, abs=0.001)


@pytest.mark.parametrize(("name", "ratio"), RADII.items())
def test_the_spheres_around_and_inside_have_the_ratio_of_the_textbook(name, ratio) -> None:
    hull = TEXTBOOK[name][0].hull
    inner = (hull.offsets / np.linalg.norm(hull.normals, axis=1)).min()
    assert TEXTBOOK[name][0].reach / inner == pytest.approx(ratio, abs=0.001)


@pytest.mark.parametrize(("solid", "n"), [(icosahedron(), 20), (decahedron(), 5), (trigonal_bipyramid(0.4), 2)])
def test_twins_fill_their_hull(solid, n) -> None:
    assert solid.n_grains == n
    assert [grain.volume for grain in solid.grains] == pytest.approx([pi / 6 / n] * n)


def test_one_parameter_leads_from_the_cube_over_the_cuboctahedron_to_the_octahedron() -> None:
    for truncation, solid in ((0, cube()), (1, cuboctahedron()), (2, octahedron())):
        same = truncated_cube(truncation, "any")
        assert same.reach == pytest.approx(solid.reach)
        assert same.hull.face_areas().sum() == pytest.approx(solid.hull.face_areas().sum())


def test_a_marks_decahedron_is_hollowed_at_its_twin_planes() -> None:
    marks = decahedron(side=0.1, length=0.2, groove=0.2)
    assert marks.volume == pytest.approx(pi / 6)
    assert marks.hull.volume > 1.005 * marks.volume


@pytest.mark.parametrize("aspect", [1.0, 3.0])
def test_a_prism_has_its_aspect_ratio(aspect) -> None:
    corners = prism(6, aspect, "rod").hull.vertices
    across = 2 * np.hypot(*corners.T[:2]).max() * sqrt(3) / 2
    assert np.ptp(corners[:, 2]) / across == pytest.approx(aspect)


def outline_along(solid, direction):
    return solid.outline(towards_beam(np.array(direction, float))).corners


def angles_deg(corners) -> list[float]:
    """Return the inner angles of a polygon, sorted."""
    to_next = np.roll(corners, -1, axis=0) - corners
    to_last = np.roll(corners, 1, axis=0) - corners
    cosines = (to_next * to_last).sum(axis=1) / np.hypot(*to_next.T) / np.hypot(*to_last.T)
    return sorted(degrees(acos(value)) for value in cosines)


def circularity(corners) -> float:
    x, y = corners.T
    area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    return 4 * pi * area / np.hypot(*(np.roll(corners, -1, axis=0) - corners).T).sum() ** 2


REGULAR = {
    "square": (
        4,
        [(cube(), (0, 0, 1)), (cuboctahedron(), (0, 0, 1)), (octahedron(), (0, 0, 1)), (tetrahedron(), (0, 0, 1))],
    ),
    "triangle": (3, [(tetrahedron(), (1, 1, 1)), (trigonal_bipyramid(0.3), (0, 0, 1))]),
    "hexagon": (
        6,
        [(cube(), (1, 1, 1)), (cuboctahedron(), (1, 1, 1)), (octahedron(), (1, 1, 1)), (icosahedron(), (1, 1, 1))],
    ),
    "decagon": (10, [(icosahedron(), (0, 1, GOLDEN)), (dodecahedron(), (0, GOLDEN, 1))]),
}


@pytest.mark.parametrize("name", REGULAR)
def test_different_solids_have_the_same_regular_outline(name) -> None:
    n, views = REGULAR[name]
    for solid, direction in views:
        corners = outline_along(solid, direction)
        assert angles_deg(corners) == pytest.approx([180 - 360 / n] * n, abs=0.01)
        assert circularity(corners) == pytest.approx(pi / n / np.tan(pi / n), abs=1e-4)


@pytest.mark.parametrize(
    ("solid", "direction", "angles"),
    [
        (octahedron(), (1, 1, 0), [70.53, 70.53, 109.47, 109.47]),
        (decahedron(), (1, 0, 0), [66.04, 66.04, 113.96, 113.96]),
    ],
    ids=["octahedron along 110", "decahedron edge-on"],
)
def test_the_rhombi_of_octahedron_and_decahedron_are_nearly_alike(solid, direction, angles) -> None:
    assert angles_deg(outline_along(solid, direction)) == pytest.approx(angles, abs=0.05)


def test_faces_that_leave_a_solid_open_are_refused() -> None:
    with pytest.raises(ParameterError, match="faces on all sides"):
        _ = Polyhedron(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]), np.ones(3)).vertices


def test_faces_that_enclose_nothing_are_refused() -> None:
    with pytest.raises(ParameterError, match="enclose no solid"):
        _ = Polyhedron(np.vstack([np.eye(3), -np.eye(3)]), np.array([1.0, 1, 1, -2, 1, 1])).vertices


@pytest.mark.parametrize("cap", [0, 1, -0.2])
def test_a_bipyramid_cut_to_nothing_is_refused(cap) -> None:
    with pytest.raises(ParameterError, match=f"cut at {cap:g}"):
        trigonal_bipyramid(cap)
