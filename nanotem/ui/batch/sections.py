"""The parts of the batch page."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nanotem.batch import run_batch
from nanotem.report.words import plural
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
from nanotem.ui.kit.plain import plain_text
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.uploaded import Uploaded
from nanotem.ui.kit.workers import workers

_NOTES = "batch.notes"


def visitors_study() -> Study:
    """Return the visitor's study, an empty one at first; its folder goes when the visitor does."""
    if "study" not in st.session_state:
        st.session_state["study"] = TemporaryDirectory(prefix="nanotem-")
        return prepare_study(_folder(), [])
    study = open_study(_folder())
    for note in dict.fromkeys((*st.session_state.get(_NOTES, ()), *study.notes)):
        st.warning(plain_text(note), icon=":material/healing:")
    return study


def add_images(study: Study) -> Study:
    """Let the visitor add images; return the study with them."""
    with st.form("add_images", clear_on_submit=True, border=False):
        files = st.file_uploader("Micrographs", accept_multiple_files=True, key="batch.images")
        sample = st.text_input("Sample", key="batch.sample", help="Images of one sample are compared with each other.")
        if st.form_submit_button("Add to the study", icon=":material/add:"):
            with errors_shown():
                study = add_files(study, files, sample=sample.strip())
    return study


def add_files(study: Study, files: Sequence[Uploaded], *, sample: str = "") -> Study:
    """Add uploaded files to a study, and return it."""
    with writing(study.folder):
        for file in files:
            study = add_upload(study, file.getvalue(), file.name, sample=sample)
    return study


def open_archive(work: Work) -> None:
    """Let the visitor open a study that was downloaded; if its images have one recipe, it comes into force."""
    file = st.file_uploader("Study as ZIP", key="batch.archive", help="Its recipe replaces the one in force.")
    if file is None or not st.button("Open in the place of this study", icon=":material/folder_open:"):
        return
    folder = TemporaryDirectory(prefix="nanotem-")
    with errors_shown():
        study = unpack_study(BytesIO(file.getvalue()), Path(folder.name) / "study")
        st.session_state["study"], st.session_state[_NOTES] = folder, study.notes
        if len(study.values("recipe")) == 1:
            work.use_recipe(study.images[0].settings.recipe)
        st.rerun()


def take_back(work: Work, study: Study) -> None:
    """Offer to keep what was corrected in an image of the study that is open on the other pages."""
    image = next((one for one in study.images if work.micrograph and one.id == work.micrograph.id), None)
    if image is None:
        return
    with st.container(border=True):
        n_edits = len(work.log.done)
        st.markdown(
            f"**{plain_text(image.name)}** is open on the other pages, with {plural(n_edits, 'correction')} by hand."
        )
        if work.recipe != image.recipe:
            st.info("The parameters in force are not those that this image has in the study.")
            if st.button("Back to the recipe of the study", icon=":material/undo:", key="batch.recipe"):
                work.use_recipe(image.recipe)
                st.rerun()
        elif st.button("Take back into the study", icon=":material/move_to_inbox:", type="primary", key="batch.keep"):
            with errors_shown(), writing(study.folder):
                _keep(work, study, image)
                st.rerun()


def run(work: Work, study: Study) -> None:
    """Let the visitor start, watch and stop the analysis of all images with the recipe in force."""
    left, right = st.columns(2)
    given = {"recipe": replace(work.recipe, outlines=work.recipe.outlines.unsettled())}
    given |= _typed_length(left, study, "nm_per_px", "Nanometres per pixel")
    given |= _typed_length(right, study, "bar_length_nm", "Length of the scale bars (nm)")
    settings = study.with_settings(given)
    n_done = sum(image.status == "done" for image in study.images)
    n_anew = n_done - sum(image.status == "done" for image in settings.images)
    if n_anew:
        had = f"{plural(n_anew, 'image')} {'was' if n_anew == 1 else 'were'} analysed with other parameters"
        st.info(f"{had} or another scale, and will be analysed anew.")
    start = st.button("Run", icon=":material/play_arrow:", type="primary", disabled=not study.images, key="batch.run")
    done = f"{n_done} of {len(study.images)} images are analysed. A run that was stopped goes on where it was."
    st.caption(done if study.images else "Add micrographs to the study first; then they are analysed here, all alike.")
    if start:
        with errors_shown():
            with writing(study.folder):
                save_study(settings)
            st.session_state.pop(_NOTES, None)
            _run(study.folder)
            st.rerun()


def _typed_length(place: DeltaGenerator, study: Study, option: str, label: str) -> dict[str, Any]:
    """Show a length that the images share; return it if the visitor has changed it, for all images."""
    values = study.values(option)
    shared = values[0] or 0.0 if len(values) == 1 else 0.0
    help_scale = "For images whose file holds no scale. 0: the scale bar of each image is read."
    if len(values) > 1:
        help_scale = "The images of this study differ in it. Left at 0, each keeps its own."
    typed = place.number_input(label, 0.0, value=shared, format="%.5f", help=help_scale)
    return {} if typed == shared else {option: typed or None}


def _run(folder: Path) -> None:
    """Run the batch with a bar; a click on anything, such as the button beside it, stops it."""
    bar = st.progress(0.0, "Starting…")
    st.button("Stop", icon=":material/stop:", key="batch.stop", help="What is done stays.")
    with closing(run_batch(folder, workers())) as steps:
        for step in steps:
            seconds = step.seconds_left
            left = "" if seconds != seconds else f", about {max(seconds / 60, 1):.0f} min left"
            bar.progress(
                step.n_finished / step.n_images,
                f"{step.n_finished} of {step.n_images}{left}: {plain_text(step.image.name)}",
            )


def _keep(work: Work, study: Study, image: StudyImage) -> None:
    """Keep the corrections of an image, with the columns that its recipe asks for in batches."""
    recipe = image.recipe
    analysis = analysis_at_hand(
        work,
        needed_image(work),
        with_shapes=recipe.classify.in_batches,
        with_lattices=recipe.lattice.in_batches,
    )
    keep_correction(study, image, analysis)


def _folder() -> Path:
    return Path(st.session_state["study"].name) / "study"
