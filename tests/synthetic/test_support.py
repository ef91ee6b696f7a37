import numpy as np
import pytest

from nanotem.synthetic.support import draw_relief

SHAPE = (300, 400)


def relief(seed=0, **options):
    return draw_relief(SHAPE, np.random.default_rng(seed), **options)


def test_an_even_film_has_no_relief() -> None:
    assert relief().shape == SHAPE
    assert not relief().any()


def test_holes_take_a_sixth_of_the_film_away() -> None:
    holes = relief(support="holes")
    assert np.mean(holes < -0.06) == pytest.approx(1 / 6, abs=0.06)
    assert holes.min() == pytest.approx(-0.12)
    assert holes.max() == 0


@pytest.mark.parametrize("seed", range(5))
def test_beyond_the_edge_there_is_no_film(seed) -> None:
    edge = relief(seed, support="edge")
    assert 0.02 < np.mean(edge == edge.min()) < 0.6
    assert edge.min() == pytest.approx(-0.12)
    assert np.mean((edge < 0) & (edge > edge.min())) < 0.05


def test_wrinkles_are_thin_and_dark() -> None:
    wrinkles = relief(support="wrinkles")
    assert wrinkles.min() >= 0
    assert wrinkles.max() >= 0.09
    assert 0.005 < np.mean(wrinkles > 0.05) < 0.25


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_contamination_covers_its_share(share) -> None:
    dirt = relief(contamination=share)
    assert np.mean(dirt > 0) == pytest.approx(share, abs=0.01)
    assert dirt.max() == pytest.approx(0.15)
