"""What speaks for a proposal, and what is told by all proposals of an image together."""

import numpy as np
import pytest
from drawing import row_of_discs

from nanotem.segmentation.judge.evidence import evidence
from nanotem.segmentation.judge.proposals import pooled
from nanotem.segmentation.judge.witnesses import Witness

SHAPE = 60, 240
COLUMN = np.mgrid[:60, :240][1]


def discs(*radii_px: float) -> np.ndarray:
    return row_of_discs(*radii_px, shape=SHAPE, pitch_px=48)


def of(labels: np.ndarray, contrast: np.ndarray, *, diameter_px: float = 20.0) -> dict[str, np.ndarray]:
    proposals, said = pooled([labels, labels]), [Witness("neck", labels)] * 2
    return evidence(proposals, said, contrast=contrast.astype(np.float32), diameter_px=diameter_px)


def test_alike_are_those_of_about_the_same_size_and_level():
    labels = discs(10, 10.5, 11, 20, 10)
    found = of(labels, np.where(labels == 5, 40.0, 100.0 * (labels > 0)))
    assert np.expm1(found["alike"][:5]).tolist() == pytest.approx([3, 3, 3, 1, 1])


def test_holes_have_one_level_and_metal_has_several():
    labels = discs(12, 12, 12, 12, 12)
    grey = np.array([0, 60, 80, 100, 120, 140])[labels]
    assert of(labels, 100.0 * (labels > 0))["image_levels"].tolist() == [0.0] * 10
    assert of(labels, grey)["image_levels"] == pytest.approx(np.full(10, 0.3), abs=0.01)


def test_a_hole_is_below_its_rim_and_a_particle_above_it():
    labels = discs(12, 12, 12)
    contrast = np.array([20.0, 120.0, -30.0, 20.0])[labels]
    found = of(labels, contrast)
    assert np.sign(found["step_share"][:3]).tolist() == np.sign(found["step_to_noise"][:3]).tolist() == [1, -1, 0]
    assert found["step_share"][0] == pytest.approx(-2 * found["step_share"][1])


def test_sizes_and_unevenness_are_spreads_in_common():
    labels = discs(8, 11, 14, 17, 20)
    contrast = np.where(COLUMN % 2 == 1, 50.0, 150.0) * (labels > 0)
    found = of(labels, contrast)
    assert found["image_sizes"] == pytest.approx(np.full(10, 1.4826 * np.log(14 / 11)), rel=0.03)
    assert found["image_uneven"] == pytest.approx(np.full(10, 0.5), rel=0.02)
    assert found["image_compact"] == pytest.approx(np.full(10, 1.0), abs=0.01)


def test_unevenness_stays_small_where_nothing_stands_out():
    labels = discs(12, 12, 12)
    noise = np.random.default_rng(1).normal(0, 5, SHAPE)
    assert of(labels, noise - 0.1)["image_uneven"] == pytest.approx(np.full(6, 1.0), abs=0.2)


@pytest.mark.parametrize(("shown_px", "likeness"), [(20, 1.0), (10, 0.5), (40, 0.5)])
def test_the_likeness_is_that_of_what_the_network_finds_and_what_it_was_shown(shown_px: float, likeness: float):
    labels = discs(10, 10, 10)
    network = Witness("network", labels, np.array([0, 0.9, 0.9, 0.2], np.float32), shown_px)
    proposals = pooled([labels, labels])
    contrast = (100.0 * (labels > 0)).astype(np.float32)
    found = evidence(proposals, [Witness("neck", labels), network], contrast=contrast, diameter_px=shown_px)
    assert found["image_likeness"] == pytest.approx(np.full(6, likeness), abs=0.02)


def test_looks_with_and_without_the_background_are_told_apart():
    labels = discs(10, 10, 10)
    fewer, sure = np.where(labels == 3, 0, labels), np.array([0, 0.9, 0.9, 0.9], np.float32)
    said = [
        Witness("neck", labels),
        Witness("network", labels, sure, 20),
        Witness("network", fewer, 0.5 * sure[:3], 10, level=True),
    ]
    found = evidence(
        pooled([one.labels for one in said]), said, contrast=np.float32(200) * (labels > 0), diameter_px=20
    )
    assert found["overlap_1"][:3].tolist() == [1, 1, 1]
    assert found["overlap_level_1"][:3].tolist() == [1, 1, 0]
    assert found["overlap_level_2"][:3].tolist() == [-1, -1, -1]
    assert found["sure_level"][:3].tolist() == pytest.approx([0.45, 0.45, 0])
    assert found["size_to_level"][:3] == pytest.approx(np.full(3, np.log(2)), abs=0.02)


def test_on_a_thick_support_particles_have_contrast_only_without_the_background():
    labels = discs(6, 6, 6, 6, 6)
    thick = 80.0 * (1 + np.sin(COLUMN / 40))
    noise = np.random.default_rng(4).normal(0, 2, SHAPE)
    found = of(labels, thick + 40.0 * (labels > 0) + noise, diameter_px=12)
    assert np.ptp(found["contrast_to_noise"]) > 1
    assert np.ptp(found["contrast_level"]) < 0.5
    assert found["contrast_level"].min() > 0.5


def test_without_a_network_nothing_is_said_of_its_scale():
    labels = discs(10, 10)
    found = of(labels, 100.0 * (labels > 0))
    assert found["image_likeness"].tolist() == found["image_likeness_level"].tolist() == [-1.0] * 4


def test_of_nothing_there_is_no_evidence():
    found = of(np.zeros_like(discs()), np.zeros(SHAPE))
    assert {len(values) for values in found.values()} == {0}
