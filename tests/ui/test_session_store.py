"""What a visitor's session keeps, and what it forgets first."""

import pytest
from ui.visitor import SEGMENTATION, SIZES, Visitor, discs, png

from nanotem.ui.kit.analysis import SessionStore


def test_it_is_a_mapping() -> None:
    store = SessionStore()
    store["sizes", "a"] = 1
    store["classes", "b"] = 2
    assert dict(store) == {("sizes", "a"): 1, ("classes", "b"): 2}
    assert len(store) == 2
    del store["sizes", "a"]
    assert ("sizes", "a") not in store
    with pytest.raises(KeyError):
        store["sizes", "a"]
    with pytest.raises(KeyError):
        store["never", "heard of"]


@pytest.mark.parametrize(("stage", "n_kept"), [("preprocessed", 1), ("denoised", 2), ("segmentation", 2), ("sizes", 4)])
def test_the_oldest_results_of_a_stage_are_forgotten(stage: str, n_kept: int) -> None:
    store = SessionStore()
    for number in range(6):
        store[stage, str(number)] = number
        store["other", "one"] = "kept"
    assert [value for (name, _), value in store.items() if name == stage] == list(range(6))[-n_kept:]
    assert store["other", "one"] == "kept"


def test_what_was_asked_for_is_kept_longer() -> None:
    store = SessionStore()
    store["segmentation", "a"], store["segmentation", "b"] = 1, 2
    assert store["segmentation", "a"] == 1
    store["segmentation", "c"] = 3
    assert ("segmentation", "a") in store
    assert ("segmentation", "b") not in store


def test_names_with_the_same_first_word_are_counted_together() -> None:
    store = SessionStore()
    for number in range(10):
        store[f"scale_reading ({number}, 0, 9, 9)", "same"] = number
    store["scale_reading", "same"] = "whole"
    assert len(store) == 8


def test_another_page_and_the_same_recipe_work_nothing_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor().upload("discs.png", png(discs(3, 4))).visit(SEGMENTATION)
    monkeypatch.setattr("nanotem.analysis.preprocess", None)
    monkeypatch.setattr("nanotem.analysis.measure_particles", None)
    assert visitor.visit(SIZES).visit(SEGMENTATION).metrics["Found"] == "12"


def test_a_slider_goes_there_and_back_without_asking_the_network_or_segmenting_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor = Visitor().upload("discs.png", png(discs(3, 4))).visit(SEGMENTATION)
    visitor.turn("segment.method", "neck_ratio")
    monkeypatch.setattr("nanotem.analysis.prepare", None)
    visitor.turn("segment.options.valley", 0.5)
    monkeypatch.setattr("nanotem.analysis.segment", None)
    visitor.turn("segment.options.valley", 0.2)
    assert visitor.metrics["Found"] == "12"
