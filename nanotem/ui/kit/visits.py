"""What visitors work on, kept on the server for a while, so that a reload or a closed tab loses nothing."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from nanotem.errors import NanotemError
from nanotem.files.replacing import write_file

KEPT_FOR_S = 12 * 3600
"""A working day: what was left at noon is there in the evening, and nothing stays over night."""

MOST_BYTES = 256 * 1024**2
"""Of one visitor: the largest upload that the server takes. A larger image is not kept."""

MOST_BYTES_IN_ALL = 16 * MOST_BYTES
"""Of all visitors, 4 GB: beyond it the work that was not touched for longest goes."""

_TOKEN_BYTES = 24
"""192 random bits cannot be guessed (RFC 6750 asks that the chance be below 2⁻¹²⁸)."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
"""What `secrets.token_urlsafe` makes of so many bytes; nothing else may name a folder."""

_STATE, _IMAGE, _NAME, _COMPANIONS = "analysis.toml", "image", "name", "beside"
_FILM = ".film"
"""The end of the name of a folder with a film, which begins with the visitor's id."""


@dataclass(frozen=True)
class Source:
    """The file of an image.

    Parameters
    ----------
    data, name
        Its bytes and its name.
    companions
        Other files by name that it cannot be read without.
    """

    data: bytes
    name: str
    companions: Mapping[str, bytes]

    @property
    def n_bytes(self) -> int:
        """Of all files together."""
        return len(self.data) + sum(map(len, self.companions.values()))


class Visits:
    """The folders of all visitors of a server, in a folder that only its user can read and that goes with it."""

    def __init__(self) -> None:
        self._root = TemporaryDirectory(prefix="nanotem-visits-")

    @staticmethod
    def new_token() -> str:
        """Return the name of a folder that nobody can guess."""
        return secrets.token_urlsafe(_TOKEN_BYTES)

    def keep_image(self, token: str, source: Source) -> None:
        """Keep the file of an image, in the place of the one before and of what was done to it, whole or not at all.

        Raises
        ------
        NanotemError
            If it cannot be written, as on a full disk.
        """
        folder = self._folder(token)
        shutil.rmtree(folder, ignore_errors=True)
        if source.n_bytes > MOST_BYTES:
            return
        self._make_room(source.n_bytes)
        try:
            folder.parent.mkdir(mode=0o700, exist_ok=True)  # what cleans temporary folders may have taken it
            for place, (name, data) in enumerate(source.companions.items()):
                write_file(folder / _COMPANIONS / f"{place}.name", _bytes(name))
                write_file(folder / _COMPANIONS / f"{place}.data", data)
            write_file(folder / _NAME, _bytes(source.name))
            write_file(folder / _IMAGE, source.data)
        except NanotemError:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def keep_state(self, token: str, text: str) -> None:
        """Keep the analysis file of the image that is kept; without an image nothing is kept.

        Raises
        ------
        NanotemError
            If it cannot be written; the one before is kept.
        """
        folder = self._folder(token)
        if folder.is_dir():
            write_file(folder / _STATE, text.encode("utf-8", "replace"))

    def kept(self, token: str) -> tuple[Source, str] | None:
        """Return the image of a visitor and its analysis file, empty if there is none yet; None if nothing is kept."""
        if not _TOKEN.fullmatch(token):
            return None
        self._forget_the_old()
        folder = self._folder(token)
        try:
            beside = folder / _COMPANIONS
            companions = {_text(name): name.with_suffix(".data").read_bytes() for name in sorted(beside.glob("*.name"))}
            source = Source((folder / _IMAGE).read_bytes(), _text(folder / _NAME), companions)
        except FileNotFoundError:
            return None
        state = folder / _STATE
        return source, state.read_text(encoding="utf-8") if state.is_file() else ""

    def new_film(self, token: str, n_bytes: int) -> Path | None:
        """Return an empty folder for a film and what will be found in it; None for a film that is too large to be kept.

        Its name is new: what was read of another film is never taken for this one's.

        Raises
        ------
        NanotemError
            If it cannot be made, as on a full disk.
        """
        start = f"{self._folder(token).name}."
        if n_bytes > MOST_BYTES:
            return None
        self._make_room(n_bytes)
        try:
            Path(self._root.name).mkdir(mode=0o700, exist_ok=True)
            return Path(mkdtemp(prefix=start, suffix=_FILM, dir=self._root.name))
        except OSError as error:
            raise NanotemError(f"The film cannot be kept ({error.strerror}).", "Free space on the disk.") from error

    def keep_film(self, token: str, folder: Path | None) -> None:
        """Let a folder be that of the visitor's film, and forget those before; none forgets them all."""
        for other in self._films(token):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)

    def film(self, token: str) -> Path | None:
        """Return the folder of a visitor's film, and count it as touched; None if there is none."""
        if not _TOKEN.fullmatch(token):
            return None
        self._forget_the_old()
        folder = next(iter(self._films(token)), None)
        with suppress(FileNotFoundError):
            if folder is not None:
                os.utime(folder)
                return folder
        return None

    def close(self) -> None:
        """Forget everything."""
        self._root.cleanup()

    def _folder(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise ValueError(f"{token!r} names no visitor")
        return Path(self._root.name) / token

    def _films(self, token: str) -> list[Path]:
        """Return the folders with films of a visitor, the newest first."""
        films = Path(self._root.name).glob(f"{self._folder(token).name}.*{_FILM}")
        return sorted(films, key=_touched, reverse=True)

    def _folders(self) -> list[Path]:
        return sorted(Path(self._root.name).glob("*"), key=_touched)

    def _forget_the_old(self) -> None:
        for folder in self._folders():
            if time.time() - _touched(folder) > KEPT_FOR_S:
                shutil.rmtree(folder, ignore_errors=True)

    def _make_room(self, n_bytes: int) -> None:
        """Forget what is old, and then what was not touched for longest, until so much more has room."""
        self._forget_the_old()
        folders = self._folders()
        sizes = [_n_bytes(folder) for folder in folders]
        taken = sum(sizes)
        for folder, size in zip(folders, sizes, strict=True):
            if taken + n_bytes <= MOST_BYTES_IN_ALL:
                return
            shutil.rmtree(folder, ignore_errors=True)
            taken -= size


def _touched(folder: Path) -> float:
    """Return when something of a folder was written last."""
    times = [0.0]
    for path in (folder, folder / _STATE):
        with suppress(FileNotFoundError):
            times.append(path.stat().st_mtime)
    return max(times)


def _n_bytes(folder: Path) -> int:
    """Return the bytes of all files of a folder; those that another visitor replaces meanwhile count as none."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(parent) / name).stat().st_size
    return total


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", errors="surrogatepass")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogatepass")
