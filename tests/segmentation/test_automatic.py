"""What the automatic method comes to."""

import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, film_with_holes, with_noise

from nanotem.analysis import analyse
from nanotem.evaluation import evaluate
from nanotem.micrograph import Micrograph
from nanotem.networks import folders
from nanotem.preprocess import preprocess
from nanotem.preprocess.params import BackgroundParams, PreprocessParams, ThresholdParams
from nanotem.recipe import Recipe
from nanotem.segmentation import Foreground, Segmentation, SegmentParams, by_network, segment
from nanotem.segmentation.automatic import AutomaticOptions, Verdict, hear
from nanotem.segmentation.by_network import LearnedOptions, ask
from nanotem.segmentation.judge import testimony
from nanotem.segmentation.judge.testimony import Hearing
from nanotem.segmentation.network.segmenter import own_segmenter

SHAPE = (200, 260)
DISCS = disc_grid(3, 4, pitch_px=50, diameter_px=28)


def pixels(particles=DISCS, noise=3.0, shape=SHAPE):
    return with_noise(draw(shape, particles)[0], noise).round().astype(np.uint8)


def eight_bit(image: np.ndarray) -> np.ndarray:
    return np.clip(image, 0, 255).round().astype(np.uint8)


def seen(particles=DISCS, params: PreprocessParams | None = None, shape=SHAPE) -> Foreground:
    return Foreground.of(preprocess(pixels(particles, shape=shape), params or PreprocessParams()))


def verdict(foreground: Foreground) -> Verdict:
    return hear(foreground, AutomaticOptions(), own_segmenter)


@pytest.fixture(scope="module")
def plain() -> Segmentation:
    """What is found of plain discs."""
    return segment(seen(), SegmentParams())


def test_plain_discs_are_found_with_hardly_a_doubt(plain):
    assert evaluate(plain.labels, draw(SHAPE, DISCS)[1]).f1_50 == 1
    assert plain.method == "automatic"
    assert min(plain.confidence.values()) > 0.8
    assert plain.count is not None
    assert plain.count.found == len(DISCS)
    assert plain.count.low <= len(DISCS) <= plain.count.high


def test_every_particle_says_how_sure_it_is_and_who_proposed_it(plain):
    numbers = set(np.unique(plain.labels[plain.labels > 0]).tolist())
    assert set(plain.confidence) == set(plain.proposed_by) == numbers
    assert set(plain.proposed_by.values()) <= {"neck", "network"}


def test_network_and_judge_are_named(plain):
    assert plain.asked_network == own_segmenter().sha256
    assert len(plain.asked_judge) == 64
    assert not plain.absent_network


def test_a_higher_probability_keeps_no_more():
    foreground = seen([*DISCS[:6], Particle(100, 130, 5), Particle(170, 200, 5)])
    heard = verdict(foreground)
    counts = [
        len(segment(foreground, SegmentParams.of("automatic", least_probability=least), heard).confidence)
        for least in (0.05, 0.4, 0.95)
    ]
    assert counts == sorted(counts, reverse=True)


def test_a_closer_look_is_taken_only_in_doubt(monkeypatch):
    looks = []
    closer = Hearing.looked_closer
    monkeypatch.setattr(Hearing, "looked_closer", lambda self: looks.append(1) or closer(self))
    monkeypatch.setattr("nanotem.segmentation.automatic.DOUBT", 1e9)
    verdict(seen())
    assert not looks
    monkeypatch.setattr("nanotem.segmentation.automatic.DOUBT", 0.0)
    verdict(seen())
    assert looks


def test_a_threshold_of_ones_own_stands():
    foreground = seen(params=PreprocessParams(threshold=ThresholdParams(method="manual", level=120.0)))
    found = segment(foreground, SegmentParams(), verdict(foreground))
    assert (found.method, found.asked_network, found.count) == ("neck_ratio", "", None)


@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_nothing_is_found_where_nothing_is(noise):
    found = segment(Foreground.of(preprocess(pixels([], noise), PreprocessParams())), SegmentParams())
    assert not found.labels.any()
    assert found.count is not None
    assert found.count.found == 0


def test_without_a_network_there_is_the_neck_ratio(monkeypatch, tmp_path):
    monkeypatch.setattr(folders, "MODELS", tmp_path)
    foreground = seen()
    found = segment(foreground, SegmentParams(), verdict(foreground))
    assert found.method == "neck_ratio"
    assert "cannot be read" in found.absent_network


@pytest.mark.parametrize("method", ["neck_ratio", "regions", "local_maxima"])
def test_a_method_that_was_chosen_is_not_questioned(method):
    found = analyse(Micrograph(pixels(), "0" * 64, "drawn.png"), Recipe(segment=SegmentParams(method=method)))
    assert found.segmentation.method == method
    assert found.segmentation.foreground is None
    assert not found.segmentation.asked_network


