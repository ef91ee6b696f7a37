"""Controls made from the descriptions that parameters carry."""

from collections.abc import Container
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from nanotem.parameters import Knob, Parameters, knobs
from nanotem.ui.kit.frame import errors_shown
from nanotem.ui.kit.state import Work

Step = TypeVar("Step", bound=Parameters)


def edit_parameters(step: Step, work: Work, *, key: str, only: Container[str] | None = None) -> Step:
    """Show a control for every parameter that matters and return the step with the values set.

    A value that is not allowed is answered with a message, and the one before stays in force.

    Parameters
    ----------
    step
        Values to start from.
    work
        Its revision is part of the controls' keys, so that a recipe that is loaded shows in them.
    key
        Name of this group of controls: on two pages, the same controls.
    only
        Names of the parameters to show; None for all.
    """
    for name, description in knobs(type(step)).items():
        if step.is_used(name) and (only is None or name in only):
            value = _control(getattr(step, name), description, f"{key}.{name}.{work.revision}")
            with errors_shown():
                step = replace(step, **{name: value})  # type: ignore[type-var]
    return step


def _control(value: Any, description: Knob, key: str) -> Any:
    common: dict[str, Any] = {"help": description.help, "key": key, "persist_state": "session"}
    if description.choices:
        options = list(description.choices)
        return st.selectbox(
            description.label,
            options,
            index=options.index(value),
            format_func=description.choices.__getitem__,
            **common,
        )
    if isinstance(value, bool):
        return st.toggle(description.label, value=value, **common)
    low, high, step = (type(value)(limit) for limit in (description.low, description.high, description.step))
    if high - low > 400 * step:
        return st.number_input(description.label, low, high, value, step, **common)
    return st.slider(description.label, low, high, value, step, **common)
