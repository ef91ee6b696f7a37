import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.labels import regions
from nanotem.segmentation.network.scale import WORKING_PX, typical_diameter_px
from nanotem.training.segmenter.drawn.mixed import random_scene
from nanotem.training.segmenter.example import Example, make_example, read_examples, save_example
from nanotem.training.segmenter.patches import draw_patch


def discs(diameter_px: float) -> Example:
    image, labels = draw((240, 240), disc_grid(4, 4, pitch_px=60, diameter_px=diameter_px))
    return make_example(image, labels)


def test_particles_are_bright_and_large_ones_are_reduced() -> None:
    example = make_example(*draw((240, 240), disc_grid(1, 1, pitch_px=240, diameter_px=120)))
    foreground = example.maps[..., 0] > 127
    assert example.image[foreground].mean() > example.image[~foreground].mean() + 1
    assert example.image.shape == (128, 128)
    assert example.diameter_px == 64
    assert typical_diameter_px(regions(foreground)) == pytest.approx(64, rel=0.03)


def test_an_image_without_particles_is_an_example_too() -> None:
    example = make_example(np.full((64, 80), 90, np.uint8), np.zeros((64, 80), np.int32))
    assert not example.maps.any()
    assert example.diameter_px == WORKING_PX


def test_example_comes_back_from_its_file(tmp_path) -> None:
    example = discs(30)
    save_example(tmp_path / "new" / "a.npz", example)
    (again,) = read_examples([tmp_path / "new" / "a.npz"])
    assert np.array_equal(again.image, example.image)
    assert np.array_equal(again.maps, example.maps)
    assert again.diameter_px == example.diameter_px


def test_patches_show_particles_near_the_working_size_with_maps_in_the_same_place() -> None:
    example, rng = discs(40), np.random.default_rng(5)
    diameters, agreements = [], []
    for _ in range(30):
        image, maps = draw_patch(example, 160, rng)
        assert (image.shape, maps.shape) == ((160, 160), (80, 80, 3))
        assert 0 <= maps.min() <= maps.max() <= 1
        small, foreground = image.reshape(80, 2, 80, 2).mean(axis=(1, 3)), maps[..., 0] > 0.5
        agreements.append(abs(np.corrcoef(small.ravel(), foreground.ravel())[0, 1]))
        distance = np.where(foreground, 1, 0)[10:-10, 10:-10]
        diameters.append(2 * typical_diameter_px(regions(distance > 0)))
    assert np.median(agreements) > 0.9
    assert WORKING_PX / 1.5 < np.median(diameters) < WORKING_PX * 1.5


def test_the_same_seed_gives_the_same_patch() -> None:
    example = discs(30)
    one, other = (draw_patch(example, 96, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])


def test_scenes_differ_and_some_are_empty() -> None:
    scenes = [random_scene(np.random.default_rng(seed), seed).particles for seed in range(60)]
    assert len({scene.shape for scene in scenes}) > 8
    assert 3 <= sum(scene.n_particles == 0 for scene in scenes) < 18


def test_a_particle_that_fills_its_frame_is_shown_at_the_working_size_too() -> None:
    example = make_example(*draw((240, 240), disc_grid(1, 1, pitch_px=240, diameter_px=180)))
    rng = np.random.default_rng(2)
    widths = []
    for _ in range(40):
        _, maps = draw_patch(example, 160, rng)
        areas = np.bincount(regions(maps[..., 0] > 0.5).ravel())[1:]
        widths.append(2 * 2 * np.sqrt(np.median(areas) / np.pi) if len(areas) else 0)
    assert np.percentile(widths, 20) < 1.5 * WORKING_PX
