"""File names that every system takes."""

import re
from pathlib import PurePath

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]|[\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_LONGEST = 100


def safe_stem(name: str) -> str:
    """Return the name of a file without its suffix, made safe for Windows, macOS and Linux.

    Characters that are not allowed become underscores, a name that Windows reserves gets one in front, and what is
    longer than 100 characters is cut. Never empty.
    """
    stem = _FORBIDDEN.sub("_", PurePath(name).stem)[:_LONGEST].strip(" .")
    return f"_{stem}" if _RESERVED.fullmatch(stem) else stem or "image"
