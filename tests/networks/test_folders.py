"""Folders of networks by name."""

import os
from pathlib import Path

import pytest

from nanotem.networks.errors import ModelError
from nanotem.networks.folders import MODELS, OWN, VARIABLE, folder_named, model_folders


@pytest.fixture(autouse=True)
def _none_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def give(monkeypatch: pytest.MonkeyPatch, *folders: Path | str) -> None:
    monkeypatch.setenv(VARIABLE, os.pathsep.join(map(str, folders)))


def test_without_others_there_is_the_folder_of_the_package() -> None:
    assert dict(model_folders()) == {OWN: MODELS}
    assert folder_named("nanotem") == MODELS


def test_others_are_known_by_the_last_part_of_their_path(monkeypatch, tmp_path) -> None:
    give(monkeypatch, tmp_path / "ours", "", tmp_path / "a" / ".." / "theirs" / "")
    assert list(model_folders()) == [OWN, "ours", "theirs"]
    assert folder_named("theirs") == tmp_path.resolve() / "theirs"


def test_one_folder_may_be_given_twice(monkeypatch, tmp_path) -> None:
    give(monkeypatch, tmp_path / "ours", tmp_path / "ours")
    assert list(model_folders()) == [OWN, "ours"]


@pytest.mark.parametrize("name", ["theirs", "", "..", "/etc", "../nanotem"])
def test_any_other_name_is_refused_with_a_remedy(monkeypatch, tmp_path, name: str) -> None:
    give(monkeypatch, tmp_path / "ours")
    with pytest.raises(ModelError, match=r"only nanotem, ours\. Give their folder with --models or NANOTEM_MODELS"):
        folder_named(name)


@pytest.mark.parametrize(("one", "other"), [("a/ours", "b/ours"), ("a/ours", "nanotem")])
def test_two_folders_of_one_name_are_refused(monkeypatch, tmp_path, one: str, other: str) -> None:
    give(monkeypatch, tmp_path / one, tmp_path / other)
    with pytest.raises(ModelError, match="Two folders of models are called"):
        model_folders()


def test_a_folder_without_a_name_is_refused(monkeypatch) -> None:
    give(monkeypatch, "/")
    with pytest.raises(ModelError, match="has no name"):
        model_folders()
