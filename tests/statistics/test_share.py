import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.statistics.share import share_of


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 10, 0.0, 0.27753), (10, 10, 0.72247, 1.0), (5, 10, 0.23659, 0.76341), (81, 263, 0.25530, 0.36620)],
)
def test_intervals_are_those_of_wilson(count: int, total: int, low: float, high: float) -> None:
    share = share_of(count, total)
    assert share.value == count / total
    assert (share.low, share.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("share", [0.03, 0.3, 0.9])
def test_intervals_hold_the_true_share_in_95_percent(share: float) -> None:
    counts = np.random.default_rng(1).binomial(60, share, 4000)
    intervals = {count: share_of(int(count), 60) for count in set(counts)}
    held = np.mean([intervals[count].low <= share <= intervals[count].high for count in counts])
    assert held == pytest.approx(0.95, abs=0.035)


def test_of_none_the_share_is_not_known() -> None:
    assert np.isnan(share_of(0, 0).value)


@pytest.mark.parametrize("count", [-1, 4])
def test_an_impossible_count_is_refused(count: int) -> None:
    with pytest.raises(ParameterError, match=f"count of {count} is not between 0 and 3"):
        share_of(count, 3)