@pytest.mark.parametrize("turn", [np.fliplr, np.flipud, np.transpose, np.rot90])
def test_a_turned_picture_has_the_same_particles(turn):
    picture = pixels([*DISCS[:5], Particle(120, 120, 44), Particle(120, 158, 40)])
    found, turned = (
        segment(Foreground.of(preprocess(np.ascontiguousarray(some), PreprocessParams())), SegmentParams()).labels
        for some in (picture, turn(picture))
    )
    assert evaluate(turned, np.ascontiguousarray(turn(found))).f1_50 == 1


def test_particles_are_numbered_as_one_reads(plain):
    numbers, first = np.unique(plain.labels, return_index=True)
    assert numbers.tolist() == list(range(len(DISCS) + 1))
    assert (np.diff(first[1:]) > 0).all()


def test_what_is_clear_but_left_out_is_told_and_counts_where_a_person_says_so():
    small = [Particle(row, column, 10) for row, column in ((150, 75), (150, 225), (20, 150), (280, 150), (150, 150))]
    large = disc_grid(2, 2, pitch_px=150, diameter_px=90)
    foreground = seen([*large, *small], shape=(300, 300))
    heard = verdict(foreground)
    usual, every = (
        segment(foreground, SegmentParams.of("automatic", count_clear=wanted), heard) for wanted in (False, True)
    )
    assert usual.n_left_out == len(small)
    assert not (usual.labels[usual.left_out > 0]).any()
    assert (len(every.confidence), every.n_left_out) == (len(large) + len(small), 0)
    assert sorted(every.confidence.values())[-len(small) :] == [1.0] * len(small)
    assert usual.count.high >= every.count.found == usual.count.found + len(small)


@pytest.mark.parametrize(("particle", "background"), [(60.0, 180.0), (180.0, 60.0)])
def test_what_is_found_decides_the_polarity_unless_a_person_did(particle, background):
    packed = disc_grid(8, 9, pitch_px=30, diameter_px=28)  # gaps between them look like particles
    image, truth = draw((240, 270), packed, particle=particle, background=background)
    analysis = analyse(Micrograph(with_noise(image, 3).round().astype(np.uint8), "", ""))
    true = "dark" if particle < background else "bright"
    assert analysis.preprocessed.polarity != true == analysis.stages.polarity
    assert analysis.segmentation.is_reversed
    assert evaluate(analysis.labels, truth).f1_50 == 1
    by_neck = analysis.with_recipe(Recipe(segment=SegmentParams.of("neck_ratio")))
    assert by_neck.stages.polarity != true
    said = PreprocessParams(background=BackgroundParams(polarity=analysis.preprocessed.polarity))
    assert analysis.with_recipe(Recipe(preprocess=said)).stages.polarity != true


def test_where_the_network_fits_on_neither_side_the_shape_of_the_background_decides(monkeypatch):
    foreground = seen()
    monkeypatch.setattr(testimony, "_is_against", lambda glance: True)
    hearing = Hearing(foreground, own_segmenter())
    assert (hearing.is_reversed, hearing.foreground.polarity) == (False, foreground.polarity)
    monkeypatch.setattr(by_network, "_is_against", lambda asked, foreground: True)
    assert not ask(foreground, LearnedOptions(), own_segmenter).is_reversed


def test_holes_of_a_film_are_no_particles_unless_a_person_says_so():
    film = Foreground.of(preprocess(eight_bit(film_with_holes()), PreprocessParams()))
    heard = verdict(film)
    assert (film.polarity, heard.are_holes, heard.is_reversed) == ("bright", True, False)
    found = segment(film, SegmentParams(), heard)
    assert found.are_holes
    assert found.n_left_out >= 5
    assert not found.labels.any()
    assert found.count.low == 0 < found.n_left_out <= found.count.high
    counted = segment(film, SegmentParams.of("automatic", count_clear=True), heard)
    assert len(counted.confidence) >= found.n_left_out
    assert not counted.are_holes
    bright = PreprocessParams(background=BackgroundParams(polarity="bright"))
    assert segment(Foreground.of(preprocess(eight_bit(film_with_holes()), bright)), SegmentParams()).labels.any()


def test_dark_particles_on_a_film_with_holes_are_found():
    discs = [Particle(row, column, 16) for row in (40, 160, 280) for column in (60, 160, 260)]
    particles, truth = draw((320, 320), discs, particle=-90, background=0)
    analysis = analyse(Micrograph(eight_bit(film_with_holes() + particles), "", ""))
    assert analysis.stages.polarity == "dark"
    assert evaluate(analysis.labels, truth).f1_50 >= 0.85
