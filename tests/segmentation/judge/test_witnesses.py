"""Witnesses share their work."""

import numpy as np

from nanotem.segmentation.judge import witnesses
from nanotem.segmentation.network.segmenter import Segmenter


class SeesOneDisc(Segmenter):
    """A network that sees a disc in the middle of everything, and remembers what it was shown."""

    def __init__(self) -> None:
        self.shown = []

    def predict(self, image, *, flips=False):
        self.shown.append(image.shape)
        rows, columns = (np.linspace(-1, 1, side // 2, dtype=np.float32) for side in image.shape)
        depth = np.clip(1 - 2 * np.hypot(rows[:, None], columns), 0, 1)
        return np.stack([depth > 0, depth], axis=-1).astype(np.float32)


def test_of_looks_that_show_the_same_one_is_taken_and_all_are_heard(monkeypatch):
    monkeypatch.setattr(witnesses, "_CLOSER_PX", 150 * 150)
    network, image = SeesOneDisc(), np.zeros((120, 120), np.float32)
    heard = witnesses.looked_closer(image, network, np.zeros(image.shape, bool), diameter_px=60)
    assert [one.closer for one in heard] == [8.0, 4.0, 2.0, 0.5]
    assert len(network.shown) == len(set(network.shown)) == 3  # at 8 and 4 it stops at as many pixels
    assert all(one.labels.max() == 1 for one in heard)


def test_particles_that_would_be_too_small_for_the_network_are_not_looked_at():
    network, image = SeesOneDisc(), np.zeros((120, 120), np.float32)
    heard = witnesses.looked_closer(image, network, np.zeros(image.shape, bool), diameter_px=20)
    assert [one.closer for one in heard] == [2.0, 0.5]


def test_without_the_background_the_network_looks_at_the_scale_that_fits_and_closer():
    network, image = SeesOneDisc(), np.zeros((120, 120), np.float32)
    heard = witnesses.looked_level(image, network, np.zeros(image.shape, bool), diameter_px=60)
    assert [(one.closer, one.level) for one in heard] == [(1.0, True), (2.0, True)]
    assert len({one.shown_px for one in heard}) == 1
    assert heard[0].shown_px <= 60 * 1.01


def test_closer_than_the_network_can_see_it_does_not_look_without_the_background_either():
    network, image = SeesOneDisc(), np.zeros((24, 24), np.float32)
    heard = witnesses.looked_level(image, network, np.zeros(image.shape, bool), diameter_px=9)
    assert [one.closer for one in heard] == [1.0]
