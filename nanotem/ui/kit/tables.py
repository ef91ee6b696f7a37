"""Tables on pages: columns that explain themselves, numbers to four figures, a download for each."""

from typing import Any

import pandas as pd
import streamlit as st

from nanotem.export.tables import csv_bytes
from nanotem.measurement import COLUMNS, Column

NOT_KNOWN = "–"
"""Stands in a table where there is no value, instead of the word None."""


def particle_table(particles: pd.DataFrame, *, file_name: str) -> None:
    """Show one row per particle with a download."""
    config = {name: _column_config(column) for name, column in COLUMNS.items() if name in particles}
    st.dataframe(particles, column_config=config, hide_index=True, placeholder=NOT_KNOWN, height=360)
    download(particles, "Particles as CSV", file_name=file_name)


def _column_config(column: Column) -> Any:
    if column.dtype == "float64":
        return st.column_config.NumberColumn(column.title, help=column.definition, format="%.4g")
    return st.column_config.Column(column.title, help=column.definition)


def download(table: pd.DataFrame, label: str, *, file_name: str) -> None:
    """Offer a table as CSV."""
    st.download_button(
        label,
        data=lambda: csv_bytes(table),
        file_name=file_name,
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"download.{file_name}",
    )
