"""The notebook does the journey."""

import json
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).parents[1] / "docs" / "journey.ipynb"


def test_the_journey_runs_from_top_to_bottom() -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    known: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), known)
    assert abs(known["summary"].mean.value / known["drawn"].truth["diameter_nm"].mean() - 1) < 0.05
    assert known["saved"].recipe == known["analysis"].recipe


def test_outputs_are_not_stored() -> None:
    assert not any(cell.get("outputs") for cell in json.loads(NOTEBOOK.read_text())["cells"])
