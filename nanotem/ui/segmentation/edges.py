"""What the edges of the particles look like, and how sure their outlines are."""

from dataclasses import replace
from math import isnan

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.figures.edges import edge_profile
from nanotem.outlines import EdgeReport
from nanotem.percent import in_percent
from nanotem.ui.kit.plots import show_plot
from nanotem.ui.kit.state import Work


def edges(analysis: Analysis, work: Work) -> None:
    """Show blur and profile in a line, and the mean profile with its fit on demand.

    Where the profile was settled for a sample, the visitor can let the image judge for itself.
    """
    report, nm_per_px = analysis.outlines.report, analysis.scale.nm_per_px if analysis.scale else None
    if not len(analysis.outlines.edges):
        return
    st.markdown(edge_in_words(report, nm_per_px))
    if isnan(report.blur_px):
        return
    if analysis.recipe.outlines.is_settled:
        st.caption("The profile was settled for all images of the sample.")
        if st.button("Judge by this image alone", icon=":material/ssid_chart:", key="edges.unsettle"):
            work.use_recipe(replace(work.recipe, outlines=work.recipe.outlines.unsettled()))
            st.rerun()
    with st.expander("Profile of the edges", icon=":material/ssid_chart:"):
        st.caption(
            "The grey level across all edges, and the curve that says where in the blur the outlines lie. Where both "
            "differ, choose another profile on the left: a wrong one moves every diameter."
        )
        show_plot(
            edge_profile(report, nm_per_px=nm_per_px),
            key="edge_profile",
            alt="Grey level across the edges, with its fit",
        )


def edge_in_words(report: EdgeReport, nm_per_px: float | None) -> str:
    """Say blur and profile, what they leave open, and how many outlines are not sure."""
    if isnan(report.blur_px):
        return "**Edge:** none could be measured; outlines are those of the labels."
    nm = f" ({report.blur_px * nm_per_px:.2g} nm)" if nm_per_px else ""
    sure = f"the choice leaves ±{in_percent(report.relative_uncertainty, '.1f')} of every diameter"
    counts = {"not resolved": report.n_unresolved, "taken from the label": report.n_from_label}
    unsure = "".join(f" {n} {'outline is' if n == 1 else 'outlines are'} {what}." for what, n in counts.items() if n)
    return f"**Edge:** blur {report.blur_px:.2g} px{nm}, profile: {report.profile_name}; {sure}.{unsure}"
