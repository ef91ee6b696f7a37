"""A card that was changed on purpose becomes part of its network again, unless the network is another."""

import json
from pathlib import Path
from shutil import copy

import pytest
from random_models import save_random_models

from nanotem.morphology.card import read_card
from nanotem.networks.errors import ModelError
from nanotem.networks.files import network_identity
from nanotem.networks.folders import MODELS
from nanotem.training.seal import seal


def change_card(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize("name", ["outline", "solid", "segmenter"])
def test_what_comes_along_is_sealed(name: str) -> None:
    assert json.loads((MODELS / f"{name}.json").read_text())["sha256"] == network_identity(MODELS, name)


def test_another_temperature_is_taken_on(tmp_path: Path) -> None:
    folder = save_random_models(tmp_path)
    before = network_identity(folder, "solid")
    change_card(folder / "solid.json", temperature=1.5)
    assert seal(folder, "solid") == network_identity(folder, "solid") != before
    assert read_card(folder, "solid").temperature == 1.5


def test_what_no_network_has_is_refused_and_the_card_left_as_it_was(tmp_path: Path) -> None:
    for suffix in ("onnx", "json", "npz"):
        copy(MODELS / f"segmenter.{suffix}", tmp_path)
    change_card(tmp_path / "segmenter.json", working_px=30.0)
    before = (tmp_path / "segmenter.json").read_bytes()
    with pytest.raises(ModelError, match="particles of 30 px"):
        seal(tmp_path, "segmenter")
    assert (tmp_path / "segmenter.json").read_bytes() == before
