"""Particles that a person has boxed are truth for the judge, too."""

import cv2
import numpy as np
import pytest

from nanotem.errors import UnreadableFileError
from nanotem.segmentation.judge.proposals import pooled
from nanotem.synthetic.simulate import simulate
from nanotem.training.judge.boxes import nearest_box, read_boxes
from nanotem.training.judge.config import JudgeConfig
from nanotem.training.judge.example import read_example
from nanotem.training.judge.train import train_judge


def test_boxes_are_shares_of_width_and_height(tmp_path):
    (tmp_path / "a.txt").write_text("0 0.5 0.25 0.2 0.1\n0 0.1 0.9 0.1 0.2\n")
    boxes = read_boxes(tmp_path / "a.txt", (200, 100))
    assert boxes == pytest.approx(np.array([[40, 40, 60, 60], [160, 5, 200, 15]]))


@pytest.mark.parametrize("text", ["0 0.5", "0 a b c d"])
def test_a_file_that_holds_no_boxes_is_refused(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_boxes(tmp_path / "a.txt", (10, 10))


def test_a_proposal_is_compared_with_the_box_that_its_own_shares_most_with():
    labels = np.zeros((20, 30), np.int32)
    labels[2:6, 3:9], labels[10:14, 20:24] = 1, 2
    boxes = np.array([[10, 20, 14, 28], [2, 3, 6, 9], [15, 0, 18, 3]], float)
    overlap, number = nearest_box(pooled([labels]), boxes)
    assert overlap.tolist() == pytest.approx([1, 0.5])
    assert number.tolist() == [2, 1]


def test_where_there_is_no_box_no_proposal_is_near_one(tmp_path):
    (tmp_path / "a.txt").write_text("\n")
    boxes = read_boxes(tmp_path / "a.txt", (20, 20))
    labels = np.zeros((20, 20), np.int32)
    labels[2:6, 3:9] = 1
    overlap, number = nearest_box(pooled([labels]), boxes)
    assert (len(boxes), overlap.tolist(), number.tolist()) == (0, [0.0], [0])


def test_nothing_that_is_proposed_is_near_no_box():
    overlap, number = nearest_box(pooled([np.zeros((5, 5), np.int32)]), np.array([[0.0, 0, 2, 2]]))
    assert (overlap.size, number.size) == (0, 0)


def test_boxed_micrographs_are_learned_from_whatever_their_names(tmp_path):
    for part in ("images", "labels"):
        (tmp_path / "boxed" / part).mkdir(parents=True)
    for seed in range(4):
        drawn = simulate(n_particles=8, side_px=128, seed=seed)
        cv2.imwrite(str(tmp_path / "boxed" / "images" / f"{seed}.png"), drawn.pixels)
        lines = []
        for label in range(1, int(drawn.labels.max()) + 1):
            row, column = (at / 128 for at in np.nonzero(drawn.labels == label))
            if row.size:
                lines.append(f"0 {column.mean()} {row.mean()} {np.ptp(column)} {np.ptp(row)}")
        (tmp_path / "boxed" / "labels" / f"{seed}.txt").write_text("\n".join(lines))
    config = JudgeConfig(n_drawn=0, n_rows=40, n_bags=1, n_trees=3, n_folds=2)
    card = train_judge(config, tmp_path, real=[tmp_path / "boxed"])
    assert card.figures["boxed"]["n"] == 4
    example, _ = read_example(next((tmp_path / "examples").glob("*.npz")))
    assert example.is_real
    assert example.closer.overlap.max() > 0.5
