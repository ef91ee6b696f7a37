"""One self-contained HTML page from a template: pictures and charts inside, no network, safe from what names hold."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from nanotem.provenance import versions
from nanotem.report.recipe_table import recipe_lines
from nanotem.report.words import cell

PAGE_PX = 680
"""Width of a chart that fills an A4 page between its margins."""


def render(template: str, context: Mapping[str, Any]) -> str:
    """Fill a template of this package; every text is escaped."""
    known = versions(*["onnxruntime"] if len(context["classes"]) else [])
    return _environment().get_template(template).render(context, plotly_js=Markup(get_plotlyjs()), versions=known)


def chart(figure: go.Figure, name: str, *, width_px: int = PAGE_PX, height_px: int = 340) -> Markup:
    """Return a figure as a part of the page, of fixed size so that it prints as it is seen.

    Parameters
    ----------
    figure
        Changed in its size and look.
    name
        Unique on the page.
    width_px, height_px
        Size on the page.
    """
    figure.update_layout(
        template="simple_white",
        width=width_px,
        height=height_px,
        margin={"l": 60, "r": 10, "t": 30, "b": 50},
        font={"size": 12},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    config = {"displayModeBar": False, "responsive": False}
    return Markup(figure.to_html(full_html=False, include_plotlyjs=False, config=config, div_id=name))


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"cell": cell, "recipe_lines": recipe_lines}
    return environment
