"""What was dropped or clicked: which file is the image, which files come with it, which image of the file is taken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import streamlit as st

from nanotem.micrograph import ImageInFile, Micrograph
from nanotem.readers import is_companion
from nanotem.synthetic.examples import example_png
from nanotem.ui.batch.sections import add_files, visitors_study
from nanotem.ui.kit.frame import page_named
from nanotem.ui.kit.reading import read_source
from nanotem.ui.kit.said import said
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.uploaded import Uploaded
from nanotem.ui.kit.visits import Source

UPLOADER = "upload"
"""Key of the uploader."""

WANTED = "example.wanted"
"""Where the name of an example is kept that was clicked and is not open yet."""

_KEY, _SEEN = "upload.kept", "upload.seen"


@dataclass(frozen=True)
class Kept:
    """The file with several images that is open, so that another of them can be taken; one for each visitor.

    Parameters
    ----------
    micrograph_id
        The image that is open while this may be used.
    source
        The file.
    first_id
        The image of it that was taken by default.
    """

    micrograph_id: str
    source: Source
    first_id: str


def take_up(work: Work) -> None:
    """Open what was dropped or clicked since the last run; several images at once go to the page Batch.

    Raises
    ------
    NanotemError
        If an image cannot be read; the one that is open stays.
    """
    place = st.empty()  # in every run, so that what follows keeps its place on the page
    wanted = st.session_state.pop(WANTED, None)
    if wanted is not None:
        with said(place, "Drawing the example…"):
            _open(work, Source(_drawn(wanted), f"{wanted}.png", {}))
        return
    files: Sequence[Uploaded] = st.session_state.get(UPLOADER) or ()
    seen = st.session_state.get(_SEEN, frozenset())
    st.session_state[_SEEN] = frozenset(file.file_id for file in files)
    images = [file for file in files if not any(_belongs(other.name, file.name) for other in files)]
    new = [image for image in images if not {file.file_id for file in _together(image, files)} <= seen]
    if len(new) > 1:
        add_files(visitors_study(), new)
        st.switch_page(page_named("Batch").path)
    if new:
        companions = {file.name: file.getvalue() for file in _together(new[0], files)[1:]}
        with said(place, "Reading…"):
            _open(work, Source(new[0].getvalue(), new[0].name, companions))


def _together(image: Uploaded, files: Sequence[Uploaded]) -> list[Uploaded]:
    """Return an image and the files that belong to it."""
    return [image, *(file for file in files if _belongs(image.name, file.name))]


@st.cache_data(max_entries=8, show_spinner=False)
def _drawn(name: str) -> bytes:
    return example_png(name)


def _open(work: Work, source: Source) -> None:
    micrograph = read_source(source)
    work.open(micrograph, source)
    st.session_state.pop(_KEY, None)
    if len(micrograph.images) > 1 or any(one.n_frames > 1 for one in micrograph.images):
        st.session_state[_KEY] = Kept(micrograph.id, source, micrograph.id)


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
    number, frame = _wanted(micrograph, key=kept.first_id)
    if (number, frame) == (micrograph.image, micrograph.frame):
        return
    with st.spinner("Reading…"):
        source = kept.source
        other = read_source(source, image=number, frame=frame)
    work.open(other, source)
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
