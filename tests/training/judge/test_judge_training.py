"""The judge is trained, calibrated, and answers as the library that learned it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from nanotem.errors import ParameterError
from nanotem.segmentation.judge.judge import Judge
from nanotem.segmentation.judge.proposals import pooled
from nanotem.synthetic.simulate import simulate
from nanotem.training.judge.calibrate import Answer, calibrated, scatter_of, share_missed
from nanotem.training.judge.config import JudgeConfig
from nanotem.training.judge.example import nearest_truth, read_example
from nanotem.training.judge.fit import trees_of
from nanotem.training.judge.train import train_judge
from nanotem.training.segmenter.labelled import purpose_of


def test_the_arrays_answer_as_the_trees_of_the_library():
    rng = np.random.default_rng(2)
    features = rng.normal(size=(2000, 5)).astype(np.float32)
    is_true = features[:, 0] * features[:, 1] + features[:, 2] > rng.normal(size=2000)
    model = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=8, random_state=0).fit(features, is_true)
    others = rng.normal(size=(500, 5)).astype(np.float32)
    assert trees_of(model)(others) == pytest.approx(model.predict_proba(others)[:, 1], abs=1e-6)


def test_a_proposal_is_compared_with_the_particle_that_it_covers_most():
    truth = np.zeros((10, 20), np.int32)
    truth[2:8, 2:8], truth[2:8, 10:16] = 3, 7
    shifted = np.zeros_like(truth)
    shifted[2:8, 11:17] = 1
    overlap, number = nearest_truth(pooled([truth, shifted]), truth)
    assert number.tolist() == [3, 7, 7]
    assert overlap.tolist() == pytest.approx([1, 1, 30 / 42])


def answers(rng, slope: float, n: int = 60) -> list[Answer]:
    """Draw answers whose true probability is the stated one, its logit multiplied by a slope."""
    drawn = []
    for _ in range(n):
        logits = rng.normal(1, 2, 80)
        is_true = rng.random(80) < expit(slope * logits)
        order = np.argsort(-logits)
        said, is_true = expit(logits)[order], is_true[order]
        n_kept = int((said >= 0.4).sum())
        drawn.append(Answer(said[:n_kept], np.zeros(0), said[n_kept:], is_true, is_true * 0.8, int(is_true.sum()), 1.0))
    return drawn


def test_probabilities_that_are_too_sure_are_made_right():
    slope, offset = calibrated(answers(np.random.default_rng(3), 0.5))
    assert slope == pytest.approx(0.5, abs=0.05)
    assert offset == pytest.approx(0, abs=0.1)


def test_missed_ones_are_counted_by_the_doubts():
    drawn = answers(np.random.default_rng(4), 1.0)
    doubts = np.array([one.left.sum() + (1 - one.kept).sum() for one in drawn])
    missed = np.array([one.n_true - one.n_found for one in drawn])
    assert share_missed(drawn) == pytest.approx(missed.sum() / doubts.sum(), rel=0.1)


def test_the_scatter_is_what_makes_intervals_hold():
    rng = np.random.default_rng(6)
    errors = rng.normal(0, 0.7 * 20, 2000)
    found = scatter_of(0.95, lambda scatter: errors - 1.645 * 20 * scatter, np.ones(2000))
    assert found == pytest.approx(0.7, abs=0.08)
    assert scatter_of(0.95, lambda scatter: np.zeros(10), np.ones(10)) == 0


def test_scores_are_those_of_f1_and_panoptic_quality():
    one = Answer(
        np.array([0.9, 0.8]),
        np.zeros(0),
        np.array([0.1]),
        np.array([True, False, True]),
        np.array([0.8, 0, 0.7]),
        3,
        1.0,
    )
    assert one.f1 == pytest.approx(2 / 5)
    assert one.pq == pytest.approx(1.6 / 5)
    nothing = Answer(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, bool), np.zeros(0), 0, 1.0)
    assert (nothing.f1, nothing.pq) == (1, 1)


def test_folds_are_learned_from_files_and_the_judge_is_what_the_card_says(tmp_path):
    for part in ("images", "labels"):
        (tmp_path / "gold" / part).mkdir(parents=True)
    names = (f"{number}.png" for number in range(1000))
    for seed, name in zip(range(4), (name for name in names if purpose_of(Path(name)) != "real"), strict=False):
        drawn = simulate(n_particles=8, side_px=128, seed=seed)
        for part, pixels in (("images", drawn.pixels), ("labels", drawn.labels.astype(np.uint8))):
            cv2.imwrite(str(tmp_path / "gold" / part / name), pixels)
    config = JudgeConfig(n_drawn=0, n_rows=40, n_bags=1, n_trees=3, n_folds=2)
    card = train_judge(config, tmp_path, real=[tmp_path / "gold"])
    assert card.figures["real"]["n"] == 4
    judge = Judge.load(tmp_path)
    assert judge.sha256 == card.sha256
    again = train_judge(config, tmp_path, real=[tmp_path / "gold"])
    assert again.figures == card.figures
    example, names = read_example(next((tmp_path / "examples").glob("*.npz")))
    assert judge.card.features == names
    assert np.all((judge.of_rows(example.closer.features) > 0) & (judge.of_rows(example.closer.features) < 1))


def test_too_few_micrographs_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="too few"):
        train_judge(JudgeConfig(n_drawn=0), tmp_path)
