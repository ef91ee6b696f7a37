"""Inside, border and outside of a drawn disc."""

import numpy as np
import pytest

from nanotem.explanation.regions import regions, shares

DISTANCE = np.hypot(*(np.indices((64, 64)) - 31.5))
DISC = DISTANCE < 20


def test_the_regions_cover_the_crop_once() -> None:
    found = regions(DISC)
    assert (sum(one.astype(int) for one in found.values()) == 1).all()
    assert found["inside"][DISTANCE < 16].all()
    assert found["border"][(DISTANCE > 18) & (DISTANCE < 22)].all()
    assert found["outside"][DISTANCE > 24].all()


@pytest.mark.parametrize(
    ("place", "region"), [(DISTANCE < 15, "inside"), (np.abs(DISTANCE - 20) < 1, "border"), (DISTANCE > 25, "outside")]
)
def test_a_map_belongs_where_it_lies_whatever_its_sign(place: np.ndarray, region: str) -> None:
    for sign in (1, -1):
        assert shares(sign * place.astype(np.float32), DISC)[region] == pytest.approx(1)


def test_a_uniform_map_has_the_share_of_the_area() -> None:
    found = shares(np.ones((64, 64), np.float32), DISC)
    assert sum(found.values()) == pytest.approx(1)
    assert found["inside"] == pytest.approx(np.pi * 17**2 / 64**2, rel=0.06)


def test_a_map_of_zeros_has_no_share() -> None:
    assert np.isnan(list(shares(np.zeros((64, 64), np.float32), DISC).values())).all()
