"""The report of the image at hand, and the paragraph for a paper."""

from contextlib import nullcontext
from dataclasses import replace

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.report import html_report, methods_paragraph
from nanotem.sensitivity import sensitivity
from nanotem.stage import hash_of


def report_download(analysis: Analysis) -> None:
    """Make the report when it is asked for, offer it as a file, and show the methods paragraph to copy.

    Parameters
    ----------
    analysis
        What is reported.
    """
    micrograph = analysis.micrograph
    key = hash_of(analysis, "report", ("particles", "sizes"))
    st.caption(
        "One HTML page with the picture, the sizes, their uncertainty, the recipe and the versions: open it in a "
        "browser, print it or save it as PDF. For the uncertainty the analysis is repeated with slightly other "
        "parameters, which takes some seconds."
    )
    if st.button("Make the report", icon=":material/description:", key="make_report"):
        st.session_state["report"] = key, *_made(analysis)
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


def _made(analysis: Analysis) -> tuple[str, str]:
    """Return the page and the methods paragraph."""
    bar = st.progress(0.0)
    moved = sensitivity(replace(analysis, watch=nullcontext), on_progress=bar.progress)
    bar.progress(1.0, "Writing the report")
    page = html_report(analysis, sensitivity=moved)
    bar.empty()
    return page, methods_paragraph(analysis)
