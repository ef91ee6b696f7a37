"""What was selected on a chart."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import streamlit as st


def selected(event: object, what: Literal["points", "box"]) -> list[Any]:
    """Return the points or boxes of a chart's selection event; none before anything was selected."""
    if not isinstance(event, Mapping) or "selection" not in event:
        return []
    return list(event["selection"].get(what, []))


def selected_numbers(event: object) -> list[int]:
    """Return the number that the `customdata` of each selected point begins with, such as its label.

    Several numbers of a point come as a list, or, where they were an array, by their place: {"0": 4.0, "1": 7.3}.
    """
    kept = [point["customdata"] for point in selected(event, "points") if "customdata" in point]
    return [int(np.ravel(one["0"] if isinstance(one, Mapping) else one)[0]) for one in kept]


def choose_clicked(chart_key: str, chosen_key: str) -> None:
    """Keep the number of the point that was clicked on a chart; of none or of several, the choice stays as it was."""
    numbers = selected_numbers(st.session_state.get(chart_key))
    if len(numbers) == 1:
        st.session_state[chosen_key] = numbers[0]
