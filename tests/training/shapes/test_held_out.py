"""What follows for a card from heads that did not see a micrograph, on features that are drawn."""

import dataclasses

import numpy as np
import pytest

from nanotem.morphology.card import read_card
from nanotem.morphology.classes import OUTLINE_CLASSES, SOLID_CLASSES
from nanotem.morphology.fractions import PRIOR
from nanotem.morphology.shape_numbers import BAY, SHAPE_NUMBERS
from nanotem.networks.folders import MODELS
from nanotem.training.shapes.examples import CLASSES, N_SOLID_FEATURES, UNTOLD, Examples
from nanotem.training.shapes.held_out import (
    HeldOut,
    concentration_of,
    confusion_of,
    described,
    familiarity_of,
    has_right_group,
    held_out,
    wrong_and_accepted,
)

CUBE, SPHERE, ROD, ICO = (SOLID_CLASSES.index(name) for name in ("FCC_CUBE", "sphere", "rod", "ICO"))
SQUARE, CIRCLE = (OUTLINE_CLASSES.index(name) for name in ("square", "circle"))


def examples(n_images: int = 12, n_each: int = 10, *, seed: int = 0) -> Examples:
    """Draw cubes and spheres of micrographs; all 14 solids are drawn, each with a feature of its own."""
    rng = np.random.default_rng(seed)
    image = np.array([""] * 70 + [f"{k}.png" for k in range(n_images) for _ in range(n_each)])
    solid = np.concatenate([np.arange(70) % 14, rng.choice([CUBE, SPHERE], n_images * n_each)])
    seen = rng.normal(0, 0.2, (len(image), N_SOLID_FEATURES + len(SHAPE_NUMBERS))).astype(np.float32)
    seen[np.arange(len(image)), solid] += 1
    seen[:, N_SOLID_FEATURES] += solid == CUBE
    seen[:, N_SOLID_FEATURES + BAY] = 0
    outline = np.where(solid == CUBE, SQUARE, np.where(solid == SPHERE, CIRCLE, UNTOLD))
    return Examples(seen, outline, solid, image, np.zeros(len(image), np.int64))


def judged_as(told: Examples, answers: np.ndarray, sure: float = 0.9) -> HeldOut:
    """Return answers that are sure for the solids; outlines are told right."""
    outlines = np.where(told.outline == UNTOLD, CIRCLE, told.outline)
    chances = {}
    for task, said in (("solid", answers), ("outline", outlines)):
        n = len(CLASSES[task])
        chances[task] = (1 - sure) / n + sure * np.eye(n)[said]
    shares = {task: np.full(len(names), 1 / len(names)) for task, names in CLASSES.items()}
    return HeldOut(told, chances, chances, np.zeros(len(told.image)), shares, {})


@pytest.fixture(scope="module")
def judged() -> HeldOut:
    return held_out(examples(), {})


def test_every_particle_is_judged_by_others(judged):
    assert (judged.probabilities["solid"].argmax(axis=1) == judged.examples.solid)[judged.found].mean() > 0.95
    assert judged.found.sum() == 120
    assert np.mean(judged.distances[judged.found] > judged.largest_distance) == pytest.approx(0.03, abs=0.01)


def test_answers_are_as_an_analysis_has_them(judged):
    table = judged.answers(judged.found)
    assert table["image"].nunique() == 12
    assert set(table["true solid"]) == {"FCC_CUBE", "sphere"}
    assert table.loc[table["reason"] == "unfamiliar"].shape[0] <= 6


def test_the_others_of_a_micrograph_are_allowed_for_and_those_of_other_micrographs_are_not():
    told = examples(n_images=2, n_each=40)
    found = told.image != ""
    doubtful = np.flatnonzero(found)[[0, 40]]  # one of each micrograph
    outlines = np.where(told.image == "0.png", SQUARE, CIRCLE)
    judged = judged_as(dataclasses.replace(told, outline=outlines), told.solid)
    chances = judged.probabilities["outline"].copy()
    chances[doubtful] = 0
    chances[doubtful[0], [SQUARE, CIRCLE]] = 0.45, 0.55
    chances[doubtful[1], [SQUARE, CIRCLE]] = 0.55, 0.45
    table = dataclasses.replace(judged, probabilities={**judged.probabilities, "outline": chances}).answers(found)
    assert table["image"].tolist() == told.image[found].tolist()
    assert table["outline"].tolist() == table["true outline"].tolist()


def test_a_card_says_what_its_head_mistakes(judged):
    card = described(read_card(MODELS, "solid"), judged)
    assert card.figures["real_n"] == 120
    assert card.figures["real_micrographs"] == 12
    assert card.figures["real_right"] > 0.95
    assert card.figures["real_wrong_accepted"] < 0.05
    assert np.sum(card.head_confusion) == 120 + 12 * 5  # drawn ones where no micrograph has the class
    assert card.largest_distance == judged.largest_distance
    assert sum(card.head_shares) == pytest.approx(1)
    outline = described(read_card(MODELS, "outline"), judged)
    assert outline.largest_distance == read_card(MODELS, "outline").largest_distance


@pytest.mark.parametrize("n_images", [4, 12])
def test_drawn_particles_are_counted_only_where_few_micrographs_have_any(n_images):
    told = examples(n_images)
    counts = confusion_of(told, "solid", np.eye(14)[np.full(len(told.image), ROD)])
    real = np.bincount(told.solid[told.image != ""], minlength=14)
    assert counts[:, ROD].tolist() == [int(n) if n and n_images == 12 else 5 + int(n) for n in real]
    assert counts.sum() == counts[:, ROD].sum()


def test_micrographs_in_which_all_or_none_are_mistaken_have_a_low_concentration():
    told = examples(n_images=40)
    rng = np.random.default_rng(2)
    one_by_one = np.where(rng.random(len(told.image)) < 0.3, ROD, told.solid)
    at_once = np.where(np.char.endswith(told.image, "3.png"), ROD, told.solid)
    single, several = (concentration_of(told, "solid", np.eye(14)[said]) for said in (one_by_one, at_once))
    assert several < 5 < 20 < single
    assert PRIOR > 0


def test_wrong_answers_and_right_groups_are_told():
    told = examples()
    judged = judged_as(told, np.where(told.solid == SPHERE, ROD, told.solid))
    table = judged.answers(judged.found)
    assert (wrong_and_accepted(table, "solid") == (table["true solid"] == "sphere")).all()
    assert not wrong_and_accepted(table, "outline").any()
    halves = judged_as(told, told.solid)
    chances = (halves.probabilities["solid"] + np.eye(14)[ICO]) / 2
    unsure = dataclasses.replace(halves, probabilities={**halves.probabilities, "solid": chances})
    table = unsure.answers(unsure.found)
    assert (has_right_group(table) == (table["true solid"] == "sphere")).all()


def test_what_lies_far_from_all_is_unfamiliar():
    told = examples()
    known = familiarity_of(told)
    features = told.seen[:, :N_SOLID_FEATURES].astype(float)
    assert known.distances(features + 5).min() > known.distances(features).max()
