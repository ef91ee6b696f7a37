import cv2
import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, draw_mask

from nanotem.figures.pictures import (
    LABEL_COLOURS,
    basin_picture,
    encode,
    grey_picture,
    label_picture,
    neighbour_colours,
    outlined_picture,
    preview_scale,
    seed_picture,
)
from nanotem.labels import regions
from nanotem.micrograph import Labels
from nanotem.segmentation.seeds import distance_to_background

EMPTY = np.zeros((60, 80), np.int32)
DISCS = draw((120, 160), disc_grid(3, 4, pitch_px=40, diameter_px=30))[1]


def packed(gap_px: float, *, spread_px: float = 0.0) -> Labels:
    """Draw discs in a hexagonal packing, some of them smaller than their place."""
    generator = np.random.default_rng(0)
    pitch = 20 + gap_px
    places = [(row * np.sqrt(3) / 2, column + row % 2 / 2) for row in range(14) for column in range(14)]
    discs = [Particle(10 + pitch * y, 10 + pitch * x, 20 - generator.uniform(0, spread_px)) for y, x in places]
    return draw((300, 360), discs)[1]


def close_pairs(labels: Labels, reach_px: int) -> set[tuple[int, int]]:
    """Return the pairs of particles of which one reaches into the other's surroundings."""
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach_px + 1,) * 2)
    pairs = set()
    for label in np.unique(labels[labels > 0]):
        around = cv2.dilate((labels == label).astype(np.uint8), window) > 0
        pairs |= {(int(label), int(other)) for other in np.unique(labels[around]) if other > label}
    return pairs


@pytest.mark.parametrize(("gap_px", "spread_px"), [(-1, 0), (0, 0), (3, 0), (6, 0), (0, 6)])
def test_neighbours_differ_in_colour_when_packed(gap_px: float, spread_px: float) -> None:
    labels = packed(gap_px, spread_px=spread_px)
    colours = neighbour_colours(labels)
    assert set(colours) == set(np.unique(labels[labels > 0]))
    pairs = close_pairs(labels, reach_px=round(gap_px + spread_px / 2) + 2)
    assert len(pairs) > 400
    assert not [pair for pair in pairs if colours[pair[0]] == colours[pair[1]]]
    assert len(set(LABEL_COLOURS)) == len(LABEL_COLOURS)


def test_neighbours_differ_when_there_is_no_background_between_them() -> None:
    rows, columns = np.indices((96, 96)) // 12
    labels = (8 * rows + columns + 1).astype(np.int32)
    colours = neighbour_colours(labels)
    for one, other in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        for a, b in zip(one.ravel(), other.ravel(), strict=True):
            assert a == b or colours[a] != colours[b]


@pytest.mark.parametrize("offset", [0, 250, 65_530, 1_000_000])
def test_large_numbers_are_coloured_like_small_ones(offset: int) -> None:
    labels = np.where(DISCS > 0, DISCS + offset, 0).astype(np.int32)
    picture = label_picture(labels)
    assert picture.dtype == np.uint8
    assert not picture[DISCS == 0].any()
    for label in range(1, 13):
        (colour,) = np.unique(picture[label == DISCS], axis=0)
        assert tuple(colour.tolist()) in LABEL_COLOURS


@pytest.mark.parametrize(
    ("shape", "longest_px", "expected"),
    [
        ((60, 80), 1200, (60, 80)),
        ((2048, 1024), 640, (640, 320)),
        ((100, 3000), 1200, (40, 1200)),
        ((3, 5000), 1000, (1, 1000)),
    ],
)
def test_previews_have_the_longest_side_that_was_asked_for(shape, longest_px, expected) -> None:
    labels = np.ones(shape, np.int32)
    for picture in (
        grey_picture(labels.astype(np.uint8), longest_px=longest_px),
        label_picture(labels, longest_px=longest_px),
        basin_picture(labels.astype(np.float32), longest_px=longest_px),
        seed_picture(labels, longest_px=longest_px),
        outlined_picture(labels.astype(np.uint16), labels, longest_px=min(longest_px, max(shape))),
    ):
        assert picture.shape == (*expected, 3)
        assert picture.dtype == np.uint8
    assert preview_scale(shape, longest_px=longest_px) == min(1, longest_px / max(shape))


def test_a_preview_of_labels_shows_them_where_they_are() -> None:
    labels = np.zeros((400, 600), np.int32)
    labels[100:200, 300:500] = 7
    small = label_picture(labels, longest_px=150).any(axis=2)
    assert np.argwhere(small).min(axis=0).tolist() == [25, 75]
    assert np.argwhere(small).max(axis=0).tolist() == [49, 124]


