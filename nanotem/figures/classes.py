"""Figures of classes: their colours, particles coloured on the micrograph, probabilities and shares."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import pandas as pd
import plotly.graph_objects as go

from nanotem.figures.palette import GREY, rgb
from nanotem.figures.pictures import Picture
from nanotem.figures.viewer import particle_viewer
from nanotem.measurement.class_columns import NOT_TOLD
from nanotem.micrograph import Scale
from nanotem.morphology.classes import OUTLINE_CLASSES, SOLID_CLASSES, SOLID_GROUPS

CLASS_COLOURS = (
    *("#9b10fc", "#ed9400", "#136e45", "#1cd2ca", "#fd4673", "#79dea4", "#f7e53e"),
    *("#aa0e88", "#c9a1fb", "#308e65", "#bf6e20", "#b467fc", "#a12b0d", "#a570aa"),
)
"""Chosen by farthest-point search: any two, and each and black, grey or white, differ by a CIEDE2000 of 11 or more,
also for readers who lack the red or the green cones."""

FULL_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "CUBO": "cuboctahedron",
        "DEC": "decahedron",
        "DODECA": "dodecahedron",
        "FCC_CUBE": "cube",
        "ICO": "icosahedron",
        "OH": "octahedron",
        "TD": "tetrahedron",
        "TPT": "truncated trigonal bipyramid",
    }
)
"""What the short names of solids stand for."""

TASK_COLOURS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "outline": MappingProxyType(dict(zip(OUTLINE_CLASSES, CLASS_COLOURS, strict=False))),
        "solid": MappingProxyType(dict(zip(SOLID_CLASSES, CLASS_COLOURS, strict=True))),
    }
)
"""Colour of each class, by task."""

_OF_GROUPS = "#3f4a52"
"""Dark beside the grey of what is unknown: a group is an answer, though none of one solid."""

_LEGEND_PX = 30
"""Height of a row of the legend, below the picture."""

_REACH_PX = 60
"""A click so far from a particle's centre on the screen still means that particle."""
_FEWEST_BARS = 6
"""Room is left for so many, as a single bar would fill the figure."""


def colour_of(class_name: str, task: str) -> str:
    """Return the colour of a class: grey for any other answer, darker for a group of solids."""
    return _OF_GROUPS if task == "solid" and class_name in SOLID_GROUPS else TASK_COLOURS[task].get(class_name, GREY)


def class_title(class_name: str) -> str:
    """Return a class by its English name, with the code that tables and files use: "icosahedron (ICO)"."""
    return f"{FULL_NAMES[class_name]} ({class_name})" if class_name in FULL_NAMES else class_name


def answer_title(answer: str, task: str) -> str:
    """Return an answer in words, `class_title` for a class; a group of solids says that it is one: "square (group)"."""
    return f"{answer} (group)" if task == "solid" and answer in SOLID_GROUPS else class_title(answer)


def class_viewer(
    picture: Picture,
    shape: tuple[int, int],
    particles: pd.DataFrame,
    outlines: Mapping[int, Sequence[float]],
    answers: "pd.Series[str]",
    *,
    task: str,
    scale: Scale | None,
    chosen: int | None = None,
) -> go.Figure:
    """Colour every particle by its class on the micrograph; the legend hides and shows classes.

    Parameters
    ----------
    picture, shape, particles, scale
        As for `nanotem.figures.viewer.particle_viewer`.
    outlines
        Polygon of each label, of `nanotem.figures.outlines.traced_polygons`.
    answers
        Class of each particle of the table, in its order.
    task
        "outline" or "solid": gives the colours.
    chosen
        Label to mark.

    Returns
    -------
    plotly.graph_objects.Figure
        The first trace has one point per particle; its `customdata` begins with the label.
    """
    return answer_viewer(
        picture,
        shape,
        particles,
        outlines,
        answers,
        colour=lambda name: colour_of(name, task),
        title=lambda name: answer_title(name, task),
        scale=scale,
        chosen=chosen,
        revision=task,
    )


