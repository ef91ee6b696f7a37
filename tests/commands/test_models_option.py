"""Networks of one's own on the command line."""

import os
from pathlib import Path

import pytest

from nanotem.commands.common import with_models
from nanotem.networks.errors import ModelError
from nanotem.networks.folders import VARIABLE, model_folders
from nanotem.networks.params import NetworkParams
from nanotem.recipe import Recipe


@pytest.fixture(autouse=True)
def no_other_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")


def test_without_the_option_the_recipe_stays() -> None:
    assert with_models(Recipe(), None) == Recipe()


def test_one_folder_is_used_and_known_to_workers(tmp_path: Path) -> None:
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "segmenter.json").touch()
    assert with_models(Recipe(), [tmp_path / "gold"]).networks == NetworkParams(segmenter="gold")
    assert model_folders()["gold"] == (tmp_path / "gold").resolve()
    assert os.environ[VARIABLE] == str((tmp_path / "gold").resolve())


def test_of_several_the_recipe_chooses(tmp_path: Path) -> None:
    folders = [tmp_path / "gold", tmp_path / "oxides"]
    for folder in folders:
        folder.mkdir()
    recipe = Recipe(networks=NetworkParams(solid="oxides"))
    assert with_models(recipe, folders) == recipe
    assert with_models(Recipe(), folders) == Recipe()
    assert {"gold", "oxides"} <= set(model_folders())


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no folder"):
        with_models(Recipe(), [tmp_path / "absent"])


@pytest.mark.parametrize("name", ["../etc", "/etc", "", ".hidden", "a" * 101, 7])
def test_a_recipe_cannot_name_a_path(name: object) -> None:
    with pytest.raises(ValueError, match="is no name"):
        NetworkParams(solid=name)  # type: ignore[arg-type]
