"""Which particles to look at first."""

import numpy as np
import pandas as pd

from nanotem.measurement.flags import has_flag

_LOW_SOLIDITY = 0.9
_ODD_SIZE = 3.0
_SD_PER_MEDIAN_DEVIATION = 1.4826
_LEAST_SPREAD = 0.05


def doubtful_particles(particles: pd.DataFrame) -> pd.DataFrame:
    """List the particles whose outline is least certain, worst first.

    A particle is doubtful if it is dented (solidity below 0.9, perhaps several particles in one), or if its size is
    odd among the others (logarithm of the diameter more than 3 robust standard deviations from the median). Those that
    the frame cuts are not listed for their shape or size.

    Parameters
    ----------
    particles
        A particle table.

    Returns
    -------
    pandas.DataFrame
        Columns `label`, `doubt` (1 is the limit, higher is worse) and `reason`.
    """
    whole = particles[~has_flag(particles, "touches_frame")]
    dented = (1 - whole["solidity"]) / (1 - _LOW_SOLIDITY)
    logs = np.log(whole["diameter_px"])
    spread = max(_SD_PER_MEDIAN_DEVIATION * (logs - logs.median()).abs().median(), _LEAST_SPREAD) if len(whole) else 1.0
    odd = (logs - logs.median()).abs() / (_ODD_SIZE * spread)
    table = pd.DataFrame(
        {
            "label": whole["label"],
            "doubt": np.maximum(dented, odd),
            "reason": np.where(dented >= odd, "dented: perhaps several particles", "its size is odd among the others"),
        }
    )
    return table[table["doubt"] > 1].sort_values("doubt", ascending=False, ignore_index=True)
