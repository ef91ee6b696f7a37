"""Names and messages in texts that Streamlit takes for Markdown."""

import re

_MARKUP = re.compile(r"[\\`*\[\]<>$~|&!]|(?<![^\W_])_|_(?![^\W_])|^[#+=-]")
"""What begins or ends markup in CommonMark and in Streamlit's additions to it, and is shown as it is after a backslash;
an underscore inside a word is none."""

_LIST = re.compile(r"^(\d+)([.)])(?= |$)")

_LIVE = re.compile(r"(?<=:)(?=\S)|(?<=@)(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where emoji, icons, colours, addresses and mails are told from their characters, backslash or not."""

_WORD_JOINER = "\u2060"
"""A character of no width, which parts such characters and cannot be seen."""


def plain_text(text: str) -> str:
    r"""Return Markdown that shows a text as it is, on one line: nothing in it is a picture, a link or emphasis.

    Examples
    --------
    >>> plain_text("a*b*c.png")
    'a\\*b\\*c.png'
    """
    marked = _MARKUP.sub(r"\\\g<0>", _LIVE.sub(_WORD_JOINER, " ".join(text.split())))
    return _LIST.sub(r"\1\\\2", marked)
