import numpy as np
import pytest
from drawn_shapes import as_labels, rectangle

from nanotem.measurement import COLUMNS, in_nm, measure_particles
from nanotem.measurement.columns import CLASSIFIED_COLUMNS, LATTICE_COLUMNS
from nanotem.micrograph import Scale

OF_SIZE = [name for name in COLUMNS if name not in (*CLASSIFIED_COLUMNS, *LATTICE_COLUMNS)]


@pytest.fixture
def table():
    labels = as_labels(rectangle(30, 12, turn_deg=20, centre=(20, 20), side=40))
    return measure_particles(labels, labels)


@pytest.mark.parametrize("nm_per_px", [0.01, 0.5, 1.0, 7.3])
def test_lengths_scale_linearly_and_areas_by_the_square(table, nm_per_px):
    converted = in_nm(table, Scale(nm_per_px, "typed"))
    for name in ("diameter", "feret_max", "feret_min", "major_axis", "minor_axis", "perimeter"):
        assert converted[f"{name}_nm"].to_numpy() == pytest.approx(table[f"{name}_px"] * nm_per_px)
    assert converted["area_nm2"].to_numpy() == pytest.approx(table["area_px"] * nm_per_px**2)
    assert np.sqrt(4 * converted["area_nm2"] / np.pi).to_numpy() == pytest.approx(converted["diameter_nm"])


def test_nothing_else_changes(table):
    converted = in_nm(table, Scale(0.5, "typed"))
    assert converted[table.columns].equals(table)
    assert list(converted) == OF_SIZE
    assert "diameter_nm" not in table


def test_a_new_scale_replaces_the_old_one(table):
    twice = in_nm(in_nm(table, Scale(3, "typed")), Scale(0.5, "typed"))
    assert twice.equals(in_nm(table, Scale(0.5, "typed")))


def test_columns_of_others_stay_at_the_end(table):
    converted = in_nm(table.assign(shape="rod"), Scale(1, "typed"))
    assert list(converted)[-1] == "shape"


def test_no_particles_get_the_columns_too(table):
    assert list(in_nm(table[:0], Scale(1, "typed"))) == OF_SIZE
