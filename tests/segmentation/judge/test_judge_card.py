"""The files of the judge."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from nanotem.networks import folders
from nanotem.networks.errors import ModelError
from nanotem.networks.files import NetworkFiles, packed, write_card
from nanotem.segmentation.judge.card import JudgeCard, read_judge, save_judge
from nanotem.segmentation.judge.judge import Judge, judge_of
from nanotem.segmentation.judge.trees import Trees

TREES = Trees(
    *(np.array(values, kind) for values, kind in (([0, -1, -1], np.int32), ([0.5, 0, 0], np.float32))),
    *(np.array(values, np.int32) for values in ([1, 0, 0], [2, 0, 0])),
    np.array([0, -2, 2], np.float32),
    np.array([0], np.int32),
    0.0,
)
CARD = JudgeCard(
    features=["size"], segmenter="0" * 64, slope=1.0, offset=0.0, missed=0.5, scatter_false=0.1, scatter_missed=0.1
)


def test_what_was_saved_answers_alike(tmp_path):
    saved = save_judge(tmp_path, TREES, CARD)
    judge = judge_of(tmp_path)
    assert judge.sha256 == saved.sha256
    said = judge.probabilities({"size": np.array([0.0, 1.0]), "other": np.zeros(2)})
    assert said.tolist() == pytest.approx([1 / (1 + np.exp(2)), 1 / (1 + np.exp(-2))])


def test_slope_and_offset_make_probabilities_of_what_the_trees_say():
    judge = Judge(TREES, replace(CARD, slope=0.5, offset=1.0))
    assert judge.of_rows(np.array([[1.0]], np.float32))[0] == pytest.approx(1 / (1 + np.exp(-2)))


def test_what_the_network_is_sure_of_by_itself_is_likelier():
    judge = Judge(TREES, replace(CARD, features=["size", "overlap_1", "sure_1"]))
    rows = np.array([[1, 1, 0.9], [1, 0.5, 0.9], [1, 1, 0.3], [1, np.nan, np.nan]], np.float32)
    assert judge.of_rows(rows) == pytest.approx(1 / (1 + np.exp([-3, -2, -2, -2])))


def test_a_folder_without_a_judge_has_the_one_that_comes_along(tmp_path):
    assert len(judge_of(tmp_path).card.features) > 10


def test_a_changed_card_is_refused(tmp_path):
    save_judge(tmp_path, TREES, CARD)
    path = tmp_path / "judge.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"offset": 3.0}))
    with pytest.raises(ModelError, match="a file was changed"):
        read_judge(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 10_000, b"\xff"])
def test_a_broken_card_is_refused(tmp_path, content):
    save_judge(tmp_path, TREES, CARD)
    (tmp_path / "judge.json").write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read"):
        read_judge(tmp_path)


def test_a_slope_that_no_judge_has_is_refused():
    with pytest.raises(ValueError, match="slope"):
        replace(CARD, slope=-1.0)


def test_a_judge_that_looks_at_something_unknown_says_so():
    with pytest.raises(ModelError, match="looks at size"):
        Judge(TREES, CARD).probabilities({"other": np.zeros(2)})


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("left", [0, 0, 0]),
        ("right", [9, 0, 0]),
        ("roots", [-1]),
        ("roots", [3]),
        ("value", [0.0]),
        ("feature", [1, -1, -1]),
    ],
)
def test_nodes_that_are_no_trees_are_refused(tmp_path, name, values):
    arrays = {key: np.asarray(value) for key, value in vars(TREES).items()} | {name: np.array(values)}
    content = packed(**arrays)
    (tmp_path / "judge.npz").write_bytes(content)
    write_card(NetworkFiles(tmp_path, "judge", asdict(CARD), {".npz": content}))
    with pytest.raises(ModelError, match="cannot be read"):
        read_judge(tmp_path)


def test_a_judge_that_is_absent_is_an_error_with_a_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MODELS", tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        judge_of(tmp_path)
