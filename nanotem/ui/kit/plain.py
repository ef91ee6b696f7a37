"""Words of other people on a page: file names, notes and labels are shown as they are, not as Markdown."""

import re

_MEANS_SOMETHING = re.compile(r"[\\`*_\[\]~$<]|:(?=\w+:)")


def as_text(text: str) -> str:
    r"""Return text that Markdown shows as it is.

    Examples
    --------
    >>> print(as_text("gold_5nm_*best*.tif"))
    gold\_5nm\_\*best\*.tif
    """
    return _MEANS_SOMETHING.sub(r"\\\g<0>", text)
