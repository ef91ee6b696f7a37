"""How a share is written wherever a person reads it."""

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
