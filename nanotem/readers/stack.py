"""A file of many frames, which are decoded one by one and never all in memory."""

import mmap
from dataclasses import replace
from pathlib import Path

from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.readers.choice import StoredImage
from nanotem.readers.content import damaged, identify
from nanotem.readers.decoded import Decoded
from nanotem.readers.digital_micrograph import stored_digital_micrograph
from nanotem.readers.hdf5 import stored_hdf5
from nanotem.readers.mapped import Data
from nanotem.readers.mrc import stored_mrc
from nanotem.readers.tia import stored_tia
from nanotem.readers.tiff import stored_tiff


def stored_frames(path: Path) -> list[StoredImage]:
    """Describe the images of a file on disk; each decodes its frames when it is asked for them.

    Parameters
    ----------
    path
        TIFF, MRC, SER, DM3, DM4, or EMD, HSPY and other HDF5. It must stay as it is while frames are decoded.

    Raises
    ------
    UnreadableFileError
        If it cannot be opened, is of another kind, or is damaged.
    """
    try:
        with path.open("rb") as file:
            data: Data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    except OSError as error:
        raise UnreadableFileError(
            f"{path.name}: the file cannot be opened ({error.strerror}).", "Check its name and your right to read it."
        ) from error
    kind = identify(data, path.name)
    try:
        match kind:
            case "tiff":
                return _releasing(stored_tiff(data), data)
            case "hdf5":
                return _releasing(stored_hdf5(data), data)
            case "mrc":
                return _releasing(stored_mrc(data), data)
            case "ser":
                return _releasing(stored_tia({1: data}, None), data)
            case "dm3" | "dm4":
                return stored_digital_micrograph(path, lazy=True)
    except NanotemError:
        raise
    # As in `read_micrograph`: whatever a decoder meets in bytes that nobody has checked, to a person it is one thing.
    except Exception as error:
        raise damaged(kind) from error
    raise UnreadableFileError(
        f"{path.name}: a file of this kind ({kind.upper()}) holds one picture, no frames.",
        "Give a stack, a video, or a folder of numbered pictures.",
    )


def _releasing(stored: list[StoredImage], data: Data) -> list[StoredImage]:
    """Return images that let go of the part of the file that a frame came from, which would fill memory in time.

    Where the system has no such call it takes memory back itself when others need it.
    """
    if isinstance(data, bytes) or not hasattr(mmap, "MADV_DONTNEED"):
        return stored

    def released(image: StoredImage) -> StoredImage:
        def decode(frame: int) -> Decoded:
            decoded = image.decode(frame)
            decoded = replace(decoded, image=decoded.image.copy())  # it may be a view of the map
            data.madvise(mmap.MADV_DONTNEED)
            return decoded

        return replace(image, decode=decode)

    return [released(image) for image in stored]
