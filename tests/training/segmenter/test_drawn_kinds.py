import numpy as np
import pytest

from nanotem.labels import regions
from nanotem.training.segmenter.drawn.kinds import KINDS, draw_kind, kind_of

EMPTY = [name for name in KINDS if name.startswith("no particle")]
FULL = [name for name in KINDS if name not in EMPTY]


@pytest.mark.parametrize("name", FULL)
def test_a_kind_shows_particles_that_differ_from_their_surroundings(name: str) -> None:
    contrasts = []
    for seed in (4, 5, 6):
        drawn = draw_kind(name, seed)
        inside = drawn.labels > 0
        assert drawn.pixels.dtype == np.uint8
        assert drawn.pixels.shape == drawn.labels.shape
        if inside.any() and not inside.all():
            grey = drawn.pixels.astype(float)
            contrasts.append(abs(grey[inside].mean() - grey[~inside].mean()) / max(grey[~inside].std(), 1))
    assert contrasts
    assert max(contrasts) > 0.3


@pytest.mark.parametrize("name", EMPTY)
def test_a_kind_without_particles_has_none(name: str) -> None:
    for seed in (4, 5, 6):
        drawn = draw_kind(name, seed)
        assert not drawn.labels.any()
        assert 6 <= drawn.empty_px <= 80


@pytest.mark.parametrize("name", ["crowded", "agglomerates", "no particle: carbon"])
def test_the_same_seed_gives_the_same_pixels(name: str) -> None:
    one, same, other = (draw_kind(name, seed) for seed in (7, 7, 8))
    assert np.array_equal(one.pixels, same.pixels)
    assert np.array_equal(one.labels, same.labels)
    assert not np.array_equal(one.pixels, other.pixels)


def test_seeds_stand_for_all_kinds_by_their_shares() -> None:
    kinds = [kind_of(seed) for seed in range(1500)]
    assert set(kinds) == {name for name, kind in KINDS.items() if kind.share}
    assert kinds.count("agglomerates") > 2 * kinds.count("shells")
    assert kinds == [kind_of(seed) for seed in range(1500)]


def test_crowds_fill_the_frame_and_monolayers_are_of_small_spheres() -> None:
    covered = [np.mean(draw_kind("crowded", seed).labels > 0) for seed in range(8)]
    assert max(covered) > 0.9
    for seed in range(3):
        areas = np.bincount(draw_kind("monolayer", seed).labels.ravel())[1:]
        assert 3 < 2 * np.sqrt(np.median(areas[areas > 0]) / np.pi) < 14


def test_giants_are_few_and_large() -> None:
    for seed in range(8):
        labels = draw_kind("giants", seed).labels
        areas = np.bincount(labels.ravel())[1:]
        diameters = 2 * np.sqrt(areas[areas > 0] / np.pi)
        assert 1 <= len(diameters) <= 6
        assert diameters.max() > 0.1 * len(labels)


def test_families_differ_in_size() -> None:
    ratios = []
    for seed in range(8):
        areas = np.bincount(draw_kind("families", seed).labels.ravel())[1:]
        large, small = np.percentile(areas[areas > 0], [99, 5])
        ratios.append(np.sqrt(large / small))
    assert max(ratios) > 4


def test_agglomerates_touch() -> None:
    drawn = draw_kind("agglomerates", 3)
    n_particles = len(np.unique(drawn.labels)) - 1
    assert regions(drawn.labels > 0).max() < n_particles