def test_no_labels_are_black() -> None:
    assert neighbour_colours(EMPTY) == {}
    for picture in (label_picture(EMPTY), seed_picture(EMPTY)):
        assert picture.shape == (60, 80, 3)
        assert not picture.any()


def test_grey_levels_are_shown_as_they_are_or_stretched() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (8, 1))
    np.testing.assert_array_equal(grey_picture(ramp)[..., 0], ramp)
    mask = draw_mask((60, 80), [Particle(30, 40, 20)])
    np.testing.assert_array_equal(grey_picture(mask)[..., 1], np.where(mask, 255, 0))
    deep = ramp.astype(np.uint16) * 16 + 10_000
    stretched = grey_picture(deep, stretch=True)[0, :, 2].astype(int)
    assert (stretched[0], stretched[-1]) == (0, 255)
    assert (np.diff(stretched) >= 0).all()
    assert not grey_picture(np.full((5, 5), 40_000, np.uint16), stretch=True).any()


def test_the_deepest_place_of_a_basin_is_the_brightest() -> None:
    basin = distance_to_background(DISCS > 0)
    picture = basin_picture(basin).astype(int).sum(axis=2)
    assert picture[20, 20] == picture.max()
    assert len({tuple(colour) for colour in basin_picture(EMPTY.astype(np.float32)).reshape(-1, 3).tolist()}) == 1


def test_a_seed_of_one_pixel_becomes_a_dot_and_covers_no_other() -> None:
    seeds = np.zeros((1000, 1000), np.int32)
    seeds[500, 500], seeds[500, 503] = 1, 2
    picture = seed_picture(seeds)
    shown = regions(picture.any(axis=2))
    assert shown.max() == 1
    assert 50 < (shown > 0).sum() < 100
    assert picture[500, 500].tolist() != picture[500, 503].tolist()


def test_outlines_are_drawn_inside_particles_and_nowhere_else() -> None:
    image = np.full(DISCS.shape, 90, np.uint8)
    picture = outlined_picture(image, DISCS, longest_px=160)
    drawn = (picture != 90).any(axis=2)
    inner = cv2.erode((DISCS > 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert not drawn[DISCS == 0].any()
    assert not drawn[cv2.erode(inner.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0].any()
    for label in range(1, 13):
        assert drawn[label == DISCS].any()


def test_touching_particles_have_a_line_between_them_and_the_frame_has_none() -> None:
    labels = np.ones((40, 60), np.int32)
    labels[:, 30:] = 2
    drawn = (outlined_picture(np.zeros(labels.shape, np.uint8), labels, longest_px=max(labels.shape)) > 0).any(axis=2)
    assert np.flatnonzero(drawn.any(axis=0)).tolist() == [29, 30]
    assert drawn[:, 29:31].all()


def test_outlines_on_a_small_micrograph_leave_its_particles_to_be_seen() -> None:
    image = np.full(DISCS.shape, 90, np.uint8)
    picture = outlined_picture(image, DISCS, longest_px=1000)
    assert picture.shape == (6 * 120, 6 * 160, 3)
    covered = [
        (one != 90).any(axis=2).sum() / one[..., 0].size
        for one in (picture, outlined_picture(image, DISCS, longest_px=160))
    ]
    assert 0 < covered[0] < covered[1] / 3


def test_highlighted_particles_are_filled_and_the_others_outlined_in_grey() -> None:
    image = np.full(DISCS.shape, 90, np.uint8)
    picture = outlined_picture(image, DISCS, highlighted=[2, 99], longest_px=160)
    assert picture[20, 60].tolist() == (0.55 * 90 + 0.45 * np.array(LABEL_COLOURS[0])).astype(int).tolist()
    assert picture[20, 20].tolist() == [90, 90, 90]
    others = picture[(DISCS > 0) & (DISCS != 2)]
    assert {tuple(colour) for colour in others.tolist()} == {(90, 90, 90), (150, 150, 150)}
    assert tuple(LABEL_COLOURS[0]) in {tuple(colour) for colour in picture[DISCS == 2].tolist()}
    nothing = outlined_picture(image, DISCS, highlighted=(), longest_px=160)
    assert {tuple(colour) for colour in nothing.reshape(-1, 3).tolist()} == {(90, 90, 90), (150, 150, 150)}


def test_an_encoded_picture_keeps_its_size_and_colours() -> None:
    picture = np.full((30, 50, 3), (200, 40, 10), np.uint8)
    decoded = cv2.imdecode(np.frombuffer(encode(picture), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert decoded.shape == picture.shape
    assert np.abs(decoded.astype(int) - picture).max() < 8
