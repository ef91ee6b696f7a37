"""How a share is written wherever a person reads it."""

import math

NO_BREAK_SPACE = "\u00a0"


def in_percent(share: float, spec: str = ".0f") -> str:
    r"""Return a share in per cent, with the space before the sign that SI asks for and that no line breaks at.

    Parameters
    ----------
    share
        1 is all.
    spec
        How the number is written: a format specification.

    Examples
    --------
    >>> in_percent(0.361), in_percent(0.0123, ".1f")
    ('36\xa0%', '1.2\xa0%')
    """
    return f"{100 * share:{spec}}{NO_BREAK_SPACE}%"


def share_in_words(share: float, low: float, high: float) -> str:
    r"""Return a share with its interval, as far as they are known.

    In whole per cent, to which alone intervals of a resampling are sure.

    Examples
    --------
    >>> share_in_words(0.7, 0.6, 0.8), share_in_words(0.7, math.nan, math.nan), share_in_words(*[math.nan] * 3)
    ('70\xa0% (60\xa0% to 80\xa0%)', '70\xa0%', 'not known')
    """
    if math.isnan(share):
        return "not known"
    return in_percent(share) + (f" ({in_percent(low)} to {in_percent(high)})" if math.isfinite(low) else "")
