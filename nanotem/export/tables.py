"""The particle table as CSV, Excel and JSON, each with what its columns mean."""

import json
import re
from collections.abc import Hashable
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd

from nanotem.analysis import Analysis
from nanotem.measurement import COLUMNS, FLAGS, Column
from nanotem.micrograph import Micrograph
from nanotem.statistics import SizeSummary, quantities_frame, sufficiency_table

_FORMULA = re.compile(r"\s*[=+\-@\t]")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8, every number with all its digits, and no text that a spreadsheet would run."""
    return without_formulas(table).to_csv(index=False).encode("utf-8", "replace")


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which texts that a spreadsheet would take for a formula begin with an apostrophe.

    Such a text begins with =, +, -, @ or a tab, after spaces or not; a file can have such a name.
    https://owasp.org/www-community/attacks/CSV_Injection

    Examples
    --------
    >>> without_formulas(pd.DataFrame({"file": ["=1+1.png", "a-b.png"], "z": [-1.0, 2.0]}))["file"].to_list()
    ["'=1+1.png", 'a-b.png']
    """
    return table.assign(**{name: table[name].map(_plain) for name in map(str, table) if _is_text(table[name])})


def _is_text(column: "pd.Series[Any]") -> bool:
    return isinstance(column.dtype, pd.StringDtype) or column.dtype == object


def _plain(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace("\r", " ")  # readers take it for the end of a row, and `csv` does not quote it
    return f"'{text}" if _FORMULA.match(text) else text


def data_dictionary(particles: pd.DataFrame) -> pd.DataFrame:
    """Return one row per column of the table and per flag: kind, name, title, unit, definition.

    A column that `COLUMNS` does not define has an empty definition.
    """
    known = ((name, COLUMNS.get(name, Column(name, "", ""))) for name in map(str, particles))
    columns = [("column", name, column.label, column.unit, column.definition) for name, column in known]
    flags = [("flag", flag.name, "", "", flag.description) for flag in FLAGS.values()]
    return pd.DataFrame([*columns, *flags], columns=["kind", "name", "title", "unit", "definition"])


def workbook(analysis: Analysis) -> bytes:
    """Return an Excel file: particles, their sizes in numbers, and what columns and flags mean.

    The sheets are particles, summary (by number), weighted (by number, length, area and volume; both say which size
    they are of), families, enough (how many particles each kind of size needs), arrangement, metal (only where the
    recipe names one, and there is a scale), and units, the data dictionary.
    """
    sizes, surface = analysis.sizes, analysis.metal_surface
    quantities = tuple(one for group in sizes.weighted.values() for one in group)
    sheets = {
        "particles": analysis.particles,
        "summary": summary_table(sizes.summary, unit=sizes.unit).assign(size=sizes.name),
        "weighted": quantities_frame(quantities, unit=sizes.unit).assign(size=sizes.name),
        "families": analysis.families.to_frame(),
        "enough": sufficiency_table(sizes.values, sizes.weights),
        "arrangement": analysis.arrangement.to_frame(),
        **({"metal": surface.to_frame()} if surface else {}),
        "units": data_dictionary(analysis.particles),
    }
    stream = BytesIO()
    with pd.ExcelWriter(stream, engine="openpyxl") as writer:
        for name, table in sheets.items():
            without_formulas(table).to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
    return stream.getvalue()


def summary_table(summary: SizeSummary, *, unit: str) -> pd.DataFrame:
    """Return quantity, value, low, high and unit; the unit is empty for pure numbers."""
    table = summary.to_frame()
    return table.assign(unit=np.where(table["quantity"].isin(_LENGTHS), unit, ""))


_LENGTHS = ("mean", "sd", "d10", "median", "d90", "normal_mean", "normal_sd", "log_normal_median")


def particles_json(micrograph: Micrograph, particles: pd.DataFrame) -> bytes:
    """Return one JSON object: image, scale, the meaning of the columns, and one object per particle.

    What is not known is null.
    """
    rows, columns = micrograph.shape
    content = {
        "image": {"name": micrograph.name, "sha256": micrograph.id, "rows": rows, "columns": columns},
        "scale": vars(micrograph.scale) if micrograph.scale else None,
        "columns": data_dictionary(particles).query("kind == 'column'").drop(columns="kind").to_dict("records"),
        "particles": json_records(particles),
    }
    return json.dumps(content, indent=1, allow_nan=False).encode()


def json_records(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Return one object per row, None for what is not known."""
    return table.astype(object).where(table.notna(), None).to_dict("records")
