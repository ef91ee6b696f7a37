"""The visitor's work on the server: kept while it is done, and found again by the address after a reload."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from nanotem.analysis_file import SavedAnalysis, read_analysis, saved_of, write_saved
from nanotem.edits.edits import EditLog
from nanotem.errors import NanotemError
from nanotem.micrograph import Micrograph
from nanotem.ui.kit.reading import read_source
from nanotem.ui.kit.scale import use_scale
from nanotem.ui.kit.state import Work, current_work
from nanotem.ui.kit.visits import Source, Visits

_TOKEN = "visit"
"""The name of the visitor's id in the address, and of its place in the session."""

_KEPT, _FAILED = "visit.kept", "visit.failed"


@contextmanager
def kept_work() -> Iterator[None]:
    """Keep what the visitor's work has become at the end of a run, however it ends."""
    try:
        yield
    finally:  # a run also ends when a page stops, when it is interrupted, and when another page is asked for
        keep(current_work())


def find_again() -> None:
    """Open what the address names, once, if this session has no work of its own."""
    if "work" in st.session_state:
        return
    work = current_work()
    token = st.query_params.get(_TOKEN, "")
    kept = visits().kept(token)
    if kept is None:
        if visits().film(token) is not None:
            st.session_state[_TOKEN] = token
        return
    with st.spinner("Opening your work again…"):
        try:
            _open(work, *kept)
        except NanotemError:  # of another version: nothing is better than something half
            return
    st.session_state[_TOKEN] = token
    st.session_state[_KEPT] = work.deciding


def keep(work: Work) -> None:
    """Keep image and analysis if they have changed, and write the visitor's id into the address."""
    if work.micrograph is not None:
        try:
            _keep(work, work.micrograph, _own_token())
        except NanotemError:
            st.session_state[_FAILED] = True
    token = st.session_state.get(_TOKEN)
    if token is not None and st.query_params.get(_TOKEN) != token:
        st.query_params[_TOKEN] = token


def new_film_folder(n_bytes: int) -> Path | None:
    """Return an empty folder for a film of the visitor, see `Visits.new_film`."""
    return visits().new_film(_own_token(), n_bytes)


def keep_film(folder: Path | None) -> None:
    """Let a folder be that of the visitor's film, in the place of the one before; None for no film."""
    visits().keep_film(_own_token(), folder)


def film_folder() -> Path | None:
    """Return the folder of the visitor's film; None if none is kept."""
    return visits().film(st.session_state.get(_TOKEN, ""))


def _own_token() -> str:
    token: str = st.session_state.setdefault(_TOKEN, Visits.new_token())
    return token


def warn_if_not_kept() -> None:
    """Say that the last change could not be kept, until one can be."""
    if st.session_state.get(_FAILED):
        st.warning(
            "Your work could not be kept on the server, whose disk may be full: a reload would lose it. "
            "Save the analysis on the page Export."
        )


def _keep(work: Work, micrograph: Micrograph, token: str) -> None:
    """Keep what has changed; what could not be kept is not tried again before it changes again."""
    source, work.source = work.source, None
    if source is not None:
        st.session_state.pop(_KEPT, None)
        visits().keep_image(token, source)
        st.session_state.pop(_FAILED, None)
    if work.is_settled and st.session_state.get(_KEPT) != work.deciding:
        st.session_state[_KEPT] = work.deciding
        visits().keep_state(token, write_saved(_saved(work, micrograph)))


@st.cache_resource(max_entries=1, show_spinner=False, on_release=Visits.close)
def visits() -> Visits:
    """Return the folders of all visitors of this server."""
    return Visits()


def _open(work: Work, source: Source, text: str) -> None:
    """Open an image with what was done to it; nothing was while its scale was not settled."""
    if not text:
        work.open(read_source(source))
        return
    saved = read_analysis(text)
    micrograph = _read(source, saved)
    work.open(micrograph)
    work.use_recipe(saved.recipe)
    work.log = EditLog(saved.edits)
    use_scale(work, micrograph, saved.scale)


def _read(source: Source, saved: SavedAnalysis) -> Micrograph:
    """Read the image, and of several in its file the one that was open."""
    micrograph = read_source(source)
    if saved.is_of(micrograph):
        return micrograph
    return read_source(source, image=saved.image_number, frame=saved.frame)


def _saved(work: Work, micrograph: Micrograph) -> SavedAnalysis:
    return saved_of(micrograph, work.recipe, scale=work.scale, edits=work.log.done)
