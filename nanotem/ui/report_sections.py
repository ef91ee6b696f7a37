"""The report of the image at hand, and the paragraph for a paper."""

import streamlit as st

from nanotem.micrograph import Micrograph
from nanotem.pipeline import Analysis
from nanotem.report import html_report, methods_paragraph
from nanotem.sensitivity import sensitivity
from nanotem.ui import cached
from nanotem.ui.state import Work


def report_download(work: Work, micrograph: Micrograph) -> None:
    """Make the report when it is asked for, offer it as a file, and show the methods paragraph to copy.

    Parameters
    ----------
    work
        Recipe and corrections.
    micrograph
        With the scale in force.
    """
    key = micrograph.id, micrograph.scale, work.recipe, work.log.done
    st.caption(
        "One HTML page with the picture, the sizes, their uncertainty, the recipe and the versions: open it in a "
        "browser, print it or save it as PDF. For the uncertainty the analysis is repeated with slightly other "
        "parameters, which takes some seconds."
    )
    if st.button("Make the report", icon=":material/description:", key="make_report"):
        st.session_state["report"] = key, *_made(work, micrograph)
    made_for, page, methods = st.session_state.get("report", (None, "", ""))
    if made_for != key:
        return
    st.download_button(
        "Save the report",
        data=page.encode(),
        file_name=f"{micrograph.name}.report.html",
        mime="text/html",
        icon=":material/download:",
        on_click="ignore",
        key="save_report",
    )
    st.markdown("**Methods, to quote**")
    st.code(methods, language=None, wrap_lines=True)


def _made(work: Work, micrograph: Micrograph) -> tuple[str, str]:
    """Return the page and the methods paragraph."""
    recipe, edits = work.recipe, work.log.done
    analysis = Analysis(
        micrograph,
        recipe,
        cached.scale_bar(micrograph),
        cached.annotations(micrograph),
        cached.stages(micrograph, recipe.preprocess),
        cached.segmentation(micrograph, recipe),
        cached.edited(micrograph, recipe, edits),
        cached.particles(micrograph, recipe, edits),
    )
    bar = st.progress(0.0)
    moved = sensitivity(micrograph, recipe, analysis.annotations, on_progress=bar.progress)
    bar.progress(1.0, "Writing the report")
    page = html_report(analysis, edits, sensitivity=moved)
    bar.empty()
    return page, methods_paragraph(analysis, edits)
