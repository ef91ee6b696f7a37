"""What was selected on a chart."""

from collections.abc import Mapping
from typing import Any, Literal


def selected(event: object, what: Literal["points", "box"]) -> list[Any]:
    """Return the points or boxes of a chart's selection event; none before anything was selected."""
    if not isinstance(event, Mapping) or "selection" not in event:
        return []
    return list(event["selection"].get(what, []))
