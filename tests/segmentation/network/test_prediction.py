from dataclasses import replace

import numpy as np
import pytest
from drawing import Particle, disc_grid, draw

from nanotem.evaluation import evaluate
from nanotem.segmentation import Foreground, SegmentParams, prepare, segment
from nanotem.segmentation.by_network import Asked
from nanotem.segmentation.network.maps import DISTANCE, FOREGROUND
from nanotem.segmentation.network.particles import confidences, particles_of
from nanotem.segmentation.network.prediction import Prediction, levelled, predict
from nanotem.segmentation.network.segmenter import Segmenter
from nanotem.training.segmenter.targets import maps_of

LEARNED = SegmentParams(method="learned")
NOTHING = Foreground(np.zeros((120, 130), bool))
CROWD = [Particle(40, 40, 40), Particle(40, 76, 38), Particle(90, 60, 16), Particle(80, 104, 20, length_px=44)]


def truth():
    return draw((120, 130), CROWD)[1]


def asked(prediction):
    return Asked(prediction, "0" * 64)


def perfect(labels):
    maps = maps_of(labels)
    return Prediction(maps[..., FOREGROUND], maps[..., DISTANCE], 30.0)


def test_particles_come_back_from_perfect_maps():
    labels = truth()
    found = segment(NOTHING, LEARNED, asked(perfect(labels)))
    assert evaluate(found.labels, labels).f1_75 == 1
    assert np.array_equal(found.labels > 0, labels > 0)
    assert set(found.confidence) == set(np.unique(found.labels)) - {0}
    assert min(found.confidence.values()) > 0.9
    assert np.array_equal(np.unique(found.seeds), np.unique(found.labels))


def test_a_prediction_that_is_not_given_is_worked_out(brightness):
    image, labels = draw((120, 130), CROWD, particle=200, background=50)
    nothing = np.zeros(image.shape, bool)
    foreground = Foreground(labels > 0, flattened=image, ignored=nothing)
    prepared = prepare(foreground, LEARNED, network=lambda: Segmenter.load(brightness))
    expected = predict(image, Segmenter.load(brightness), ignore=nothing, satellites=True, flips=False)
    assert np.array_equal(prepared.prediction.foreground, expected.foreground)
    alone = segment(foreground, LEARNED)
    assert alone.asked_network
    assert np.array_equal(alone.labels, segment(foreground, LEARNED, prepare(foreground, LEARNED)).labels)


def test_what_the_network_is_unsure_of_is_dropped():
    labels = truth()
    prediction = perfect(labels)
    faint = labels == 3
    unsure = replace(prediction, foreground=np.where(faint, np.float32(0.6), prediction.foreground))
    assert len(segment(NOTHING, SegmentParams.of("learned", least_confidence=0.5), asked(unsure)).confidence) == 4
    kept = segment(NOTHING, SegmentParams.of("learned", least_confidence=0.7), asked(unsure))
    assert len(kept.confidence) == 3
    assert not kept.labels[faint].any()


def test_a_higher_split_ratio_splits_more():
    labels = truth()
    distance = np.where(labels == 0, 0, np.maximum(perfect(labels).distance, 0.6)).astype(np.float32)
    counts = [
        len(
            segment(
                NOTHING, SegmentParams.of("learned", split_ratio=ratio), asked(Prediction(distance, distance, 30))
            ).confidence
        )
        for ratio in (0.4, 0.8)
    ]
    assert counts == [3, 4]


def test_confidence_is_low_without_a_middle():
    labels = truth()
    prediction = perfect(labels)
    basin, found = particles_of(prediction.foreground, prediction.distance * np.float32(0.5), split_ratio=0.75)
    sure = confidences(found, prediction.foreground, basin)
    assert sure[np.unique(found)[1:]].max() < 0.55
    assert particles_of(np.zeros((9, 9), np.float32), np.zeros((9, 9), np.float32), split_ratio=0.75)[1].max() == 0


@pytest.mark.parametrize("flips", [False, True])
def test_the_maps_of_a_micrograph_have_its_shape_and_place(brightness, flips):
    image, labels = draw((151, 203), disc_grid(3, 4, pitch_px=48, diameter_px=28), particle=200, background=50)
    prediction = predict(image, Segmenter.load(brightness), ignore=np.zeros(image.shape, bool), flips=flips)
    assert prediction.foreground.shape == prediction.distance.shape == (151, 203)
    assert evaluate(segment(Foreground(labels > 0), LEARNED, asked(prediction)).labels, labels).f1_75 == 1
    assert 8 < prediction.diameter_px < 203


def test_nothing_is_found_where_the_picture_is_no_micrograph(brightness):
    image, _ = draw((120, 130), CROWD, particle=200, background=50)
    ignore = np.zeros(image.shape, bool)
    ignore[:, :65] = True
    prediction = predict(image, Segmenter.load(brightness), ignore=ignore)
    assert not prediction.foreground[ignore].any()
    assert prediction.foreground[~ignore].max() > 0.9


@pytest.mark.parametrize("shape", [(1, 1), (3, 400)])
def test_tiny_images_have_maps_too(brightness, shape):
    prediction = predict(np.zeros(shape, np.float32), Segmenter.load(brightness), ignore=np.zeros(shape, bool))
    assert prediction.foreground.shape == shape


def test_a_levelled_image_shows_particles_and_not_what_they_sit_on():
    row, column = np.mgrid[:200, :300]
    support = 5.0 * np.sin(column / 60) + row / 50
    discs = sum(np.hypot(row - 100, column - at) < 6 for at in (50, 150, 250))
    level = levelled((support + discs).astype(np.float32), 12)
    inside, outside = level[discs > 0], level[discs == 0]
    assert (level.mean(), level.std()) == (pytest.approx(0, abs=1e-4), pytest.approx(1, abs=1e-4))
    assert inside.min() > np.percentile(outside, 95)


@pytest.mark.parametrize("shape", [(3, 5), (1, 40)])
def test_tiny_and_flat_images_are_levelled_too(shape):
    assert not levelled(np.full(shape, 4, np.float32), 30).any()
