"""What the automatic method comes to."""

from math import isnan

import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, with_noise

from nanotem.analysis import analyse
from nanotem.micrograph import Micrograph
from nanotem.networks import folders
from nanotem.preprocess import preprocess
from nanotem.preprocess.params import PreprocessParams, ThresholdParams
from nanotem.recipe import Recipe
from nanotem.segmentation import Foreground, Segmentation, SegmentParams, automatic, by_network, segment
from nanotem.segmentation.automatic import (
    SAME,
    AutomaticOptions,
    Choice,
    choose,
)
from nanotem.segmentation.network.maps import DISTANCE, FOREGROUND
from nanotem.segmentation.network.prediction import Prediction, agreement
from nanotem.segmentation.network.segmenter import own_segmenter
from nanotem.training.segmenter.targets import maps_of

SHAPE = (200, 260)
DISCS = disc_grid(3, 4, pitch_px=50, diameter_px=28)
OTHERS = [Particle(60, 60, 40), Particle(60, 200, 40), Particle(150, 130, 50)]


def pixels(particles=DISCS):
    return with_noise(draw(SHAPE, particles)[0], 3).round().astype(np.uint8)


@pytest.fixture
def network_says(monkeypatch):
    """Let the network answer with these particles, and be so sure of them."""

    def says(labels, *, sure: float = 1.0):
        maps = maps_of(labels)
        prediction = Prediction(maps[..., FOREGROUND] * np.float32(sure), maps[..., DISTANCE], 30.0)
        monkeypatch.setattr(automatic, "agreement", lambda *_, **__: 0.0)
        monkeypatch.setattr(by_network, "predict", lambda *_, **__: prediction)

    return says


def seen(particles=DISCS, params: PreprocessParams | None = None) -> Foreground:
    return Foreground.of(preprocess(pixels(particles), params or PreprocessParams()))


def choice(particles=DISCS, params: PreprocessParams | None = None) -> Choice:
    return choose(seen(particles, params), AutomaticOptions(), own_segmenter)


def result(made: Choice, particles=DISCS, **options) -> Segmentation:
    return segment(seen(particles), SegmentParams.of("automatic", **options), made)


def test_the_network_agrees_at_a_glance_with_what_is_plain():
    made = choice()
    assert (result(made).method, made.asked) == ("neck_ratio", None)
    assert result(made).agreement == made.agreement >= 0.9
    assert made.asked_network


def test_the_network_wins_where_it_is_sure_of_other_particles(network_says):
    network_says(draw(SHAPE, OTHERS)[1])
    analysis = analyse(Micrograph(pixels(), "0" * 64, "drawn.png"))
    assert analysis.segmentation.method == "learned"
    assert analysis.segmentation.agreement < SAME
    assert len(analysis.particles) == len(OTHERS)


def test_the_network_loses_where_it_is_not_sure(network_says):
    network_says(draw(SHAPE, OTHERS)[1], sure=0.58)
    made = choice()
    assert result(made).method == "neck_ratio"
    assert made.agreement < SAME


def test_the_same_particles_on_a_close_look_stay_those_of_the_neck_ratio(network_says):
    network_says(draw(SHAPE, DISCS)[1])
    made = choice()
    assert result(made).method == "neck_ratio"
    assert made.agreement == 1


def test_a_network_that_finds_nothing_does_not_win(network_says):
    network_says(np.zeros(SHAPE, np.int32))
    assert result(choice()).method == "neck_ratio"


def test_a_threshold_of_ones_own_stands(network_says):
    network_says(draw(SHAPE, OTHERS)[1])
    made = choice(params=PreprocessParams(threshold=ThresholdParams(method="manual", level=120.0)))
    assert result(made).method == "neck_ratio"
    assert isnan(made.agreement)
    assert not made.asked_network


def test_where_nothing_stands_out_the_network_is_not_asked(network_says):
    network_says(draw(SHAPE, OTHERS)[1])
    made = choice([])
    assert result(made, []).method == "neck_ratio"
    assert isnan(made.agreement)
    assert not made.asked_network


def test_without_a_network_there_is_the_neck_ratio(monkeypatch, tmp_path):
    monkeypatch.setattr(folders, "MODELS", tmp_path)
    made = choice()
    assert result(made).method == "neck_ratio"
    assert isnan(made.agreement)
    assert "cannot be read" in made.absent_network
    assert result(made).absent_network == made.absent_network


@pytest.mark.parametrize("method", ["neck_ratio", "regions", "local_maxima"])
def test_a_method_that_was_chosen_is_not_questioned(network_says, method):
    network_says(draw(SHAPE, OTHERS)[1])
    found = analyse(Micrograph(pixels(), "0" * 64, "drawn.png"), Recipe(segment=SegmentParams(method=method)))
    assert found.segmentation.method == method
    assert found.segmentation.foreground is None
    assert not found.segmentation.asked_network


def test_how_a_method_is_tuned_does_not_change_the_choice_but_the_result(network_says):
    network_says(draw(SHAPE, OTHERS)[1])
    micrograph = Micrograph(pixels(), "0" * 64, "drawn.png")
    usual, tuned = (
        analyse(micrograph, Recipe(segment=SegmentParams.of("automatic", **options)))
        for options in ({}, {"min_diameter_px": 45.0, "neck_ratio": 0.5})
    )
    assert tuned.segmentation.method == usual.segmentation.method == "learned"
    assert tuned.segmentation.agreement == usual.segmentation.agreement
    assert len(np.unique(usual.segmentation.labels)) - 1 == 3
    assert len(np.unique(tuned.segmentation.labels)) - 1 == 1


def test_the_options_of_the_neck_ratio_hold_where_it_has_the_last_word(network_says):
    pair = [Particle(100, 100, 40), Particle(100, 127, 40)]
    network_says(draw(SHAPE, pair)[1], sure=0.58)
    made = choice(pair)
    counts = [len(np.unique(result(made, pair, neck_ratio=ratio, valley=1.0).labels)) - 1 for ratio in (0.5, 0.9)]
    assert counts == [1, 2]


def test_agreement_falls_with_what_is_missing():
    image, labels = draw(SHAPE, DISCS, particle=200, background=50)
    nothing = np.zeros(SHAPE, bool)
    shares = [
        agreement(some, image, own_segmenter(), ignore=nothing)
        for some in (labels, np.where(labels % 2, labels, 0), np.zeros_like(labels))
    ]
    assert shares[0] > 0.9
    assert shares[0] > shares[1] > shares[2] == 0


def test_a_raft_that_a_threshold_takes_for_one_particle_is_left_to_the_network(network_says):
    raft = [Particle(30 + 22 * row, 30 + 22 * column, 18) for row in range(7) for column in range(7)]
    network_says(draw(SHAPE, raft)[1], sure=0.58)
    assert result(choice([Particle(96, 96, 140)])).method == "learned"
