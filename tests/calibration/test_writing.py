import cv2
import numpy as np
import pytest

from nanotem.calibration import find_annotations
from nanotem.calibration.ocr import Text
from nanotem.calibration.writing import find_writing

SHAPE = (400, 500)


def support(level=128):
    return np.clip(np.random.default_rng(3).normal(level, 8, SHAPE), 0, 255).astype(np.uint8)


def write(text, *, ink, place=(12, 42)):
    """Return a picture with text, and where its full strokes are."""
    pixels, canvas = support(), np.zeros(SHAPE, np.uint8)
    for target, grey in ((pixels, ink), (canvas, 255)):
        cv2.putText(target, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1, grey, 3, cv2.LINE_AA)
    return pixels, canvas > 200


@pytest.mark.parametrize("ink", [0, 255])
@pytest.mark.parametrize("text", ["(a)", "(c)", "B", "d", "e)"])
def test_letters_in_a_corner_are_found_whole_and_nothing_else(text, ink):
    pixels, strokes = write(text, ink=ink)
    mask = find_writing(pixels)
    assert mask[strokes].all()
    near = cv2.dilate(strokes.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    assert not mask[~near].any()


def test_the_thin_strokes_of_a_letter_are_found_and_a_particle_that_touches_them_kept():
    """Of an A that was made smaller, the left stroke and the bar are half as dark as the right stroke."""
    fine = np.zeros((8 * SHAPE[0], 8 * SHAPE[1]), np.uint8)
    for start, end, width_px in (((30, 25), (50, 68), 6), ((30, 25), (12, 68), 2), ((21, 50), (38, 50), 2)):
        cv2.line(fine, *(tuple(8 * at for at in point) for point in (start, end)), 255, 8 * width_px)
    strokes = cv2.GaussianBlur(cv2.resize(fine, SHAPE[::-1], interpolation=cv2.INTER_AREA), (0, 0), 0.9) / 255.0
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    disc = np.hypot(rows - 84, columns - 14) < 16
    pixels = (support(150) * (1 - np.maximum(strokes, 0.6 * disc))).astype(np.uint8)
    mask = find_writing(pixels)
    assert mask[(strokes > 0.55) & ~disc].all()
    assert mask[disc].mean() < 0.1
    assert not mask[rows > 110].any()


@pytest.mark.parametrize("place", [(12, 42), (430, 42), (12, 385), (430, 385)])
def test_every_corner_is_looked_at(place):
    pixels, strokes = write("(b)", ink=0, place=place)
    assert find_writing(pixels)[strokes].all()


@pytest.mark.parametrize("ink", [0, 255])
@pytest.mark.parametrize("text", ["500.0nm", "Sample 3B", "(b)"])
def test_text_is_found_wherever_it_stands(text, ink):
    pixels, strokes = write(text, ink=ink, place=(170, 200))
    mask = find_writing(pixels)
    assert mask[strokes].all()
    near = cv2.dilate(strokes.astype(np.uint8), np.ones((15, 15), np.uint8))
    box = cv2.boundingRect(near)
    assert not mask[~box_of(box)].any()


def box_of(rectangle):
    inside = np.zeros(SHAPE, bool)
    left, top, width, height = rectangle
    inside[top : top + height, left : left + width] = True
    return inside


def test_the_blank_between_two_words_is_no_micrograph():
    pixels, strokes = write("200 nm", ink=0, place=(170, 200))
    rows, columns = np.nonzero(strokes)
    x_height = rows.max() - 5
    assert find_writing(pixels)[x_height, columns.min() : columns.max()].all()


@pytest.mark.parametrize("ink", [0, 255])
def test_a_letter_without_an_eye_is_read(ink):
    pixels, strokes = write("C", ink=ink)
    assert find_writing(pixels)[strokes].all()


def test_what_was_read_elsewhere_is_taken():
    pixels, strokes = write("C", ink=0, place=(200, 200))
    assert not find_writing(pixels).any()
    assert find_writing(pixels, [Text("C", 0.95, (168, 192, 210, 232))])[strokes].all()
    assert not find_writing(pixels, [Text("o", 0.95, (168, 192, 210, 232))]).any()


def arrow(angle, tip=(250, 200)):
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    neck, tail = tip - 16 * along, tip - 45 * along
    sides = ((neck, 8), (neck, 2), (tail, 2), (tail, -2), (neck, -2), (neck, -8))
    return np.round([tip, *(place + way * across for place, way in sides)]).astype(np.int32)


@pytest.mark.parametrize("ink", [0, 255])
@pytest.mark.parametrize("angle", [0.0, 0.7, 2.0, 4.0])
def test_arrows_are_found_and_the_particles_they_point_at_kept(angle, ink):
    pixels, drawn = support(), np.zeros(SHAPE, np.uint8)
    for target, grey in ((pixels, ink), (drawn, 255)):
        cv2.fillPoly(target, [arrow(angle)], grey)
    particle = np.zeros(SHAPE, np.uint8)
    centre = np.array((250, 200)) + 16 * np.array([np.cos(angle), np.sin(angle)])
    cv2.circle(particle, np.round(centre).astype(int).tolist(), 12, 255, -1)
    pixels[particle > 0] = 60
    mask = find_writing(pixels)
    assert mask[drawn > 0].all()
    assert not mask[particle > 0].any()


def test_the_outline_of_an_inset_is_found_and_its_inside_kept():
    pixels = support()
    cv2.rectangle(pixels, (300, 100), (420, 220), 255, 3)
    mask = find_writing(pixels)
    assert mask[99:102, 299:422].all()
    assert not mask[110:210, 310:410].any()


def test_rods_in_rows_and_rings_are_no_writing():
    pixels = support()
    for column in range(40, 400, 30):
        cv2.ellipse(pixels, (column, 200), (5, 22), 0, 0, 360, 0, -1)
    for row, column in ((100, 100), (100, 150), (100, 200), (320, 250)):
        cv2.circle(pixels, (column, row), 15, 0, 5)
    assert not find_writing(pixels).any()


def test_gaps_between_packed_spheres_are_no_writing():
    """Three gaps in a row have the shapes and strokes of letters."""
    pixels = np.full(SHAPE, 10, np.uint8)
    for row in range(9):
        for column in range(10):
            cv2.circle(pixels, (56 * column + 28 * (row % 2), 49 * row + 3 * (-1) ** column), 26, 130, -1, cv2.LINE_AA)
    assert find_writing(pixels).mean() < 0.01


def test_saturated_rods_that_cross_are_no_writing():
    def masked(seed):
        rng = np.random.default_rng(seed)
        pixels = support(245)
        for row, column, turn in zip(*(rng.uniform(0, far, 90) for far in (*SHAPE, np.pi)), strict=True):
            step = 22 * np.array([np.cos(turn), np.sin(turn)])
            start, end = (np.rint((column, row) + sign * step).astype(int).tolist() for sign in (-1, 1))
            cv2.line(pixels, start, end, 20, 9, cv2.LINE_AA)
        return find_writing(pixels).mean()

    assert np.median([masked(seed) for seed in range(7)]) < 0.02


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (0, 255)])
@pytest.mark.parametrize("left", [0, 12])
def test_a_box_with_a_letter_is_found_whole(paper, ink, left):
    pixels = support()
    pixels[:50, left : left + 60] = paper
    cv2.putText(pixels, "c", (left + 20, 36), cv2.FONT_HERSHEY_SIMPLEX, 1, ink, 3, cv2.LINE_AA)
    mask = find_writing(pixels)
    assert mask[:50, left : left + 60].all()
    assert not mask[55:].any()
    assert not mask[:, left + 66 :].any()


