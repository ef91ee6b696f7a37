import cv2
import numpy as np
import pytest

from nanotem.calibration import BoxEdit, find_annotations, find_scale_bar

SHAPE = (400, 520)
BAR = np.s_[370:376, 40:180]


def support(level=128):
    return np.clip(np.random.default_rng(0).normal(level, 8, SHAPE), 0, 255).astype(np.uint8)


def written():
    """Return where bar and label are burnt in, True also in their half-lit rims."""
    canvas = np.zeros(SHAPE, np.uint8)
    canvas[BAR] = 255
    cv2.putText(canvas, "100 nm", (60, 362), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 255, 2, cv2.LINE_AA)
    return canvas > 0


def burn(pixels, grey):
    pixels = pixels.copy()
    pixels[BAR] = grey
    cv2.putText(pixels, "100 nm", (60, 362), cv2.FONT_HERSHEY_SIMPLEX, 0.9, int(grey), 2, cv2.LINE_AA)
    return pixels


def annotate(pixels):
    return find_annotations(pixels, find_scale_bar(pixels))


@pytest.mark.parametrize("grey", [0, 255])
def test_mask_covers_bar_and_label_and_little_else(grey):
    annotations = annotate(burn(support(), grey))
    writing = written()
    assert annotations.mask[writing].all()
    near = cv2.dilate(writing.astype(np.uint8), np.ones((9, 9))).astype(bool)
    assert not annotations.mask[~near].any()
    assert annotations.frame == (0, 0, *SHAPE)


@pytest.mark.parametrize("grey", [0, 255])
def test_saturated_particles_near_the_bar_are_kept(grey):
    pixels = support()
    particles = np.zeros(SHAPE, np.uint8)
    for row, column in ((355, 215), (355, 250), (330, 40), (385, 15), (300, 120)):
        cv2.circle(particles, (column, row), 12, 1, -1)
    pixels[particles > 0] = grey
    annotations = annotate(burn(pixels, grey))
    assert annotations.mask[written()].all()
    assert not annotations.mask[particles > 0].any()


@pytest.mark.parametrize(("strip", "grey"), [(0, 255), (255, 0)])
@pytest.mark.parametrize("side", ["bottom", "top"])
def test_info_strip_is_cut_away(strip, grey, side):
    pixels = support()
    pixels[330:] = strip
    pixels = burn(pixels, grey)
    if side == "top":
        pixels = np.roll(pixels, 70, axis=0)
    annotations = annotate(pixels)
    expected = (0, 0, 330, 520) if side == "bottom" else (70, 0, 400, 520)
    assert annotations.frame == expected
    top, left, bottom, right = expected
    assert not annotations.mask[top:bottom, left:right].any()
    assert annotations.mask.sum() == 70 * 520


def test_strips_at_left_and_right_are_cut_away_without_a_bar():
    pixels = support()
    pixels[:, :40], pixels[:, 490:] = 0, 255
    assert find_annotations(pixels, None).frame == (0, 40, 400, 490)


def test_white_box_behind_the_label_is_masked_whole():
    pixels = support()
    pixels[325:390, 30:200] = 255
    annotations = annotate(burn(pixels, 0))
    assert annotations.mask[325:390, 30:200].all()
    assert annotations.mask.sum() == 65 * 170


@pytest.mark.parametrize("level", [0, 128, 255])
def test_plain_image_is_no_strip(level):
    annotations = find_annotations(np.full(SHAPE, level, np.uint8), None)
    assert not annotations.mask.any()
    assert annotations.frame == (0, 0, *SHAPE)


def test_particles_on_a_saturated_background_are_no_strip():
    pixels = np.full(SHAPE, 255, np.uint8)
    for column in range(20, 520, 60):
        cv2.circle(pixels, (column, 60), 22, 0, -1)
    assert not find_annotations(pixels, None).mask.any()


def test_shade_that_fades_into_the_image_is_no_strip():
    shade = np.clip(np.arange(400)[::-1, None] - 60.0, 0, 128) * np.ones(520)
    assert find_annotations(shade.astype(np.uint8), None).frame == (0, 0, *SHAPE)


def test_boxes_are_added_and_taken_by_hand_in_their_order():
    found = find_annotations(np.full(SHAPE, 128, np.uint8), None)
    edited = found.edited([BoxEdit((10, 20, 30, 40), True), BoxEdit((-5, 0, 20, 600), False)])
    assert edited.mask[20:30, 20:40].all()
    assert edited.mask.sum() == 10 * 20
    assert not found.mask.any()
    assert edited.frame == found.frame
