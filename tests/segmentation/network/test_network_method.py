"""The learned method in a whole analysis."""

from dataclasses import replace

import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, with_noise

from nanotem.analysis import analyse
from nanotem.evaluation import evaluate
from nanotem.micrograph import Micrograph
from nanotem.networks import folders
from nanotem.networks.errors import ModelError
from nanotem.parameters import knobs
from nanotem.preprocess.params import BackgroundParams, PreprocessParams
from nanotem.recipe import Recipe
from nanotem.segmentation import METHODS, SegmentParams

LEARNED = Recipe(segment=SegmentParams(method="learned"))


def micrograph(*, n_rows: int) -> Micrograph:
    image = draw((200, 260), disc_grid(n_rows, 4, pitch_px=50, diameter_px=28))[0]
    return Micrograph(with_noise(image, 3).round().astype(np.uint8), "0" * 64, "drawn.png")


def test_an_absent_network_is_an_error_with_a_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(folders, "MODELS", tmp_path)
    with pytest.raises(ModelError, match=r"cannot be read.*choose another method"):
        _ = analyse(micrograph(n_rows=1), LEARNED).particles


def test_the_network_that_comes_along_finds_discs():
    analysis = analyse(micrograph(n_rows=3), LEARNED)
    assert len(analysis.particles) == 12
    np.testing.assert_allclose(analysis.particles["diameter_px"], 28, rtol=0.06)
    assert set(analysis.segmentation.confidence) == set(analysis.particles["label"])


def test_the_network_that_comes_along_finds_nothing_in_noise():
    pixels = np.random.default_rng(0).normal(120, 12, (256, 256)).astype(np.uint8)
    assert analyse(Micrograph(pixels, "0" * 64, "noise.png"), LEARNED).particles.empty


@pytest.mark.parametrize(("particle", "background"), [(60.0, 180.0), (180.0, 60.0)])
def test_it_decides_the_polarity_unless_a_person_did(particle, background):
    packed = disc_grid(8, 9, pitch_px=30, diameter_px=28)  # gaps between them look like particles
    image, truth = draw((240, 270), packed, particle=particle, background=background)
    analysis = analyse(Micrograph(with_noise(image, 3).round().astype(np.uint8), "", ""), LEARNED)
    true = "dark" if particle < background else "bright"
    assert analysis.preprocessed.polarity != true == analysis.stages.polarity
    assert evaluate(analysis.labels, truth).f1_50 == 1
    said = PreprocessParams(background=BackgroundParams(polarity=analysis.preprocessed.polarity))
    wrong = analysis.with_recipe(replace(LEARNED, preprocess=said))
    assert wrong.stages.polarity != true


def test_what_belongs_to_a_threshold_has_no_effect_on_it():
    options = set(knobs(type(LEARNED.segment.options)))
    assert not {"neck_ratio", "min_prominence"} & options
    assert options == {"split_ratio", "least_confidence", "satellites", "flips"}
    assert LEARNED.segment.is_used("min_diameter_px")
    assert not METHODS["learned"].uses_mask


def test_satellites_beside_large_particles_are_found_unless_that_is_switched_off():
    large, small = disc_grid(2, 2, pitch_px=150, diameter_px=90), [Particle(150, 75, 12), Particle(150, 225, 12)]
    image = with_noise(draw((300, 300), [*large, *small])[0], 3).round().astype(np.uint8)
    counts = [
        len(analyse(Micrograph(image, "0" * 64, "drawn.png"), recipe).particles)
        for recipe in (LEARNED, Recipe(segment=SegmentParams.of("learned", satellites=False)))
    ]
    assert counts == [6, 4]


def test_a_raft_of_small_particles_is_not_one_large_particle():
    centres = [(100 + 9 * row, 100 + 10 * column + 5 * (row % 2)) for row in range(12) for column in range(12)]
    raft = draw((320, 320), [Particle(row, column, 8) for row, column in centres])[0]
    image = Micrograph(with_noise(raft, 3).round().astype(np.uint8), "0" * 64, "drawn.png")
    assert abs(len(analyse(image, LEARNED).particles) - 144) <= 3