@pytest.mark.parametrize("grey", [0, 255])
def test_saturated_particles_in_a_corner_are_kept(grey):
    pixels = support()
    for row, column in ((20, 20), (20, 52), (60, 30), (380, 470)):
        cv2.circle(pixels, (column, row), 16, grey, -1)
    cv2.rectangle(pixels, (10, 330), (60, 345), grey, -1)
    cv2.ellipse(pixels, (470, 40), (8, 30), 20, 0, 360, grey, -1)
    assert not find_writing(pixels).any()


def test_a_hollow_particle_is_no_letter():
    pixels = support()
    cv2.circle(pixels, (40, 40), 24, 0, -1)
    cv2.circle(pixels, (40, 40), 14, 60, -1)
    assert not find_writing(pixels).any()


def test_an_empty_box_is_kept():
    pixels = support()
    pixels[:50, :60] = 0
    assert not find_writing(pixels).any()


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (40, 40)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_tiny_and_plain_images_pass(shape, grey):
    assert not find_writing(np.full(shape, grey, np.uint8)).any()


def test_annotations_hold_panel_labels_without_a_bar_and_beside_an_info_strip():
    pixels, strokes = write("(a)", ink=0, place=(12, 382))
    with_strip = np.vstack([pixels, np.zeros((40, SHAPE[1]), np.uint8)])
    annotations = find_annotations(with_strip, None)
    assert annotations.frame == (0, 0, *SHAPE)
    assert annotations.mask[: SHAPE[0]][strokes].all()
    assert not annotations.mask[:300].any()


@pytest.mark.parametrize("seed", [1, 3, 7, 10])
def test_the_grain_of_a_dark_disc_in_a_corner_makes_no_letter_of_it(seed):
    pixels, rng = support(200).astype(float), np.random.default_rng(seed)
    centre, radius = tuple(rng.integers(30, 60, 2).tolist()), int(rng.integers(15, 24))
    disc = cv2.circle(np.zeros(SHAPE, np.uint8), centre, radius, 1, -1) > 0
    pixels[disc] = 36 + rng.normal(0, 8, int(disc.sum()))
    assert not find_writing(np.clip(pixels, 0, 255).astype(np.uint8)).any()


def test_an_arrow_close_between_particles_of_nearly_its_grey_is_found():
    """Three pixels from its rim lie particles that are less far from its grey than the support is."""
    pixels, canvas = support(70), np.zeros(SHAPE, np.uint8)
    corners = arrow(0.6)
    cv2.fillPoly(canvas, [corners], 1)
    near = cv2.dilate(canvas, np.ones((5, 5), np.uint8))
    for row, column in corners[1:]:
        cv2.circle(pixels, (int(row), int(column)), 12, 190, -1)
    pixels[near > 0] = 70
    pixels[canvas > 0] = 255
    assert find_writing(pixels)[canvas > 0].all()


def test_a_particle_in_the_wide_blank_of_a_typewriter_is_kept():
    pixels, strokes = write("le", ink=255, place=(150, 200))
    more, strokes_behind = write("3B", ink=255, place=(212, 200))
    pixels, strokes = np.where(strokes_behind, more, pixels), strokes | strokes_behind
    left = np.flatnonzero(strokes[:, :205].any(axis=0)).max() + 4
    right = np.flatnonzero(strokes[:, 210:].any(axis=0)).min() + 206
    disc = cv2.circle(np.zeros(SHAPE, np.uint8), ((left + right) // 2, 196), (right - left) // 2, 1, -1) > 0
    pixels[disc] = 60
    mask = find_writing(pixels)
    assert mask[strokes].all()
    assert mask[disc].mean() < 0.05
