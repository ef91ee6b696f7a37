"""The parts of the batch page."""

import os
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from nanotem.batch import connected, run_batch
from nanotem.batch.pool import Pool, start_pool
from nanotem.study import (
    Study,
    StudyImage,
    add_upload,
    keep_correction,
    open_study,
    prepare_study,
    save_study,
    unpack_study,
    writing,
)
from nanotem.ui.kit.analysis import analysis_at_hand
from nanotem.ui.kit.frame import errors_shown, needed_image
from nanotem.ui.kit.state import Work

_MOST_WORKERS = 4


def visitors_study(work: Work) -> Study:
    """Return the visitor's study, an empty one at first; its folder goes when the visitor does."""
    if "study" not in st.session_state:
        st.session_state["study"] = TemporaryDirectory(prefix="nanotem-")
        return prepare_study(_folder(), [], recipe=work.recipe)
    return open_study(_folder())


def add_images(study: Study) -> Study:
    """Let the visitor add images; return the study with them."""
    with st.form("add_images", clear_on_submit=True, border=False):
        files = st.file_uploader("Micrographs", accept_multiple_files=True, key="batch.images")
        sample = st.text_input("Sample", key="batch.sample", help="Images of one sample are compared with each other.")
        if st.form_submit_button("Add to the study", icon=":material/add:"):
            with errors_shown(), writing(study.folder):
                for file in files:
                    study = add_upload(study, file.getvalue(), file.name, sample=sample.strip())
    return study


def open_archive(work: Work) -> None:
    """Let the visitor open a study that was downloaded; its recipe comes into force."""
    file = st.file_uploader("Study as ZIP", key="batch.archive", help="Its recipe replaces the one in force.")
    if file is None or not st.button("Open in the place of this study", icon=":material/folder_open:"):
        return
    folder = TemporaryDirectory(prefix="nanotem-")
    with errors_shown():
        work.use_recipe(unpack_study(BytesIO(file.getvalue()), Path(folder.name) / "study").recipe)
        st.session_state["study"] = folder
        st.rerun()


def take_back(work: Work, study: Study) -> None:
    """Offer to keep what was corrected in an image of the study that is open on the other pages."""
    image = next((one for one in study.images if work.micrograph and one.id == work.micrograph.id), None)
    if image is None:
        return
    with st.container(border=True):
        st.markdown(f"**{image.name}** is open on the other pages, with {len(work.log.done)} corrections by hand.")
        if work.recipe != study.recipe:
            st.info("The parameters in force are not those of the study, which has one recipe for all its images.")
            if st.button("Back to the recipe of the study", icon=":material/undo:", key="batch.recipe"):
                work.use_recipe(study.recipe)
                st.rerun()
        elif st.button("Take back into the study", icon=":material/move_to_inbox:", type="primary", key="batch.keep"):
            with errors_shown(), writing(study.folder):
                _keep(work, study, image)
                st.rerun()


def run(work: Work, study: Study) -> None:
    """Let the visitor start, watch and stop the analysis of all images with the recipe in force."""
    left, right = st.columns(2)
    help_scale = "For images whose file holds no scale. 0: the scale bar of each image is read."
    nm_per_px = left.number_input("Nanometres per pixel", 0.0, value=study.nm_per_px or 0.0, help=help_scale)
    bar_nm = right.number_input("Length of the scale bars (nm)", 0.0, value=study.bar_length_nm or 0.0, help=help_scale)
    n_done = sum(image.status == "done" for image in study.images)
    if n_done and work.recipe != study.recipe:
        st.info("The parameters in force are not those of the study: running it analyses all images anew with them.")
    start = st.button("Run", icon=":material/play_arrow:", type="primary", disabled=not study.images, key="batch.run")
    st.caption(f"{n_done} of {len(study.images)} images are analysed. A run that was stopped goes on where it was.")
    if start:
        settings = replace(study, recipe=work.recipe, nm_per_px=nm_per_px or None, bar_length_nm=bar_nm or None)
        with errors_shown():
            with writing(study.folder):
                save_study(settings)
            _run(study.folder)
            st.rerun()


def _run(folder: Path) -> None:
    """Run the batch with a bar; a click on anything, such as the button beside it, stops it."""
    bar = st.progress(0.0, "Starting…")
    st.button("Stop", icon=":material/stop:", key="batch.stop", help="What is done stays.")
    with connected(_pool().address) as client, closing(run_batch(folder, client)) as steps:
        for step in steps:
            seconds = step.seconds_left
            left = "" if seconds != seconds else f", about {max(seconds / 60, 1):.0f} min left"
            bar.progress(
                step.n_finished / step.n_images,
                f"{step.n_finished} of {step.n_images}{left}: {step.image.name}",
            )


@st.cache_resource(show_spinner="Starting the workers…", validate=lambda pool: pool.is_running, on_release=Pool.close)
def _pool() -> Pool:
    """Start the workers that all visitors share; one core stays free for the pages."""
    return start_pool(max(1, min((os.cpu_count() or 1) - 1, _MOST_WORKERS)))


def _keep(work: Work, study: Study, image: StudyImage) -> None:
    keep_correction(study, image, analysis_at_hand(work, needed_image(work)))


def _folder() -> Path:
    return Path(st.session_state["study"].name) / "study"
