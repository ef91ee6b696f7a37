"""Text from files and file systems, made fit to be shown and written."""

import unicodedata


def printable(text: str) -> str:
    r"""Return a text with the replacement character for what UTF-8 cannot hold, and for control characters.

    Names of files on Linux are bytes. Python hides those that are no UTF-8 in surrogates, at which every later
    encoding (JSON, a page, a table) fails.

    Examples
    --------
    >>> printable("gr\udcf6\udcdfe.tif")
    'gr��e.tif'
    """
    return "".join("�" if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)
