"""Tables, read back by pandas."""

import json
from io import BytesIO

import numpy as np
import openpyxl
import pandas as pd
import pytest
from drawn_analysis import AREAS, SCALE, blank_analysis, drawn_analysis

from nanotem.analysis import Analysis
from nanotem.export.tables import csv_bytes, data_dictionary, particles_json, summary_table, workbook
from nanotem.measurement import COLUMNS, FLAGS
from nanotem.recipe import Recipe
from nanotem.stage import hash_of
from nanotem.statistics.params import SizeParams

PARTICLES = drawn_analysis().particles
SUMMARY = drawn_analysis().sizes.summary


def test_csv_keeps_every_digit() -> None:
    read = pd.read_csv(BytesIO(csv_bytes(PARTICLES)), keep_default_na=False)
    pd.testing.assert_frame_equal(read, PARTICLES, check_exact=True, check_dtype=False)
    assert read["label"].tolist() == list(AREAS)


def sheets_of(analysis: Analysis) -> dict[str, pd.DataFrame]:
    return pd.read_excel(BytesIO(workbook(analysis)), sheet_name=None, keep_default_na=False)


def test_excel_has_sheets_with_the_same_numbers() -> None:
    sheets = sheets_of(drawn_analysis())
    assert list(sheets) == ["particles", "summary", "weighted", "families", "enough", "arrangement", "units"]
    pd.testing.assert_frame_equal(sheets["particles"], PARTICLES, check_dtype=False, rtol=1e-15)
    mean = sheets["summary"].set_index("quantity").loc["mean"]
    assert (mean["value"], mean["unit"]) == (pytest.approx(SUMMARY.mean.value, rel=1e-15), "nm")
    pd.testing.assert_frame_equal(sheets["units"], data_dictionary(PARTICLES))
    d = drawn_analysis().sizes.values
    sauter = sheets["weighted"].set_index("symbol").loc["D[3,2]", "value"]
    assert min(d) < sauter < max(d)
    assert len(sheets["weighted"]) == 20
    assert {name for sheet in ("summary", "weighted") for name in sheets[sheet]["size"]} == {
        drawn_analysis().sizes.name
    }
    assert sheets["families"]["n"].sum() == d.size


def test_a_metal_has_a_sheet_of_its_own() -> None:
    gold = drawn_analysis().with_recipe(Recipe(sizes=SizeParams(metal="Au")))
    assert sheets_of(gold)["metal"]["quantity"].to_list() == ["Dispersion", "Specific surface"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\tx", "\n =1", "  =1", '=HYPERLINK("http://x.org")'])
def test_a_text_is_no_formula(cell: str) -> None:
    table = pd.DataFrame({"file": [cell, "a-b=c.png", None], "z": [-1.5, 2.0, 3.0]})
    read = pd.read_csv(BytesIO(csv_bytes(table)), dtype={"file": str}, keep_default_na=False)
    assert read["file"].to_list() == [f"'{cell}", "a-b=c.png", ""]
    assert read["z"].to_list() == [-1.5, 2.0, 3.0]
    assert table["file"][0] == cell


def test_excel_holds_no_formula() -> None:
    analysis = drawn_analysis(name="formula.png")
    analysis.store["particles", hash_of(analysis, "particles", Analysis.particles.depends)] = PARTICLES.assign(
        outline="=1+1"
    )
    book = workbook(analysis)
    cells = [cell for sheet in openpyxl.load_workbook(BytesIO(book)) for row in sheet for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert "'=1+1" in {cell.value for cell in cells}


def test_json_has_image_scale_columns_and_particles() -> None:
    analysis = drawn_analysis()
    content = json.loads(particles_json(analysis.micrograph, PARTICLES))
    assert content["image"] == {"name": "drawn.png", "sha256": analysis.micrograph.id, "rows": 150, "columns": 220}
    assert content["scale"]["nm_per_px"] == SCALE.nm_per_px
    assert [column["name"] for column in content["columns"]] == list(PARTICLES)
    assert [list(particle.values()) for particle in content["particles"]] == PARTICLES.values.tolist()


def test_what_json_cannot_hold_is_null() -> None:
    table = PARTICLES.assign(circularity=np.nan)
    particles = json.loads(particles_json(drawn_analysis().micrograph, table))["particles"]
    assert [particle["circularity"] for particle in particles] == [None] * len(table)


def test_every_column_and_flag_is_defined() -> None:
    dictionary = data_dictionary(PARTICLES)
    assert dictionary["name"].to_list() == [*PARTICLES, *FLAGS]
    assert dictionary["definition"].str.endswith(".").all()
    diameter = dictionary.set_index("name").loc["diameter_nm"]
    assert (diameter["unit"], diameter["definition"]) == ("nm", COLUMNS["diameter_nm"].definition)


def test_a_column_that_nobody_defined_is_listed_too() -> None:
    extra = data_dictionary(PARTICLES.assign(own_remark="sphere")).set_index("name").loc["own_remark"]
    assert (extra["title"], extra["definition"]) == ("own_remark", "")


def test_lengths_have_a_unit_and_pure_numbers_none() -> None:
    units = summary_table(SUMMARY, unit="nm").set_index("quantity")["unit"]
    assert set(units[units == ""].index) == {
        "n", "n_eff", "polydispersity", "log_normal_geometric_sd", "aicc_normal_minus_log_normal",
    }  # fmt: skip


@pytest.mark.parametrize("read", [pd.read_csv, pd.read_excel, lambda data: pd.DataFrame(json.load(data)["particles"])])
def test_nothing_found_gives_no_rows(read) -> None:
    blank = blank_analysis()
    make = {
        pd.read_csv: lambda: csv_bytes(blank.particles),
        pd.read_excel: lambda: workbook(blank),
    }
    data = make.get(read, lambda: particles_json(blank.micrograph, blank.particles))()
    assert len(read(BytesIO(data))) == 0
