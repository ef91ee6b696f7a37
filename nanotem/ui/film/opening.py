"""Which film is open, and its analysis."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from nanotem.edits.edits import CutTrack, Edit, JoinTracks
from nanotem.errors import NanotemError
from nanotem.files.names import safe_stem
from nanotem.film.film import Film, open_film
from nanotem.film.history import FilmHistory
from nanotem.film.link_params import LinkParams
from nanotem.film.sources import VIDEO_SUFFIXES
from nanotem.film.study import FilmStudy, open_film_study
from nanotem.film.task import FilmPlace
from nanotem.synthetic.film import FilmParams, simulate_film
from nanotem.ui.kit import keeping
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.frame import errors_shown
from nanotem.ui.kit.plain import plain_text
from nanotem.ui.kit.reading import read_source
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.uploaded import Uploaded
from nanotem.ui.kit.visits import MOST_BYTES, Source
from nanotem.ui.kit.workers import workers

_OPEN, _DONE, _BEFORE = "film.open", "film.done", "film.before"

_FILES = "film"
"""The folder of the film beside that of its results."""

_OF_ONE_FILM = ("film.frame", "film.track", "film.log", "film.event.seen")
"""What is chosen in a film, and forgotten with it."""

_EXAMPLE = FilmParams.of(
    n_frames=60,
    n_particles=70,
    side_px=512,
    diameter_nm=5.0,
    spread=0.3,
    process="coalescence",
    merging_share=0.4,
    drift_px=0.6,
    seed=20,
)
"""A film that shows tracks and coalescence, analysed in a minute."""


@dataclass(frozen=True)
class OpenFilm:
    """The film of a visitor.

    Parameters
    ----------
    folder
        With the film, and with what was found in it.
    own
        A folder that goes when the visitor does, of a film that is too large to be kept; None if it is kept.
    """

    folder: Path
    own: "TemporaryDirectory[str] | None" = None

    @property
    def is_there(self) -> bool:
        """Whether it was written, and not forgotten since."""
        return (self.folder / _FILES).is_dir() and any((self.folder / _FILES).iterdir())

    @property
    def path(self) -> Path:
        """The one file, or the folder of pictures."""
        return next((self.folder / _FILES).iterdir())

    @property
    def results(self) -> Path:
        """Where results are kept."""
        return self.folder / "study"


def find_film_again(work: Work) -> None:
    """Open the film that the address names, with its settings and what was found, if this visitor has none open."""
    film: OpenFilm | None = st.session_state.get(_OPEN)
    kept = keeping.film_folder()
    if film is not None and not film.is_there:
        st.session_state.pop(_OPEN)
        st.info("The film that was open is no longer kept. Open it again.", icon=":material/info:")
    elif film is None and kept is not None and (film := OpenFilm(kept)).is_there:
        _set_open(film)
        with suppress(NanotemError):  # a film that was never run has no settings yet
            study = open_film_study(film.results)
            st.session_state[_BEFORE], st.session_state[_DONE] = study, study.is_complete
            if work.micrograph is None:
                work.use_recipe(study.recipe)


def link_before() -> LinkParams:
    """Return how particles of the film that was found again are linked."""
    before: FilmStudy | None = st.session_state.get(_BEFORE)
    return before.link if before else LinkParams()


def choose_film() -> OpenFilm | None:
    """Let the visitor open a film; return the one that is open."""
    with st.form("film.add", clear_on_submit=True, border=False):
        files = st.file_uploader(
            "Film: one stack or video, or all of its numbered pictures", accept_multiple_files=True, key="film.files"
        )
        take, example = st.columns(2)
        if take.form_submit_button("Open", icon=":material/movie:", width="stretch") and files:
            with errors_shown():
                _open_files(files)
        if example.form_submit_button("Draw an example film", icon=":material/draw:", width="stretch"):
            with errors_shown(), st.spinner("Drawing 60 frames…"):
                _open_new(0, lambda folder: simulate_film(_EXAMPLE).write(folder / "example-film.tif"))
    film: OpenFilm | None = st.session_state.get(_OPEN)
    if film is not None and film.own is not None:
        st.warning(
            f"This film has more than {MOST_BYTES // 1024**2} MB and is not kept: a reload of the page loses it and "
            "what is found in it. Download what you need before you leave, or use `python -m nanotem film`.",
            icon=":material/cloud_off:",
        )
    return film


def _open_files(files: Sequence[Uploaded]) -> None:
    """Keep the files and open them as one film, once the first picture has been read apart.

    Raises
    ------
    NanotemError
        If it cannot be read, is no film, or cannot be kept.
    """
    if not files[0].name.lower().endswith(VIDEO_SUFFIXES):
        read_source(Source(files[0].getvalue(), files[0].name, {}))

    def write(folder: Path) -> None:
        place = folder if len(files) == 1 else folder / "frames"
        place.mkdir(exist_ok=True)
        for file in files:
            (place / _plain_name(file.name)).write_bytes(file.getvalue())

    _open_new(sum(len(file.getvalue()) for file in files), write)


def _open_new(n_bytes: int, write: Callable[[Path], object]) -> None:
    """Open a film that is written into a new folder; one that is no film leaves the one before open.

    Raises
    ------
    NanotemError
        If it is no film, or cannot be kept.
    """
    folder = keeping.new_film_folder(n_bytes)
    own = TemporaryDirectory(prefix="nanotem-") if folder is None else None
    film = OpenFilm(folder or Path(own.name if own else ""), own)
    try:
        (film.folder / _FILES).mkdir()
        write(film.folder / _FILES)
        open_film(film.path)  # what is no film is refused here, not when it is run
    except BaseException:
        shutil.rmtree(film.folder, ignore_errors=True)
        raise
    keeping.keep_film(folder)
    _set_open(film)


def _plain_name(name: str) -> str:
    """Return a name that stays in its folder."""
    return safe_stem(name) + Path(name).suffix.lower()


def _set_open(film: OpenFilm) -> None:
    st.session_state[_OPEN] = film
    for key in (_DONE, _BEFORE, *_OF_ONE_FILM):
        st.session_state.pop(key, None)


def run(work: Work, film: OpenFilm, link: LinkParams) -> None:
    """Let the visitor say how the film is read, then analyse it with the recipe in force."""
    before: FilmStudy | None = st.session_state.get(_BEFORE)
    said = before.place if before else FilmPlace(film.path, None)
    with st.expander("How the film is read", icon=":material/tune:"):
        reading = edit_parameters(said.reading, work, key="film.reading")
        left, right = st.columns(2)
        nm_per_px = left.number_input(
            "Nanometres per pixel",
            0.0,
            value=said.nm_per_px or 0.0,
            format="%.5f",
            help="Where the file holds no scale.",
        )
        frame_time_s = right.number_input(
            "Seconds per frame",
            0.0,
            value=said.frame_time_s or 0.0,
            format="%.5f",
            help="It goes before what the file says; 0: as the file says.",
        )
        as_given = st.toggle(
            "The method Automatic in every frame",
            value=before.as_given if before else False,
            help="Slow: several seconds for each. Else frames are analysed by the neck ratio, which is much faster.",
        )
    place = FilmPlace(film.path, None, reading, nm_per_px or None, frame_time_s or None)
    study = FilmStudy(film.results, place, work.recipe, as_given, link)
    st.caption(f"{_described(opened(place))} It is analysed with the parameters of the other pages.")
    if st.button("Run", icon=":material/play_arrow:", type="primary", key="film.run"):
        with errors_shown():
            _run(study)
            st.session_state[_DONE] = True
            st.rerun()


def _described(film: Film) -> str:
    """Say what is open, in one line."""
    rows, columns = film.shape
    scale = f"{film.scale.nm_per_px:.4g} nm per px" if film.scale else "no scale"
    time = f"{film.frame_time_s:.4g} s from frame to frame" if film.frame_time_s else "time between frames not known"
    return f"**{plain_text(film.name)}**: {film.n_frames} frames of {columns} × {rows} px, {scale}, {time}."


@st.cache_resource(max_entries=2, scope="session", show_spinner=False, hash_funcs={FilmPlace: repr})
def opened(place: FilmPlace) -> Film:
    """Return the film, open for reading single frames."""
    return place.open()


def _run(study: FilmStudy) -> None:
    """Run the analysis with a bar; a click on anything, such as the button beside it, stops it."""
    bar = st.progress(0.0, "Looking at frames all over the film…")
    st.button("Stop", icon=":material/stop:", key="film.stop", help="What is done stays.")
    with closing(study.run(workers())) as steps:
        for n_done, n_frames in steps:
            bar.progress(n_done / n_frames, f"{n_done} of {n_frames} frames")


def finished(film: OpenFilm, link: LinkParams) -> tuple[FilmStudy, FilmHistory] | None:
    """Return the analysed film, linked; None before it was analysed."""
    if not st.session_state.get(_DONE):
        return None
    study = open_film_study(film.results)
    if study.link != link:
        study = study.keep_link(link)
    return study, _history(study, link, study.edits())


@st.cache_resource(
    max_entries=4,
    scope="session",
    show_spinner="Following the particles…",
    hash_funcs={FilmStudy: repr, LinkParams: repr, CutTrack: repr, JoinTracks: repr},
)
def _history(study: FilmStudy, link: LinkParams, edits: tuple[Edit, ...]) -> FilmHistory:
    """Return the linked film; its key is the study with all its settings, the linking, and what was corrected."""
    return study.history(link)
