"""Figures of a film: sizes against time, the kymograph of sizes, single particles, displacement, drift."""

import numpy as np
import plotly.graph_objects as go

from nanotem.figures.palette import BARS, BLUE, GREY, ORANGE, VERMILION
from nanotem.film.curves import SizeCurves
from nanotem.film.displacement import Displacement
from nanotem.film.history import FilmHistory
from nanotem.measurement.flags import has_flag

_N_BINS = 40
"""Rows of the kymograph: finer than the spread of a monodisperse sample over its range."""

_TRANSPARENT = "rgba(86, 180, 233, 0.3)"
"""Of `BARS`."""


def mean_figure(curves: SizeCurves) -> go.Figure:
    """Draw the mean diameter of every frame with its 95 % interval, and D10 to D90."""
    table = curves.table
    figure = go.Figure()
    for name in ("d10", "d90"):
        figure.add_scatter(x=table["time"], y=table[name], name=name.upper(), line={"color": GREY}, mode="lines")
    _band(figure, table["time"], table["mean_low"], table["mean_high"], "95 % interval of the mean")
    figure.add_scatter(x=table["time"], y=table["mean"], name="Mean diameter", line={"color": BLUE}, mode="lines")
    return _titled(figure, f"Time ({curves.time_unit})", f"Diameter ({curves.unit})")


def count_figure(curves: SizeCurves) -> go.Figure:
    """Draw the number of particles of every frame, with the interval for fields of view like this one."""
    table = curves.table
    figure = go.Figure()
    _band(figure, table["time"], table["n_low"], table["n_high"], "95 % interval in other fields of view")
    figure.add_scatter(x=table["time"], y=table["n"], name="Particles", line={"color": BLUE}, mode="lines")
    return _titled(figure, f"Time ({curves.time_unit})", "Particles").update_yaxes(rangemode="tozero")


def kymograph(curves: SizeCurves) -> go.Figure:
    """Draw the histogram of diameters of every frame as a column of colours."""
    figure = go.Figure()
    if not curves.is_empty:
        low, high = float(np.nanmin(curves.diameters)), float(np.nanmax(curves.diameters))
        edges = np.linspace(0.95 * low, 1.02 * high, _N_BINS + 1)
        counts = np.stack([np.histogram(own[np.isfinite(own)], edges)[0] for own in curves.diameters.T], axis=1)
        figure.add_heatmap(
            x=curves.times, y=(edges[1:] + edges[:-1]) / 2, z=counts, colorscale="Viridis", colorbar_title="Particles"
        )
    return _titled(figure, f"Time ({curves.time_unit})", f"Diameter ({curves.unit})")


def particle_figure(history: FilmHistory, track: int) -> go.Figure:
    """Draw the diameter of one particle against time; frames in which the picture cuts it are open circles."""
    own = history.particles[history.particles["track"] == track].sort_values("frame")
    time, size = history.times[own["frame"]], own["diameter_px"] * history.per_px
    doubt = own["diameter_uncertainty_px"] * history.per_px
    is_cut = has_flag(own, "touches_frame").tolist()
    marker = {"color": BLUE, "symbol": ["circle-open" if cut else "circle" for cut in is_cut]}
    figure = go.Figure()
    figure.add_scatter(
        x=time, y=size, mode="lines+markers", marker=marker, error_y={"type": "data", "array": doubt, "color": BARS}
    )
    return _titled(figure, f"Time ({history.time_unit})", f"Diameter ({history.unit})")


def displacement_figure(motion: Displacement, history: FilmHistory) -> go.Figure:
    """Draw the mean squared displacement against the lag, both logarithmic, with its 95 % interval."""
    table = motion.table
    figure = go.Figure()
    _band(figure, table["lag"], table["low"], table["high"], "95 % interval")
    figure.add_scatter(x=table["lag"], y=table["msd"], name="Mean squared displacement", line={"color": BLUE})
    figure = _titled(figure, f"Lag ({history.time_unit})", f"Mean squared displacement ({history.unit}²)")
    return figure.update_xaxes(type="log").update_yaxes(type="log")


def drift_figure(history: FilmHistory) -> go.Figure:
    """Draw how far the support has moved since the first frame, as far as known, and mark odd frames."""
    frames = history.frames
    figure = go.Figure()
    for name, column, colour in (("Down", "drift_row_px", BLUE), ("Right", "drift_column_px", ORANGE)):
        figure.add_scatter(x=frames["time"], y=frames[column], name=name, line={"color": colour}, mode="lines")
    odd = frames[frames["flags"] != ""]
    if len(odd):
        figure.add_scatter(
            x=odd["time"],
            y=frames["drift_row_px"].ffill()[odd.index],
            mode="markers",
            name="Out of the ordinary",
            hovertext=odd["flags"].str.replace("_", " "),
            marker={"color": VERMILION},
        )
    return _titled(figure, f"Time ({history.time_unit})", "Drift (px)")


def _band(figure: go.Figure, x: object, low: object, high: object, name: str) -> None:
    figure.add_scatter(x=x, y=low, line={"width": 0}, mode="lines", showlegend=False, hoverinfo="skip")
    figure.add_scatter(x=x, y=high, line={"width": 0}, mode="lines", fill="tonexty", fillcolor=_TRANSPARENT, name=name)


def _titled(figure: go.Figure, x: str, y: str) -> go.Figure:
    return figure.update_layout(xaxis_title=x, yaxis_title=y)
