"""One self-contained HTML page from a template: pictures and charts inside, no network, safe from what names hold."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from nanotem.figures.pictures import data_address
from nanotem.figures.printed import printed_chart
from nanotem.report.words import cell

PAGE_MM = 180.0
"""Width of a chart that fills an A4 page between its margins."""


def render(template: str, context: Mapping[str, Any]) -> str:
    """Fill a template of this package; every text is escaped."""
    return _environment().get_template(template).render(context)


def chart(figure: go.Figure, alt: str, *, width_mm: float = PAGE_MM) -> Markup:
    """Return a figure as a part of the page, drawn as lines: small, sharp on paper, and without a script.

    Parameters
    ----------
    figure
        See `nanotem.figures.printed.printed_chart`.
    alt
        What it shows, for those who do not see it.
    width_mm
        Width on the page.
    """
    svg = data_address(printed_chart(figure, "svg", width_mm=width_mm), "svg+xml")
    return Markup('<img src="{}" alt="{}" style="width:{:g}mm">').format(svg, alt, width_mm)


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
    environment.filters["cell"] = cell
    return environment
