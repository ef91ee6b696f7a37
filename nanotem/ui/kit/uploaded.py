"""What a file that a visitor uploads is to the pages."""

from typing import Protocol


class Uploaded(Protocol):
    """A file as the browser sent it."""

    file_id: str
    """Another one for each upload, of the same file too."""
    name: str

    def getvalue(self) -> bytes:
        """Return its bytes."""
