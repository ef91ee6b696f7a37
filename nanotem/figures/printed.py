"""Charts as papers print them: SVG, PDF and PNG in the width of a column, drawn by matplotlib with fonts inside.

Every chart has one definition, that of the page, and is drawn anew from it: curves and bars cannot differ. Saving
plotly's own figures would need a browser.
"""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from nanotem.errors import ParameterError
from nanotem.figures.palette import GREY
from nanotem.figures.pictures import LABEL_COLOURS, micrograph_picture
from nanotem.micrograph import Pixels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FileType = Literal["svg", "pdf", "png"]

WIDTHS_MM: Mapping[str, float] = MappingProxyType({"one column": 84.0, "two columns": 174.0})
"""Springer's two widths; those of ACS (85, 178 mm), RSC (83, 171 mm) and Elsevier (90, 190 mm) are near."""

_MM_PER_INCH = 25.4
_HEIGHT_SHARE = 0.68
"""Of the width: a chart of one column leaves room for its caption beside it on the page."""
_MOST_HEIGHT_MM = 100.0
_PNG_DPI = 600
"""What publishers ask of line art."""
_PICTURE_DPI = 300
"""What publishers ask of photographs."""

_STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every computer
        "font.size": 8,  # 6 to 8 points is what publishers print at the final width
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "lines.linewidth": 1.2,
        "pdf.fonttype": 42,  # TrueType, which can be edited; publishers refuse type 3
        "svg.fonttype": "path",  # looks the same where the font is absent
        "svg.hashsalt": "nanotem",  # the same file every time
    }
)
_DASHES: Mapping[str, Any] = MappingProxyType(
    {"dash": "--", "dot": ":", "dashdot": "-.", "longdash": (0, (8, 3)), "solid": "-"}
)
_ONE_AT_A_TIME = Lock()
"""The style is matplotlib's own global state."""


def printed_chart(figure: go.Figure, file_type: FileType, *, width_mm: float = WIDTHS_MM["one column"]) -> bytes:
    """Draw one of this package's charts for a paper.

    Parameters
    ----------
    figure
        Of bars, lines, the bands between two lines, markers, violins and heat maps.
    file_type
        "svg", "pdf" or "png".
    width_mm
        Of the whole figure, see `WIDTHS_MM`.

    Raises
    ------
    ParameterError
        If the chart has something else in it.
    """
    height_mm = min(_HEIGHT_SHARE * width_mm, _MOST_HEIGHT_MM)
    return _saved(lambda axes: _draw_chart(axes, figure), file_type, width_mm=width_mm, height_mm=height_mm)


def printed_outlines(
    pixels: Pixels,
    rings: Mapping[int, Sequence[npt.NDArray[Any]]],
    file_type: FileType,
    *,
    width_mm: float = WIDTHS_MM["one column"],
) -> bytes:
    """Draw a micrograph with the outlines of its particles for a paper, the outlines as lines.

    Parameters
    ----------
    pixels
        Shape (rows, columns).
    rings
        Label to its polygons, corners (x, y) in px from the outer corner of the first pixel.
    file_type, width_mm
        As for `printed_chart`.
    """
    from matplotlib.collections import PolyCollection

    rows, columns = pixels.shape
    grey = micrograph_picture(pixels, longest_px=round(width_mm / _MM_PER_INCH * _PICTURE_DPI))[..., 0]

    def draw(axes: "Axes") -> None:
        axes.imshow(grey, cmap="gray", vmin=0, vmax=255, extent=(0, columns, rows, 0), interpolation="none")
        colour = tuple(level / 255 for level in LABEL_COLOURS[0])
        polygons = [ring for several in rings.values() for ring in several]
        axes.add_collection(PolyCollection(polygons, facecolors="none", edgecolors=[colour], linewidths=0.6))
        axes.set_axis_off()

    return _saved(draw, file_type, width_mm=width_mm, height_mm=width_mm * rows / columns)


def _saved(draw: "Callable[[Axes], None]", file_type: FileType, *, width_mm: float, height_mm: float) -> bytes:
    import matplotlib
    from matplotlib.figure import Figure

    stream, style = BytesIO(), cast(Any, dict(_STYLE))
    with _ONE_AT_A_TIME, matplotlib.rc_context(style):
        figure = Figure(figsize=(width_mm / _MM_PER_INCH, height_mm / _MM_PER_INCH), layout="constrained")
        draw(figure.add_subplot())
        figure.savefig(stream, format=file_type, dpi=_PNG_DPI, metadata=_no_date(file_type))
    return stream.getvalue()


