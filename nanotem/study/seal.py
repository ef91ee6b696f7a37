"""Texts that tell whether a bit of them was changed, or the end of them is missing."""

import hashlib

_HEAD = "# To edit this file by hand, remove this line and the last one.\n"
"""Says that a checksum has to follow: a text that was cut off has none."""

_MARK = "\n# sha256 "


class BrokenSealError(ValueError):
    """A text is not the one that was sealed."""


def sealed(text: str) -> str:
    """Return a TOML text with a comment in front, and its SHA-256 as a comment in a last line of its own.

    Examples
    --------
    >>> unsealed(sealed("name = 1"))
    'name = 1'
    """
    return f"{_HEAD}{text}{_MARK}{_digest(text)}\n"


def unsealed(text: str) -> str:
    """Return a text without its seal; one that has none (a person may have removed it to edit the text) as it is.

    Raises
    ------
    BrokenSealError
        If the text or its seal was changed.
    """
    content, mark, seal = text.removeprefix(_HEAD).rpartition(_MARK)
    if not mark and not text.startswith(_HEAD):
        return text
    if not mark or seal.rstrip() != _digest(content):
        raise BrokenSealError("its checksum is wrong: it was damaged, or edited without removing first and last line")
    return content


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
