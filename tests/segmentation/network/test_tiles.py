import numpy as np
import pytest

from nanotem.micrograph import GreyImage
from nanotem.segmentation.network.maps import Maps
from nanotem.segmentation.network.tiles import in_tiles


def halved(tile: GreyImage) -> Maps:
    """Return a reduced copy, as a network that changes nothing would."""
    assert tile.shape[0] % 16 == tile.shape[1] % 16 == 0
    small = tile.reshape(tile.shape[0] // 2, 2, tile.shape[1] // 2, 2).mean(axis=(1, 3))
    return np.stack([small, -small], axis=-1)


@pytest.mark.parametrize("shape", [(64, 96), (200, 330), (2, 2), (130, 514)])
def test_tiles_give_what_the_whole_would(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)
    maps = in_tiles(image, halved, tile_px=128, overlap_px=32)
    whole = image.reshape(shape[0] // 2, 2, shape[1] // 2, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(maps, np.stack([whole, -whole], axis=-1), atol=1e-5)


def test_tiles_are_as_small_as_their_number_allows_and_none_is_larger_than_asked_for() -> None:
    seen = []

    def remember(tile: GreyImage) -> Maps:
        seen.append(tile.shape)
        return halved(tile)

    in_tiles(np.zeros((320, 256), np.float32), remember, tile_px=128, overlap_px=32)
    assert seen == 9 * [(128, 112)]


@pytest.mark.parametrize("shape", [(40, 64), (2, 200), (158, 160)])
def test_a_small_frame_is_shown_with_its_mirror_image_around_it(shape: tuple[int, int]) -> None:
    seen = []

    def remember(tile: GreyImage) -> Maps:
        seen.append(tile)
        return halved(tile)

    image = np.random.default_rng(1).normal(0, 1, shape).astype(np.float32)
    in_tiles(image, remember)
    (tile,) = seen
    assert min(tile.shape) >= 160
    before = [max(160 - side, 0) // 2 // 2 * 2 for side in shape]
    middle = tuple(slice(first, first + side) for first, side in zip(before, shape, strict=True))
    np.testing.assert_array_equal(tile[middle], image)
    assert np.isin(tile, image).all()


def test_tiles_are_blended_without_a_seam() -> None:
    level = iter(range(100))
    maps = in_tiles(np.zeros((128, 1024), np.float32), lambda tile: 0 * halved(tile) + next(level) % 2, tile_px=256)
    assert np.abs(np.diff(maps[..., 0], axis=1)).max() < 0.1
