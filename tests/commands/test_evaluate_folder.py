from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_files import DISCS, TRUE, save_labels, save_picture

from nanotem.commands.evaluate import evaluate_folder
from nanotem.errors import UnreadableFileError
from nanotem.recipe import Recipe


def test_images_are_scored_worst_first(tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    for name in ("a.png", "b.png", "without truth.png"):
        save_picture(images / name)
    save_labels(labels / "a.tif")
    save_labels(labels / "b.tif", np.where(TRUE > 3, 0, TRUE))
    scores = evaluate_folder(images, labels, Recipe())
    worse, better = scores["images"]
    assert (worse["file"], worse["n_true"], worse["n_found"], worse["count_error"]) == ("b.png", 3, 6, 1)
    assert (better["file"], better["n_true"], better["n_found"], better["count_error"]) == ("a.png", 6, 6, 0)
    assert (worse["f1_50"], better["f1_50"]) == (pytest.approx(2 / 3), 1)
    assert scores["mean"]["f1_50"] == pytest.approx(5 / 6)
    assert {"f1_75", "pq", "diameter_bias", "diameter_spread"} < set(scores["mean"])


def test_the_mean_error_of_counts_is_that_of_absolute_values(tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    save_picture(images / "too many.png")
    save_labels(labels / "too many.tif", np.where(TRUE > 3, 0, TRUE))
    save_picture(images / "too few.png", np.where(TRUE > 3, 180, DISCS))
    save_labels(labels / "too few.tif")
    scores = evaluate_folder(images, labels, Recipe())
    assert sorted(row["count_error"] for row in scores["images"]) == [-0.5, 1]
    assert scores["mean"]["count_error"] == pytest.approx(0.75)


def test_what_cannot_be_known_is_none(tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    save_picture(images / "a.png")
    save_labels(labels / "a.tif", np.zeros_like(TRUE))
    scores = evaluate_folder(images, labels, Recipe())
    assert scores["images"][0]["count_error"] is None
    assert scores["mean"]["count_error"] is None
    assert scores["mean"]["diameter_bias"] is None
    assert scores["mean"]["f1_50"] == 0


def test_one_picture_per_image_shows_hits_and_errors(tmp_path: Path) -> None:
    save_picture(tmp_path / "images" / "a.png")
    save_labels(tmp_path / "labels" / "a.tif")
    evaluate_folder(tmp_path / "images", tmp_path / "labels", Recipe(), out=tmp_path / "out")
    (picture,) = (tmp_path / "out").iterdir()
    assert picture.name == "a.png.png"
    pixels = cv2.imread(str(picture))
    assert pixels.shape[0] > 200
    assert pixels.shape[1] == 300
    hit_blue, _, hit_red = pixels[DISCS.shape[0] // 2 - 80 : 100, 30:70].reshape(-1, 3).astype(int).T
    assert (hit_blue - hit_red).max() > 100


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (TRUE[:, :-1], r"a\.tif has the shape \(200, 299\).*a\.png has \(200, 300\).*neither cropped"),
        (TRUE - 1, r"a\.tif holds values from -1 to 5.*0 is background"),
        (TRUE / 2, r"a\.tif holds values from 0 to 3.*0 is background"),
        (TRUE * 10_000_000, r"to 6e\+07.*to 10000000"),
    ],
)
def test_labels_that_are_none_are_refused(tmp_path: Path, labels: np.ndarray, message: str) -> None:
    save_picture(tmp_path / "images" / "a.png")
    save_labels(tmp_path / "labels" / "a.tif", labels)
    with pytest.raises(UnreadableFileError, match=message):
        evaluate_folder(tmp_path / "images", tmp_path / "labels", Recipe())


def test_folders_without_a_common_name_are_refused(tmp_path: Path) -> None:
    save_picture(tmp_path / "images" / "a.png")
    save_labels(tmp_path / "labels" / "b.tif")
    with pytest.raises(UnreadableFileError, match=r"images has a label image.*same names"):
        evaluate_folder(tmp_path / "images", tmp_path / "labels", Recipe())


def test_a_folder_that_is_absent_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"absent cannot be opened.*Check its name"):
        evaluate_folder(tmp_path, tmp_path / "absent", Recipe())


def test_two_labels_of_one_image_are_refused(tmp_path: Path) -> None:
    save_picture(tmp_path / "images" / "a.png")
    save_labels(tmp_path / "labels" / "a.tif")
    save_picture(tmp_path / "labels" / "a.png")
    with pytest.raises(UnreadableFileError, match=r"labels holds a\.png and a\.tif: which of them is meant"):
        evaluate_folder(tmp_path / "images", tmp_path / "labels", Recipe())
