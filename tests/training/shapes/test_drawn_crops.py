"""Drawn examples and own pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from nanotem.errors import NanotemError, ParameterError, UnreadableFileError
from nanotem.morphology.classes import OUTLINE_CLASSES
from nanotem.morphology.crops import CROP_PX, crop_particles
from nanotem.morphology.tasks import TASKS, task_named
from nanotem.training.shapes.class_folders import read_class_folders
from nanotem.training.shapes.drawing import Drawing
from nanotem.training.shapes.drawn_crops import draw_crops


@pytest.mark.parametrize("task", TASKS)
def test_every_class_is_drawn_equally_often(task):
    n_classes = len(task_named(task).classes)
    crops, classes = draw_crops(task, 2 * n_classes, seed=1)
    assert crops.shape == (2 * n_classes, CROP_PX, CROP_PX, 2)
    assert np.bincount(classes).tolist() == [2] * n_classes
    assert crops[..., 1].max(axis=(1, 2)) == pytest.approx(1, abs=0.2)
    assert -0.5 <= crops.min() <= crops.max() <= 1.5


def test_the_seed_decides_and_the_number_of_processes_does_not(monkeypatch):
    monkeypatch.setattr("nanotem.training.shapes.drawn_crops._CHUNK", 7)
    one, _ = draw_crops("solid", 14, seed=3)
    two, _ = draw_crops("solid", 14, seed=3, processes=2)
    other, _ = draw_crops("solid", 14, seed=4)
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_only_some_classes():
    _, classes = draw_crops("outline", 5, seed=1, classes=["square", "rod"])
    assert [OUTLINE_CLASSES[k] for k in classes] == ["square", "rod", "square", "rod", "square"]


def test_none():
    crops, classes = draw_crops("solid", 0, seed=1)
    assert crops.shape == (0, CROP_PX, CROP_PX, 2)
    assert classes.shape == (0,)


def test_a_silhouette_is_uniform_inside():
    drawing = Drawing(silhouette=True, sizes_px=(80, 80))
    crops, _ = draw_crops("solid", 8, seed=2, classes=["OH"], drawing=drawing)
    grey, _ = draw_crops("solid", 8, seed=2, classes=["OH"], drawing=Drawing(sizes_px=(80, 80)))
    deep = cv2.erode(crops[0, ..., 1], np.ones((9, 9))) == 1
    assert crops[0, deep, 0].std() < grey[0, deep, 0].std()


def test_a_particle_seen_otherwise_has_another_window():
    plain, _ = draw_crops("outline", 12, seed=6, drawing=Drawing())
    varied, _ = draw_crops("outline", 12, seed=6, drawing=Drawing(varied=1.0))
    assert (np.abs(plain - varied).mean(axis=(1, 2, 3)) > 0.01).all()


def test_parts_of_the_ranges_are_kept_for_testing():
    from nanotem.training.shapes.drawing import draw_imaging

    rng = np.random.default_rng(0)
    train = np.log([draw_imaging(rng, 50, held_out=False).dose for _ in range(400)])
    test = np.log([draw_imaging(rng, 50, held_out=True).dose for _ in range(400)])
    edges = np.linspace(np.log(80), np.log(3000), 9)
    assert np.intersect1d(np.digitize(train, edges), np.digitize(test, edges)).size == 0


def test_there_is_no_other_task():
    with pytest.raises(ParameterError, match="sponge"):
        task_named("sponge")


def write(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())


def test_own_pictures_with_a_mask(tmp_path):
    labels = np.zeros((50, 60), np.int32)
    labels[10:30, 15:35] = 1
    grey = np.where(labels == 1, 90, 200).astype(np.uint8)
    write(tmp_path / "square" / "a.png", np.dstack([grey, grey, grey, 255 * labels.astype(np.uint8)]))
    crops, classes = read_class_folders(tmp_path, OUTLINE_CLASSES)
    assert [OUTLINE_CLASSES[k] for k in classes] == ["square"]
    assert crops == pytest.approx(crop_particles(grey, labels, [1]))


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("colour", [False, True])
def test_own_pictures_without_a_mask(tmp_path, inverted, colour):
    picture = np.full((64, 64), 210, np.uint8)
    cv2.circle(picture, (32, 30), 18, 60, -1)
    cv2.circle(picture, (5, 5), 2, 60, -1)
    picture = 255 - picture if inverted else picture
    write(tmp_path / "circle" / "b.png", np.dstack([picture] * 3) if colour else picture)
    crops, _ = read_class_folders(tmp_path, OUTLINE_CLASSES)
    assert crops[0, ..., 1].mean() == pytest.approx(np.pi / 4 / 1.2**2, rel=0.06)


def test_folders_that_name_no_class(tmp_path):
    (tmp_path / "spheres").mkdir()
    with pytest.raises(UnreadableFileError, match="no folder named like a class"):
        read_class_folders(tmp_path, OUTLINE_CLASSES)


def test_a_folder_that_is_absent(tmp_path):
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        read_class_folders(tmp_path / "absent", OUTLINE_CLASSES)


def test_class_folders_without_pictures(tmp_path):
    (tmp_path / "circle").mkdir()
    with pytest.raises(UnreadableFileError, match="hold no pictures"):
        read_class_folders(tmp_path, OUTLINE_CLASSES)


@pytest.mark.parametrize("content", [b"no picture", b""])
def test_a_file_that_is_no_picture(tmp_path, content):
    (tmp_path / "circle").mkdir()
    (tmp_path / "circle" / "c.png").write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"c\.png is no picture"):
        read_class_folders(tmp_path, OUTLINE_CLASSES)


def test_a_picture_without_a_particle(tmp_path):
    write(tmp_path / "circle" / "d.png", np.full((20, 20), 9, np.uint8))
    with pytest.raises(NanotemError, match="shows no particle"):
        read_class_folders(tmp_path, OUTLINE_CLASSES)
