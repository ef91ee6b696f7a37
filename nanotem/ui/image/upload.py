"""What was uploaded: which file is the image, which files come with it, and which image of the file is taken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Protocol

import streamlit as st

from nanotem.micrograph import ImageInFile, Micrograph
from nanotem.readers import is_companion, read_micrograph
from nanotem.ui.kit.state import Work

_KEY = "upload.kept"


class Uploaded(Protocol):
    """A file as the browser sent it."""

    file_id: str
    name: str

    def getvalue(self) -> bytes:
        """Return its bytes."""


@dataclass(frozen=True)
class Kept:
    """The bytes of a file with several images, so that another one can be taken; one for each visitor.

    Parameters
    ----------
    micrograph_id
        The image that is open while this may be used.
    data, name, companions
        As for `nanotem.readers.read_micrograph`.
    """

    micrograph_id: str
    data: bytes
    name: str
    companions: dict[str, bytes]


def take_up(work: Work, files: Sequence[Uploaded]) -> None:
    """Open the image that was uploaded last, with the files that belong to it, unless it is open already."""
    images = [file for file in files if not any(_belongs(other.name, file.name) for other in files)]
    if not images:
        return
    image = images[-1]
    companions = [file for file in files if _belongs(image.name, file.name)]
    upload_id = " ".join(sorted(file.file_id for file in (image, *companions)))
    if upload_id == work.upload_id:
        return
    data, beside = image.getvalue(), {file.name: file.getvalue() for file in companions}
    with st.spinner("Reading…"):
        micrograph = read_micrograph(data, image.name, companions=beside)
    work.open(micrograph)
    work.upload_id = upload_id
    st.session_state.pop(_KEY, None)
    if len(micrograph.images) > 1 or any(one.n_frames > 1 for one in micrograph.images):
        st.session_state[_KEY] = Kept(micrograph.id, data, image.name, beside)


def choose_image(work: Work, micrograph: Micrograph) -> None:
    """Let the visitor take another image of the same file, or another frame of it.

    Raises
    ------
    NanotemError
        If it cannot be read; the image that is open stays.
    """
    kept: Kept | None = st.session_state.get(_KEY)
    if kept is None or kept.micrograph_id != micrograph.id:
        return
    number, frame = _wanted(micrograph, key=work.upload_id)
    if (number, frame) == (micrograph.image, micrograph.frame):
        return
    with st.spinner("Reading…"):
        other = read_micrograph(kept.data, kept.name, companions=kept.companions, image=number, frame=frame)
    work.open(other)
    st.session_state[_KEY] = replace(kept, micrograph_id=other.id)
    st.rerun()


def _wanted(micrograph: Micrograph, *, key: str) -> tuple[int, int]:
    """Return number and frame of the image that is chosen."""
    numbers = [image.number for image in micrograph.images]
    chosen: ImageInFile = st.selectbox(
        "Image",
        micrograph.images,
        index=numbers.index(micrograph.image),
        format_func=str,
        help="This file holds several images. One that shows the specimen is taken unless you choose.",
        key=f"upload.image.{key}",
    )
    if chosen.n_frames == 1:
        return chosen.number, 1
    frame = st.number_input(
        f"Frame, of {chosen.n_frames}",
        min_value=1,
        max_value=chosen.n_frames,
        value=micrograph.frame if chosen.number == micrograph.image else 1,
        key=f"upload.frame.{key}.{chosen.number}",
    )
    return chosen.number, frame


def _belongs(image: str, other: str) -> bool:
    """Tell whether a file goes with another: a text beside an image, NAME_1.ser beside NAME.emi."""
    emi = PurePath(image.lower())
    is_series = emi.suffix == ".emi" and re.fullmatch(re.escape(emi.stem) + r"_\d{1,3}\.ser", other.lower())
    return bool(is_series) or is_companion(image, other)