def _no_date(file_type: FileType) -> dict[str, Any]:
    """Return what leaves the time out, so that equal figures are equal files."""
    return {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(file_type, {})


def _draw_chart(axes: "Axes", figure: go.Figure) -> None:
    for trace, before in zip(figure.data, (None, *figure.data), strict=False):
        if trace.type not in _TRACES:
            raise ParameterError(f"A chart with {trace.type} cannot be printed.", f"Use {', '.join(_TRACES)}.")
        if trace.type == "scatter" and trace.fill == "tonexty" and before is not None:
            axes.fill_between(trace.x, before.y, trace.y, color=_rgba(trace.fillcolor), lw=0, label=trace.name)
        _TRACES[trace.type](axes, trace)
    for shape in figure.layout.shapes:
        axes.axhline(shape.y0, color=shape.line.color or GREY, linestyle=_DASHES[shape.line.dash or "solid"], lw=0.8)
    for name in ("x", "y"):
        _draw_axis(axes, name, figure.layout[f"{name}axis"])
    named = [trace for trace in figure.data if trace.showlegend is not False]
    if len(named) > 1 and figure.layout.showlegend is not False:
        axes.legend(frameon=False, fontsize=7, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)


def _rgba(colour: str) -> tuple[float, ...]:
    """Return a colour that is written as rgba(86, 180, 233, 0.3) in the way of matplotlib."""
    *levels, alpha = map(float, colour.removeprefix("rgba(").removesuffix(")").split(","))
    return *(level / 255 for level in levels), alpha


def _draw_axis(axes: "Axes", name: str, axis: Any) -> None:
    getattr(axes, f"set_{name}label")(axis.title.text or "")
    if axis.type == "log":
        getattr(axes, f"set_{name}scale")("log")
    if axis.range is not None and axis.type != "log":
        getattr(axes, f"set_{name}lim")(*axis.range)
    elif axis.rangemode == "tozero":
        getattr(axes, f"set_{name}lim")(**{"bottom" if name == "y" else "left": 0})


def _draw_bars(axes: "Axes", trace: Any) -> None:
    colour = trace.marker.color
    axes.bar(trace.x, trace.y, width=trace.width, color=colour, edgecolor="white", linewidth=0.3, label=trace.name)


def _draw_heat_map(axes: "Axes", trace: Any) -> None:
    drawn = axes.pcolormesh(trace.x, trace.y, trace.z, cmap="viridis", shading="nearest", rasterized=True)
    axes.figure.colorbar(drawn, ax=axes, label=trace.colorbar.title.text or "")


def _draw_line(axes: "Axes", trace: Any) -> None:
    if trace.line.width == 0:  # the edge of a band
        return
    if "lines" in (trace.mode or "lines"):
        dash = _DASHES[trace.line.dash or "solid"]
        axes.plot(trace.x, trace.y, color=trace.line.color, linestyle=dash, label=trace.name)
        return
    marker = trace.marker
    edge = marker.line.color or marker.color
    axes.scatter(trace.x, trace.y, s=12, c=marker.color, edgecolors=edge, linewidths=0.8, zorder=3, label=trace.name)
    for x, y, text in zip(trace.x, trace.y, trace.text if trace.text is not None else (), strict=False):
        axes.annotate(text, (x, y), xytext=(4, -9), textcoords="offset points")


def _draw_violin(axes: "Axes", trace: Any) -> None:
    sizes, name = np.asarray(trace.y, float), str(trace.name)
    dots = axes.scatter([name], [np.median(sizes)], s=0)  # makes the name a place on the axis
    place = float(np.asarray(dots.get_offsets())[0, 0])
    if np.ptp(sizes) > 0:
        drawn: Any = axes.violinplot([sizes], positions=[place], widths=0.8, showextrema=False)
        for body in drawn["bodies"]:
            body.set(facecolor=trace.line.color, alpha=0.3, edgecolor=trace.line.color)
    low, middle, high = np.percentile(sizes, [25, 50, 75])
    axes.plot([place, place], [low, high], color=trace.line.color, lw=4, solid_capstyle="butt")
    axes.plot([place], [middle], marker="_", color="white", ms=7)


_TRACES: "Mapping[str, Callable[[Axes, Any], None]]" = MappingProxyType(
    {"bar": _draw_bars, "scatter": _draw_line, "violin": _draw_violin, "heatmap": _draw_heat_map}
)
