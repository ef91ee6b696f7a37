import json
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from drawing import disc_grid, draw

from nanotem.errors import UnreadableFileError
from nanotem.training.segmenter import fit as loop
from nanotem.training.segmenter.album import write_album
from nanotem.training.segmenter.batches import batches, validation_patches
from nanotem.training.segmenter.config import SegmenterConfig
from nanotem.training.segmenter.example import make_example, save_example
from nanotem.training.segmenter.warm_start import start_from

TINY = SegmenterConfig(epochs=2, steps=3, n_validation=2, batch_size=2, patch_px=64)


def example(seed):
    return make_example(*draw((128, 128), disc_grid(3, 3, pitch_px=40, diameter_px=20 + seed)))


@pytest.fixture
def folder(tmp_path):
    """Return a folder with albums of discs."""
    paths = [tmp_path / f"{seed}.npz" for seed in range(4)]
    for seed, path in enumerate(paths):
        save_example(path, example(seed))
    write_album(tmp_path / "real", paths[:2])
    write_album(tmp_path / "drawn", paths[2:])
    return tmp_path


def fitted(folder, config=TINY, **options):
    return loop.fit(config, folder, validation={"real": [example(5)], "discs": [example(6)]}, **options)


def test_a_training_that_is_stopped_goes_on_at_its_last_step(folder, narrow_network, monkeypatch) -> None:
    whole = [np.array(w) for w in fitted(folder).get_weights()]
    curves = pd.read_csv(folder / "epochs.csv")
    assert list(curves.columns) == ["epoch", "loss", "val_loss", "real", "discs"]
    assert curves["val_loss"].to_numpy() == pytest.approx(curves[["real", "discs"]].mean(axis=1))
    (folder / loop.STATE).unlink()

    monkeypatch.setattr(loop, "_SAVED_STEPS", 1)

    def stopped(*arguments, first, **options):
        for number, patches in enumerate(batches(*arguments, first=first, **options), start=first):
            if number == 4 and not stopped.once:
                stopped.once.append(True)
                raise KeyboardInterrupt
            yield patches

    stopped.once = []
    monkeypatch.setattr(loop, "batches", stopped)
    with pytest.raises(KeyboardInterrupt):
        fitted(folder)
    again = fitted(folder).get_weights()
    for one, other in zip(whole, again, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)
    assert len(pd.read_csv(folder / "epochs.csv")) == 2


def test_batches_are_the_same_whoever_cuts_them(folder) -> None:
    found = []
    for processes in (1, 2):
        source = batches(TINY, folder, first=3, processes=processes)
        found.append([next(source) for _ in range(2)])
        source.close()
    for one, other in zip(*found, strict=True):
        assert one[0].shape == (2, 64, 64, 1)
        assert one[1].shape == (2, 32, 32, 3)
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])
    assert not np.array_equal(found[0][0][0], found[0][1][0])


def test_validation_has_patches_of_every_kind() -> None:
    patches = validation_patches({"a": [example(0)], "b": [example(1)]}, TINY)
    again = validation_patches({"a": [example(0)], "b": [example(1)]}, TINY)
    assert set(patches) == {"a", "b"}
    assert all(np.array_equal(patches[name][0], again[name][0]) for name in patches)


def test_the_rate_rises_stays_and_falls_to_zero() -> None:
    config = SegmenterConfig(epochs=10, steps=1000, learning_rate=1e-3)
    rates = [loop.rate(step, config) for step in range(10_000)]
    assert rates[0] < 1e-5
    assert rates[1000] == rates[6000] == 1e-3
    assert rates[8500] == pytest.approx(5e-4)
    assert rates[-1] < 1e-6


def test_the_loss_is_lowest_for_the_truth() -> None:
    truth = np.zeros((2, 8, 8, 3), np.float32)
    truth[:, 2:6, 2:6] = 1
    right, wrong = (np.mean(loop.map_loss(truth, sign * 20 * (truth - 0.5))) for sign in (1, -1))
    assert right < 0.01
    assert wrong > 10


def test_the_network_has_a_million_parameters_that_no_test_trains() -> None:
    from nanotem.training.segmenter.network import segmentation_network

    assert segmentation_network().count_params() == pytest.approx(1.08e6, rel=0.05)


def test_a_wider_head_takes_over_the_maps_of_a_narrower_one(tmp_path) -> None:
    import keras

    from nanotem.training.segmenter.network import segmentation_network

    def network(n_maps):
        whole = segmentation_network((4, 6, 8))
        return keras.Model(whole.input, keras.layers.Conv2D(n_maps, 1, name="head")(whole.layers[-2].output))

    narrow, wide = network(2), network(3)
    narrow.save_weights(tmp_path / "narrow.weights.h5")
    assert start_from(wide, tmp_path / "narrow.weights.h5") == len(wide.weights)
    image = np.random.default_rng(0).normal(0, 1, (1, 32, 32, 1)).astype(np.float32)
    np.testing.assert_allclose(wide.predict(image)[..., :2], narrow.predict(image), atol=1e-5)


def test_a_wider_network_starts_with_the_answers_of_a_narrower_one(tmp_path) -> None:
    from nanotem.training.segmenter.network import segmentation_network

    narrow, wide = segmentation_network((4, 6, 8)), segmentation_network((4, 9, 12))
    narrow.save_weights(tmp_path / "narrow.weights.h5")
    assert start_from(wide, tmp_path / "narrow.weights.h5") == len(wide.weights)
    image = np.random.default_rng(0).normal(0, 1, (1, 32, 32, 1)).astype(np.float32)
    np.testing.assert_allclose(wide.predict(image), narrow.predict(image), atol=1e-5)


def test_weights_to_start_from_must_match(tmp_path) -> None:
    import h5py

    from nanotem.training.segmenter.network import segmentation_network

    model = segmentation_network((4, 6, 8))
    path = tmp_path / "some.weights.h5"
    path.write_bytes(b"no weights")
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        start_from(model, path)
    with h5py.File(path, "w") as file:
        file.create_group("layers")
    with pytest.raises(UnreadableFileError, match=r"No weights in .* match"):
        start_from(model, path)


ON_A_BACKEND = """
import json, sys
import numpy as np
from nanotem.training.segmenter.config import SegmenterConfig
from nanotem.training.segmenter.network import segmentation_network
from nanotem.training.segmenter import fit as loop

if __name__ == "__main__":
    import keras
    model = segmentation_network((4, 6, 8))
    rng = np.random.default_rng(1)
    shapes = [w.shape for w in model.get_weights()]
    model.set_weights([rng.uniform(0.1, 0.4, shape) - 0.2 * (len(shape) == 4) for shape in shapes])
    model.compile(keras.optimizers.AdamW(1e-3), loop.map_loss)
    truth = (rng.random((2, 16, 16, 3)) > 0.5).astype("float32")
    image = rng.normal(0, 1, (2, 32, 32, 1)).astype("float32")

    def step():
        model.reset_metrics()
        return float(model.train_on_batch(image, truth))

    print(json.dumps([keras.backend.backend(), *[step() for _ in range(4)]]))
"""


def losses_on(backend: str) -> list[float]:
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": os.pathsep.join([".", *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", ON_A_BACKEND], env=environment, capture_output=True, text=True, check=True
    )
    used, *losses = json.loads(done.stdout.strip().splitlines()[-1])
    assert used == backend
    return losses


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_losses_are_the_same_on_every_backend(backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    losses = losses_on(backend)
    assert losses == pytest.approx(losses_on("tensorflow"), abs=1e-3)
    assert losses[-1] < losses[0]
