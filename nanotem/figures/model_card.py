"""Figures of a model card: where a model errs, and how it learned."""

import numpy as np
import plotly.graph_objects as go

from nanotem.figures.palette import BLUE, ORANGE
from nanotem.morphology.card import ModelCard

_CURVES = {
    "accuracy": ("On what it learned from", BLUE),
    "val_accuracy": ("On others", ORANGE),
}


def confusion_heatmap(card: ModelCard) -> go.Figure:
    """Draw how often each truth got each answer, in per cent of the truth; all zero where nothing was counted."""
    n = len(card.classes)
    counts = np.array(card.confusion or np.zeros((n, n)), np.float64)
    percent = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = go.Figure(
        go.Heatmap(
            z=percent,
            x=list(card.classes),
            y=list(card.classes),
            customdata=counts,
            colorscale="Cividis",
            zmin=0,
            zmax=100,
            text=[[f"{value:.0f}" if value >= 1 else "" for value in row] for row in percent],
            texttemplate="%{text}",
            hovertemplate="%{y} called %{x}: %{customdata} particles, %{z:.1f} %<extra></extra>",
            colorbar={"title": "% of the truth"},
        )
    )
    figure.update_xaxes(title="Answer", tickangle=-45, constrain="domain")
    figure.update_yaxes(title="Truth", autorange="reversed", scaleanchor="x", constrain="domain")
    return figure.update_layout(height=560, margin={"l": 0, "r": 0, "t": 10, "b": 0})


def learning_curves(card: ModelCard) -> go.Figure:
    """Draw the accuracy after every epoch, on the particles that were trained on and on others."""
    figure = go.Figure()
    for name, (title, colour) in _CURVES.items():
        values = card.curves.get(name, [])
        figure.add_scatter(
            x=list(range(1, len(values) + 1)),
            y=[100 * value for value in values],
            mode="lines+markers",
            name=title,
            line={"color": colour, "width": 2},
            hovertemplate="Epoch %{x}: %{y:.1f} %<extra></extra>",
        )
    figure.update_xaxes(title="Epoch")
    figure.update_yaxes(title="Right answers (%)")
    return figure.update_layout(
        height=340, legend={"orientation": "h", "y": 1.15}, margin={"l": 0, "r": 10, "t": 10, "b": 0}
    )
