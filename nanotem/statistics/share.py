"""The share of particles of one kind, with its interval."""

import math

from nanotem.errors import ParameterError
from nanotem.statistics.estimate import Z_95, Estimate


def share_of(count: int, total: int) -> Estimate:
    """Return count / total with its 95 % interval by Wilson, J. Am. Stat. Assoc. 22 (1927) 209.

    Unlike the normal approximation it stays between 0 and 1, and is no point where nothing or everything was counted.

    Parameters
    ----------
    count, total
        Particles of the kind, and all. Of none the share is not known: NaN.

    Raises
    ------
    ParameterError
        If the count is below 0 or above the total.
    """
    if not 0 <= count <= total:
        raise ParameterError(f"A count of {count} is not between 0 and {total}.", "Count particles among all.")
    if total == 0:
        return Estimate(math.nan)
    return wilson(count / total, Z_95**2 / total)


def wilson(share: float, z2: float) -> Estimate:
    """Return a share with Wilson's interval.

    Parameters
    ----------
    share
        0 to 1.
    z2
        Square of the standard errors that half the interval is, divided by the number of particles.
    """
    centre, half = share + z2 / 2, math.sqrt(z2 * (share * (1 - share) + z2 / 4))
    low, high = (centre - half) / (1 + z2), (centre + half) / (1 + z2)
    return Estimate(share, min(max(low, 0.0), share), max(min(high, 1.0), share))
