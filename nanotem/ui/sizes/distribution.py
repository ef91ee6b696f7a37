"""The histogram beside the micrograph."""

import numpy as np
import streamlit as st

from nanotem.analysis import Analysis
from nanotem.figures.pictures import outlined_picture
from nanotem.figures.sizes import CURVES, GAUSSIAN, default_curves, distribution_figure
from nanotem.figures.viewer import particle_viewer
from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.sizes import Sizes
from nanotem.ui.kit.plots import CONFIG, show_plot
from nanotem.ui.kit.selection import selected_numbers

_CHART_PX = 480


def distribution(analysis: Analysis) -> None:
    """Show the histogram with its curves; selected bars light up their particles."""
    sizes, params, found = analysis.sizes, analysis.recipe.sizes, analysis.families
    default = default_curves(found)
    curves = st.pills(
        "Curves",
        [name for name in CURVES if name != GAUSSIAN or params.weighting == "number"],
        default=default,
        selection_mode="multi",
        key=f"curves.{'.'.join(default)}.{params.weighting == 'number'}",
        persist_state="session",
    )
    chart, image = st.columns([3, 2], gap="large")
    with chart:
        figure = distribution_figure(sizes, params, found, curves=curves, weighting=params.weighting)
        event = show_plot(
            figure,
            key="histogram",
            alt="Histogram of sizes",
            height_px=_CHART_PX,
            on_select="rerun",
            selection_mode=("points", "box"),
        )
        st.caption(
            "Click a bar to see its particles on the micrograph; Shift+click adds bars. *Weighting*, at the left, says "
            "what each particle counts for."
        )
    with image:
        chosen = _chosen(event, sizes, sizes.bins(params))
        micrograph = analysis.micrograph
        st.plotly_chart(
            particle_viewer(
                outlined_picture(micrograph.pixels, analysis.labels, highlighted=chosen, longest_px=800),
                micrograph.shape,
                analysis.particles,
                scale=micrograph.scale,
                height_px=_CHART_PX,
            ),
            key="highlighted",
            config=CONFIG,
            alt="The micrograph with the chosen particles",
        )
        st.caption(f"{len(chosen)} particles are highlighted." if chosen is not None else "All particles.")


def _chosen(event: object, sizes: Sizes, edges: FloatArray) -> set[int] | None:
    """Return the labels in the selected bars, None if no bar is selected."""
    bars = selected_numbers(event)
    if not bars:
        return None
    bar_of = np.clip(np.searchsorted(edges, sizes.values, side="right") - 1, 0, len(edges) - 2)
    return {int(label) for label in sizes.labels[np.isin(bar_of, bars)]}