def answer_viewer(
    picture: Picture,
    shape: tuple[int, int],
    particles: pd.DataFrame,
    outlines: Mapping[int, Sequence[float]],
    answers: "pd.Series[str]",
    *,
    colour: Callable[[str], str],
    title: Callable[[str], str] = str,
    scale: Scale | None,
    chosen: int | None = None,
    revision: str = "",
) -> go.Figure:
    """Colour every particle by an answer about it on the micrograph; the legend hides and shows answers.

    Parameters
    ----------
    picture, shape, particles, outlines, answers, scale, chosen
        As for `class_viewer`; an answer is any word.
    colour, title
        Of an answer.
    revision
        While it stays the same, so do zoom and what the legend hides.

    Returns
    -------
    plotly.graph_objects.Figure
        The first trace has one point per particle; its `customdata` begins with the label.
    """
    figure = particle_viewer(picture, shape, particles, scale=scale)
    unit = "nm" if scale else "px"
    figure.update_traces(
        customdata=list(zip(particles["label"], particles[f"diameter_{unit}"], answers.map(title), strict=True)),
        hovertemplate=f"Particle %{{customdata[0]}}: <b>%{{customdata[2]}}</b><br>%{{customdata[1]:.3g}} {unit}"
        "<extra></extra>",
        showlegend=False,
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )
    for name, count in _counts(answers).items():
        labels = particles["label"][(answers == name).to_numpy()]
        _add_polygons(figure, [outlines[label] for label in labels], f"{title(name)}: {count}", colour(name), 0.35)
    if chosen is not None and chosen in outlines:
        _add_polygons(figure, [outlines[chosen]], "", "#ffffff", 0.0, width=5, showlegend=False)
        _add_polygons(figure, [outlines[chosen]], "", "#000000", 0.0, width=2, showlegend=False)
    return figure.update_layout(
        height=figure.layout.height + _LEGEND_PX,
        showlegend=True,
        legend={"orientation": "h", "yanchor": "top", "y": -0.01, "itemdoubleclick": "toggleothers"},
        clickmode="event+select",
        hoverdistance=_REACH_PX,
        dragmode="pan",
        uirevision=revision,
    )


def probability_bars(
    classes: Sequence[str], probabilities: Sequence[float], plausible: Sequence[bool], *, task: str
) -> go.Figure:
    """Draw the probability of each class, the most probable at the top; classes that are not plausible are pale.

    Parameters
    ----------
    classes, probabilities, plausible
        Of one particle, in the same order.
    task
        "outline" or "solid": gives the colours.
    """
    order = sorted(range(len(classes)), key=lambda k: probabilities[k])
    figure = go.Figure(
        go.Bar(
            x=[100 * probabilities[k] for k in order],
            y=[classes[k] for k in order],
            customdata=[class_title(classes[k]) for k in order],
            orientation="h",
            marker={
                "color": [colour_of(classes[k], task) for k in order],
                "opacity": [1.0 if plausible[k] else 0.3 for k in order],
            },
            hovertemplate="%{customdata}: %{x:.1f} %<extra></extra>",
        )
    )
    figure.update_xaxes(title="Probability (%)", range=[0, 100])
    return figure.update_layout(height=60 + 22 * len(order), margin={"l": 0, "r": 10, "t": 10, "b": 0}, bargap=0.25)


def share_bars(summary: pd.DataFrame, *, task: str) -> go.Figure:
    """Draw the share of each class with its interval.

    Parameters
    ----------
    summary
        Columns `class`, `share`, `share_low` and `share_high`: of `nanotem.morphology.fractions.Fractions.table`, or of
        `nanotem.morphology.class_summary.summarise_classes`.
    task
        "outline" or "solid": gives the colours.
    """
    shares = 100 * summary[["share", "share_low", "share_high"]]
    figure = go.Figure(
        go.Bar(
            x=summary["class"],
            y=shares["share"],
            error_y={
                "array": shares["share_high"] - shares["share"],
                "arrayminus": shares["share"] - shares["share_low"],
                "color": GREY,
            },
            marker={"color": [colour_of(name, task) for name in summary["class"]]},
            customdata=shares[["share_low", "share_high"]],
            hovertemplate="%{x}: %{y:.0f} % (%{customdata[0]:.0f} to %{customdata[1]:.0f})<extra></extra>",
        )
    )
    figure.update_xaxes(range=[-0.5, max(len(summary), _FEWEST_BARS) - 0.5])
    figure.update_yaxes(title="Share of the particles (%)", rangemode="tozero")
    return figure.update_layout(height=320, margin={"l": 0, "r": 10, "t": 10, "b": 0})


def _counts(answers: "pd.Series[str]") -> dict[str, int]:
    """Return how often each answer occurs, the most frequent first and what is no class last."""
    counts = answers.value_counts()
    order = sorted(counts.index, key=lambda name: (name in NOT_TOLD, -counts[name]))
    return {name: int(counts[name]) for name in order}


def _add_polygons(
    figure: go.Figure,
    polygons: Sequence[Sequence[float]],
    name: str,
    colour: str,
    opacity: float,
    *,
    width: float = 1.5,
    showlegend: bool = True,
) -> None:
    """Add closed polygons as one trace."""
    x: list[float | None] = []
    y: list[float | None] = []
    for polygon in polygons:
        x += [*polygon[::2], polygon[0], None]
        y += [*polygon[1::2], polygon[1], None]
    red, green, blue = rgb(colour)
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": width},
        fill="toself",
        fillcolor=f"rgba({red}, {green}, {blue}, {opacity})",
        name=name,
        hoverinfo="skip",
        showlegend=showlegend,
    )
