"""Heads on features that are drawn: what they learn, and that a micrograph which is left out has no say."""

import numpy as np
import pytest
from scipy.special import softmax

from nanotem.morphology.classes import OUTLINE_CLASSES, SOLID_CLASSES
from nanotem.training.shapes.examples import N_SOLID_FEATURES, UNTOLD, Examples
from nanotem.training.shapes.fitting import class_shares, fit_head
from nanotem.training.shapes.heads import calibrated
from nanotem.training.shapes.held_out import held_out_logits

CUBE, SPHERE, ROD = (SOLID_CLASSES.index(name) for name in ("FCC_CUBE", "sphere", "rod"))
SQUARE, CIRCLE = (OUTLINE_CLASSES.index(name) for name in ("square", "circle"))


def examples(n_images: int = 5, n_each: int = 12, *, seed: int = 0) -> Examples:
    """Draw particles of three solids: the first three features tell them, the first of the outline tells a square."""
    rng = np.random.default_rng(seed)
    image = np.repeat(["", *(f"{k}.png" for k in range(n_images))], n_each)
    solid = rng.choice([CUBE, SPHERE, ROD, UNTOLD], len(image), p=[0.3, 0.3, 0.3, 0.1])
    seen = rng.normal(0, 0.3, (len(image), N_SOLID_FEATURES + 4)).astype(np.float32)
    for column, one in enumerate((CUBE, SPHERE, ROD)):
        seen[:, column] += solid == one
    outline = np.where(solid == CUBE, SQUARE, np.where(solid == SPHERE, CIRCLE, UNTOLD))
    seen[:, N_SOLID_FEATURES] += outline == SQUARE
    return Examples(seen, outline, solid, image, np.zeros(len(image), np.int64))


def answers(table: np.ndarray, found: Examples, task: str) -> np.ndarray:
    return (found.inputs(task) @ table[:-1] + table[-1]).argmax(axis=1)


@pytest.mark.parametrize("task", ["solid", "outline"])
def test_a_head_tells_others_of_the_kind(task):
    table = fit_head(examples(), task)
    others = examples(seed=9)
    others = others[others.classes(task) != UNTOLD]
    assert np.mean(answers(table, others, task) == others.classes(task)) > 0.85


def test_drawn_classes_have_three_tenths_and_real_ones_the_root_of_their_number():
    shares = class_shares(examples(n_images=8), "outline")
    assert shares.sum() == pytest.approx(1)
    assert 0.4 < shares[SQUARE] < 0.6
    assert np.count_nonzero(shares) == 2
    told = examples(n_images=1)
    told.solid[:] = np.where(told.image == "", CUBE, SPHERE)
    assert class_shares(told, "solid")[[CUBE, SPHERE]] == pytest.approx([0.3, 0.7])


def test_the_start_does_not_change_the_answer():
    drawn = examples()
    table = fit_head(drawn, "outline")
    again = fit_head(drawn, "outline", start=table + 0.2)
    inputs = drawn.inputs("outline")
    before, after = (softmax(inputs @ one[:-1] + one[-1], axis=1) for one in (table, again))
    assert before == pytest.approx(after, abs=0.03)


def test_what_changes_where_a_particle_is_only_seen_otherwise_decides_less():
    rng = np.random.default_rng(4)
    found = examples(n_images=8)
    found.seen[:, 4] = found.seen[:, 0]  # tells a cube as well as the first, but not where it is seen otherwise
    again = Examples(found.seen.copy(), found.outline, found.solid, found.image, np.ones_like(found.variation))
    again.seen[:, 4] = rng.normal(0, 1, len(again.seen))
    order = np.argsort(np.tile(np.arange(len(found.seen)), 2), kind="stable")
    both = found.then(again)
    varied = Examples(*(getattr(both, name)[order] for name in ("seen", "outline", "solid", "image", "variation")))
    assert varied.as_found().tolist() == np.repeat(np.arange(0, len(order), 2), 2).tolist()
    steady, unsteady = np.abs(fit_head(varied[varied.image != ""], "solid")[[0, 4]]).max(axis=1)
    assert unsteady < 0.2 * steady


def test_a_micrograph_is_judged_by_heads_that_did_not_see_it():
    told = examples(n_images=20, n_each=6)
    wrong = told.image == "0.png"
    told.solid[wrong] = np.where(told.solid[wrong] == CUBE, ROD, told.solid[wrong])
    logits = held_out_logits(told, "solid")
    assert np.isfinite(logits).all()
    cubes = wrong & (told.seen[:, 0] > 0.7)
    assert cubes.any()
    assert (logits[cubes].argmax(axis=1) == CUBE).all()


def test_calibration_makes_confidence_what_it_says():
    rng = np.random.default_rng(3)
    classes = rng.integers(4, size=2000)
    logits = 8 * (np.eye(4)[np.where(rng.random(2000) < 0.8, classes, rng.integers(4, size=2000))])
    found = calibrated(logits, classes)
    sure = softmax(logits / found["temperature"], axis=1).max(axis=1).mean()
    assert sure == pytest.approx(np.mean(logits.argmax(axis=1) == classes), abs=0.02)
    assert 0 < found["plausible_threshold"] <= 1


def test_examples_come_back_from_their_file(tmp_path):
    examples().save(tmp_path / "some.npz")
    again = Examples.load(tmp_path / "some.npz").then(examples(seed=2))
    assert len(again.seen) == 2 * len(examples().seen)
    assert again.image.tolist()[:13] == [""] * 12 + ["0.png"]
