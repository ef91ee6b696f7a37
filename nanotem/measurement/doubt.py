"""Which particles to look at first."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.measurement.flags import has_flag
from nanotem.robust import SD_PER_MEDIAN_DEVIATION

_LOW_SOLIDITY = 0.9
_ODD_SIZE = 3.0
_LEAST_SPREAD = 0.05
_RARE = 0.05
"""Sizes that more particles than one in twenty share are a family of their own, not errors."""
_SURE = 0.75
_UNSURE_SIZE, _TIMES_USUAL = 0.1, 2.0


def doubtful_particles(particles: pd.DataFrame, confidence: Mapping[int, float] | None = None) -> pd.DataFrame:
    """List the particles whose outline is least certain, worst first.

    A particle is doubtful if it is dented (solidity below 0.9, perhaps several particles in one), if its size is odd
    among the others (logarithm of the diameter more than 3 robust standard deviations from the median, and no more than
    one in twenty of the particles within one of its own), or if its edge leaves more than 10 % of its diameter open,
    and twice as much as usual in the image: where all are that small or blurred, looking at each is no help. Those that
    the frame cuts are not listed for any of these. With a network's confidence in each label, those below 0.75 are
    doubtful too.

    Parameters
    ----------
    particles
        A particle table.
    confidence
        0 to 1, by label; particles that are not mentioned are not doubted for it.

    Returns
    -------
    pandas.DataFrame
        Columns `label`, `doubt` (1 is the limit, higher is worse) and `reason`.
    """
    whole = particles[~has_flag(particles, "touches_frame")]
    dented = (1 - whole["solidity"]) / (1 - _LOW_SOLIDITY)
    logs = np.log(whole["diameter_px"])
    spread = max(SD_PER_MEDIAN_DEVIATION * (logs - logs.median()).abs().median(), _LEAST_SPREAD) if len(whole) else 1.0
    odd = (logs - logs.median()).abs() / (_ODD_SIZE * spread) * (_share_within(logs, spread) <= _RARE)
    unsure = (1 - whole["label"].map(confidence or {}).fillna(1.0).astype(float)) / (1 - _SURE)
    open_share = whole["diameter_uncertainty_px"] / whole["diameter_px"]
    blurred = open_share / max(_UNSURE_SIZE, _TIMES_USUAL * open_share.median() if len(whole) else 0.0)
    doubts = np.stack([dented, odd, unsure, blurred])
    reasons = np.array(
        [
            "dented: perhaps several particles",
            "its size is odd among the others",
            "the network is unsure",
            "its edge is unclear: the size is rough",
        ]
    )
    table = pd.DataFrame(
        {"label": whole["label"], "doubt": doubts.max(axis=0), "reason": reasons[doubts.argmax(axis=0)]}
    )
    return table[table["doubt"] > 1].sort_values("doubt", ascending=False, ignore_index=True)


def _share_within(values: "pd.Series[float]", reach: float) -> npt.NDArray[np.float64]:
    """Return which share of all values, itself left out, lies no farther than this from each."""
    ascending = np.sort(values)
    first, last = np.searchsorted(ascending, values - reach), np.searchsorted(ascending, values + reach, "right")
    share: npt.NDArray[np.float64] = (last - first - 1) / max(len(values), 1)
    return share
