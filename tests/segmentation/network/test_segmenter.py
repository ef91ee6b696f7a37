import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from nanotem.networks.errors import ModelError
from nanotem.networks.files import network_identity
from nanotem.segmentation.network.card import read_files, save_files
from nanotem.segmentation.network.segmenter import Segmenter, segmenter_of


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
    network, card, golden = read_files(brightness)
    save_files(brightness, network, card, replace(golden, maps=golden.maps + np.float32(0.01)))
    with pytest.raises(ModelError, match="golden input"):
        Segmenter.load(brightness)


def test_a_network_for_another_working_size_is_refused(brightness):
    network, card, golden = read_files(brightness)
    save_files(brightness, network, replace(card, working_px=32.0), golden)
    with pytest.raises(ModelError, match=r"particles of 32 px, this version of nanotem shows them at 28 px"):
        Segmenter.load(brightness)
    with pytest.raises(ValueError, match="working_px = 0"):
        replace(card, working_px=0)


@pytest.mark.parametrize("field", ["working_px", "name"])
def test_a_card_that_was_changed_is_refused(brightness, field):
    path = brightness / "segmenter.json"
    stored = json.loads(path.read_text())
    path.write_text(json.dumps({**stored, field: {"working_px": 27.0, "name": "other"}[field]}))
    with pytest.raises(ModelError, match="not the one that its card describes"):
        Segmenter.load(brightness)


@pytest.mark.parametrize("content", [b"", b"no network", b"\x08\x08" * 50])
def test_a_file_that_is_no_network_is_refused(brightness, content):
    _, card, golden = read_files(brightness)
    save_files(brightness, content, card, golden)
    with pytest.raises(ModelError, match="cannot be read"):
        Segmenter.load(brightness)


def test_an_input_that_the_network_does_not_take_is_refused(brightness):
    network, card, golden = read_files(brightness)
    save_files(brightness, network, card, replace(golden, image=golden.image[0]))
    with pytest.raises(ModelError, match="cannot be read"):
        Segmenter.load(brightness)


def test_a_network_is_loaded_once_for_as_long_as_its_files_stay_the_same(brightness):
    first = segmenter_of(brightness)
    assert segmenter_of(brightness) is first
    assert first.sha256 == network_identity(brightness, "segmenter")
    network, card, golden = read_files(brightness)
    save_files(brightness, network, card, replace(golden, maps=golden.maps + np.float32(1e-5)))
    second = segmenter_of(brightness)
    assert second is not first
    assert second.sha256 != first.sha256
    (brightness / "segmenter.onnx").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        segmenter_of(brightness)


def test_loading_takes_no_tensorflow(brightness):
    had = "tensorflow" in sys.modules
    Segmenter.load(brightness)
    assert ("tensorflow" in sys.modules) == had


def test_a_network_may_predict_the_border_and_nothing_else(with_maps):
    assert Segmenter.load(with_maps(3)).predict(picture()).shape == (24, 35, 3)
    for n_maps in (1, 4):
        with pytest.raises(ModelError, match=rf"answers with arrays of shape \(1, {n_maps}, .*foreground and distance"):
            Segmenter.load(with_maps(n_maps))
