"""Labelled crops: what is trained on later is what was seen here."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from drawing import Particle, draw, with_noise

from nanotem.morphology.crops import crop_particles
from nanotem.morphology.labelled_crops import labelled_crops
from nanotem.training.shapes.class_folders import read_class_folders

SHAPE = (181, 203)
PARTICLES = [
    Particle(40.5, 50, 31),
    Particle(41, 83.3, 33),  # touches the first
    Particle(3, 140, 30),  # cut by the frame
    Particle(120, 60, 18, 70, 35),
    Particle(150.5, 150.5, 20),
    Particle(178, 199, 25),
]
IMAGE, LABELS = draw(SHAPE, PARTICLES)
NOISY = with_noise(IMAGE, 4)
CLASSES = {1: "circle", 2: "hexagon", 3: "circle", 4: "rod", 5: "circle", 6: "square"}
NAMES = ("circle", "hexagon", "rod", "square")


def read_back(archive: bytes, folder: Path) -> dict[int, np.ndarray]:
    """Return the crop of each label that was exported, and check its class."""
    with ZipFile(BytesIO(archive)) as files:
        names = sorted(files.namelist())
        files.extractall(folder)
    crops, classes = read_class_folders(folder, NAMES)
    labels = [int(name.removesuffix(".png").rpartition("_")[2]) for name in names]
    assert [NAMES[k] for k in classes] == [CLASSES[label] for label in labels]
    return dict(zip(labels, crops, strict=True))


@pytest.mark.parametrize(
    ("pixels", "tolerance"),
    [
        (NOISY.round().astype(np.uint8), 0.01),
        ((250 * NOISY).astype(np.uint16), 1e-3),
        (NOISY.astype(np.float64) / 7 - 20, 1e-3),
        (-NOISY, 1e-3),
    ],
    ids=["8 bits", "16 bits", "fractions", "bright particles"],
)
def test_a_crop_read_back_is_that_of_the_micrograph(pixels: np.ndarray, tolerance: float, tmp_path: Path) -> None:
    crops = read_back(labelled_crops(pixels, LABELS, CLASSES, stem="a"), tmp_path)
    assert sorted(crops) == list(CLASSES)
    expected = crop_particles(pixels, LABELS, list(crops))
    np.testing.assert_allclose(list(crops.values()), expected, atol=tolerance)


@pytest.mark.parametrize("shift", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_it_makes_no_difference_where_the_particle_lies(shift: tuple[int, int], tmp_path: Path) -> None:
    pixels, labels = (np.roll(array, shift, (0, 1)) for array in (NOISY.round().astype(np.uint8), LABELS))
    crops = read_back(labelled_crops(pixels, labels, {1: "circle", 5: "circle"}, stem="a"), tmp_path)
    np.testing.assert_allclose(list(crops.values()), crop_particles(pixels, labels, [1, 5]), atol=0.01)


def test_a_particle_among_others_without_background(tmp_path: Path) -> None:
    labels = np.full((40, 40), 2, np.int32)
    labels[10:30, 10:30] = 1
    pixels = np.where(labels == 1, 80, 180).astype(np.uint8)
    crops = read_back(labelled_crops(pixels, labels, {1: "circle"}, stem="a"), tmp_path)
    np.testing.assert_allclose(crops[1], crop_particles(pixels, labels, [1])[0], atol=0.01)


def test_names_that_no_file_system_takes_are_made_safe() -> None:
    archive = labelled_crops(NOISY, LABELS, {1: "../up"}, stem="a/b:c")
    (name,) = ZipFile(BytesIO(archive)).namelist()
    assert name == "up/b_c_1.png"


def test_labels_that_are_not_there_are_passed_over() -> None:
    assert ZipFile(BytesIO(labelled_crops(NOISY, LABELS, {0: "rod", 99: "rod"}, stem="a"))).namelist() == []


def test_a_flat_image_can_be_exported() -> None:
    archive = labelled_crops(np.full(SHAPE, 7.0), LABELS, {1: "circle"}, stem="flat")
    assert ZipFile(BytesIO(archive)).namelist() == ["circle/flat_1.png"]
