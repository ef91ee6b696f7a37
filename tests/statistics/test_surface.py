import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.statistics import METALS, Estimate, metal_surface

BULK_G_PER_CM3 = {
    "Ag": 10.49,
    "Au": 19.30,
    "Cu": 8.96,
    "Ir": 22.56,
    "Ni": 8.91,
    "Pd": 12.02,
    "Pt": 21.45,
    "Rh": 12.41,
    "Ru": 12.37,
}
"""Tabulated densities, which the lattice constants must give."""


@pytest.mark.parametrize("metal", METALS)
def test_the_density_of_the_lattice_is_that_of_the_bulk(metal) -> None:
    assert METALS[metal].density_g_per_cm3 == pytest.approx(BULK_G_PER_CM3[metal], rel=0.005)


@pytest.mark.parametrize(("metal", "per_nm2"), [("Pt", 12.5), ("Pd", 12.7), ("Au", 11.5), ("Rh", 13.3), ("Ni", 15.4)])
def test_surface_atoms_are_those_that_are_tabulated(metal, per_nm2) -> None:
    assert METALS[metal].surface_atoms_per_nm2 == pytest.approx(per_nm2, rel=0.015)


@pytest.mark.parametrize(("shells", "too_high"), [(4, 0.23), (5, 0.14), (8, 0.04), (12, -0.01)])
def test_the_model_approaches_the_count_of_atoms_of_cuboctahedra(shells, too_high) -> None:
    atoms = (10 * shells**3 - 15 * shells**2 + 11 * shells - 3) / 3
    surface = 10 * (shells - 1) ** 2 + 2
    edge_nm = (3 / 5 / np.sqrt(2) * atoms / METALS["Pt"].atoms_per_nm3) ** (1 / 3)
    d_va_nm = 10 * np.sqrt(2) / (6 + 2 * np.sqrt(3)) * edge_nm
    found = metal_surface(Estimate(d_va_nm), "Pt").dispersion.value
    assert found / (surface / atoms) - 1 == pytest.approx(too_high, abs=0.015)


def test_the_specific_surface_is_that_of_spheres() -> None:
    found = metal_surface(Estimate(5.0, 4.0, 6.0), "Au")
    sphere_m2, sphere_g = np.pi * 25e-18, np.pi / 6 * 125e-21 * METALS["Au"].density_g_per_cm3
    assert found.specific_surface_m2_per_g.value == pytest.approx(sphere_m2 / sphere_g)
    assert found.specific_surface_m2_per_g.low < found.specific_surface_m2_per_g.value
    assert found.dispersion.low < found.dispersion.value < found.dispersion.high
    assert "A model" in found.note


def test_radii_are_half_of_diameters() -> None:
    one, other = (
        metal_surface(Estimate(2.0, 1.9, 2.1), "Pt", nm_per_unit=2),
        metal_surface(Estimate(4.0, 3.8, 4.2), "Pt"),
    )
    assert one == other


def test_too_small_particles_are_refused_and_small_ones_warned_of() -> None:
    assert np.isnan(metal_surface(Estimate(0.9, 0.8, 1.0), "Pt").dispersion.value)
    assert "Below 3 nm" in metal_surface(Estimate(1.6), "Pt").note


def test_no_more_than_all_atoms_lie_at_the_surface() -> None:
    share = metal_surface(Estimate(1.3, 0.9, 1.7), "Pt").dispersion
    assert share.low < share.value < share.high == 1


def test_only_metals_of_the_table_are_known() -> None:
    with pytest.raises(ParameterError, match="no metal 'Xx'"):
        metal_surface(Estimate(3.0), "Xx")


def test_the_table_has_both_with_their_units() -> None:
    surface = metal_surface(Estimate(5.0, 4.5, 5.5), "Pd")
    table = surface.to_frame().set_index("quantity")
    assert table.loc["Dispersion", "value"] == surface.dispersion.value
    assert table.loc["Specific surface", ["low", "unit"]].to_list() == [surface.specific_surface_m2_per_g.low, "m²/g"]
