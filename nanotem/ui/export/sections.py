"""The parts of the export page."""

from functools import partial

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.edits.edits import Replace
from nanotem.edits.labels_as_text import pack_labels
from nanotem.export import FORMATS, archive, read_labels
from nanotem.files.names import safe_stem
from nanotem.micrograph import Micrograph
from nanotem.recipe.link import differing
from nanotem.ui.kit.frame import errors_shown
from nanotem.ui.kit.saved import is_saved, remember_saved
from nanotem.ui.kit.state import Work

_KEEPS_EVERYTHING = "analysis.toml"


def unsaved(work: Work) -> None:
    """Say what would be lost if the page were closed now."""
    if is_saved(work):
        st.success("This analysis is saved.", icon=":material/check:")
        return
    lost = [_counted(len(work.log.done), "correction"), _counted(len(differing(work.recipe)), "changed parameter")]
    if work.scale and work.scale.source != "file":
        lost.append(f"the scale ({work.scale.nm_per_px:.4g} nm / px, {work.scale.source})")
    if any(lost):
        st.warning(
            f"Not saved yet: {', '.join(filter(None, lost))}. Everything, or the file *{_KEEPS_EVERYTHING}* alone, "
            "keeps them.",
            icon=":material/save:",
        )


def downloads(work: Work, analysis: Analysis) -> None:
    """Offer everything in one archive, and each format alone; a file is made when its button is pressed."""
    stem = safe_stem(analysis.micrograph.name)
    st.download_button(
        "Everything as one ZIP archive",
        data=partial(archive, analysis),
        file_name=f"{stem}.nanotem.zip",
        mime="application/zip",
        icon=":material/folder_zip:",
        type="primary",
        on_click=remember_saved,
        args=(work,),
        key="export.everything",
    )
    st.caption("It holds the files below, and README.txt that says what each of them is.")
    for one in FORMATS:
        button, content = st.columns([1, 3], vertical_alignment="center")
        button.download_button(
            one.suffix,
            data=partial(one.make, analysis),
            file_name=f"{stem}.{one.suffix}",
            icon=":material/download:",
            on_click=partial(remember_saved, work) if one.suffix == _KEEPS_EVERYTHING else "ignore",
            key=f"export.{one.suffix}",
            width="stretch",
        )
        content.markdown(one.content)


def label_import(work: Work, micrograph: Micrograph) -> None:
    """Take over labels that were drawn in another program; it is a correction, and can be undone."""
    st.subheader("Labels from another program", anchor=False)
    st.caption(
        "A label image (TIFF, PNG), regions of ImageJ (.roi, .zip) or COCO annotations (.json) of this image take the "
        "place of all particles. They can then be corrected, or taken back, on the page Segmentation."
    )
    file = st.file_uploader("Labels", key=f"labels.{micrograph.id}", label_visibility="collapsed")
    if file is not None:
        st.button(
            "Take them over",
            icon=":material/upload:",
            key="take_over",
            on_click=_take_over,
            args=(work, micrograph, file.getvalue(), file.name),
        )


def _take_over(work: Work, micrograph: Micrograph, data: bytes, name: str) -> None:
    with errors_shown():
        labels = read_labels(data, name, shape=micrograph.shape)
        work.log = work.log.record(Replace(micrograph.shape, pack_labels(labels)))


def _counted(number: int, what: str) -> str:
    """Return "1 correction", "2 corrections", or nothing for none."""
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""
