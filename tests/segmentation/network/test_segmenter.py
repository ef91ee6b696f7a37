import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from nanotem.networks.errors import ModelError
from nanotem.segmentation.network.card import read_files
from nanotem.segmentation.network.segmenter import Segmenter


def picture(rows: int = 48, columns: int = 70) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (rows, columns)).astype(np.float32)


def test_network_comes_back_with_its_card(brightness):
    segmenter = Segmenter.load(brightness)
    assert segmenter.card.working_px == 28.0
    assert segmenter.card.curves == {"val_loss": [0.5]}


def test_maps_are_those_of_the_network_at_half_the_resolution(brightness):
    image = picture()
    mean = image.reshape(24, 2, 35, 2).mean(axis=(1, 3))
    for flips in (False, True):
        maps = Segmenter.load(brightness).predict(image, flips=flips)
        assert maps.dtype == np.float32
        np.testing.assert_allclose(maps[..., 0], 1 / (1 + np.exp(-8 * mean)), atol=1e-5)


def test_threads_may_share_a_network(brightness):
    segmenter, image = Segmenter.load(brightness), picture(256, 256)
    expected = segmenter.predict(image)
    with ThreadPoolExecutor(4) as pool:
        for maps in pool.map(lambda _: segmenter.predict(image), range(12)):
            np.testing.assert_array_equal(maps, expected)


@pytest.mark.parametrize("name", ["segmenter.onnx", "segmenter.json", "segmenter.npz"])
def test_absent_file_is_an_error_with_a_remedy(brightness, name):
    (brightness / name).unlink()
    with pytest.raises(ModelError, match=r"cannot be read.*train segmenter"):
        Segmenter.load(brightness)


def test_another_network_than_the_card_describes_is_refused(brightness):
    path = brightness / "segmenter.onnx"
    path.write_bytes(path.read_bytes().replace(np.float32(8).tobytes(), np.float32(7).tobytes()))
    with pytest.raises(ModelError, match="not the one that its card describes"):
        Segmenter.load(brightness)


def test_another_answer_than_the_saved_one_is_refused(brightness):
    _, _, golden = read_files(brightness)
    np.savez(brightness / "segmenter.npz", image=golden.image, maps=golden.maps + 0.01)
    with pytest.raises(ModelError, match="golden input"):
        Segmenter.load(brightness)


def test_loading_takes_no_tensorflow(brightness):
    had = "tensorflow" in sys.modules
    Segmenter.load(brightness)
    assert ("tensorflow" in sys.modules) == had
