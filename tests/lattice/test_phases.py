import re

import numpy as np
import pytest

from nanotem.lattice.phases import FINEST_NM, METAL_SYMBOLS, PHASES, is_allowed, reflections
from nanotem.lattice.zones import zone_reflections

CARDS = {
    "Au": {(1, 1, 1): 0.2355, (2, 0, 0): 0.2039, (2, 2, 0): 0.1442},
    "Pt": {(1, 1, 1): 0.2265, (2, 0, 0): 0.1962},
    "Fe": {(1, 1, 0): 0.2027, (2, 0, 0): 0.1433},
    "Ru": {(1, 0, 0): 0.2343, (0, 0, 2): 0.2142, (1, 0, 1): 0.2056},
    "Fe3O4": {(1, 1, 1): 0.4852, (2, 2, 0): 0.2967, (3, 1, 1): 0.2532},
    "Fe2O3": {(0, 1, 2): 0.3684, (1, 0, 4): 0.2700, (1, 1, 0): 0.2519},
    "CuO": {(1, 1, 0): 0.2751, (0, 0, 2): 0.2530, (1, 1, 1): 0.2323},
    "Cu2O": {(1, 1, 1): 0.2465, (2, 0, 0): 0.2135},
    "PdO": {(0, 0, 2): 0.2667, (1, 0, 1): 0.2644},
    "RuO2": {(1, 1, 0): 0.3182, (1, 0, 1): 0.2556},
    "NiO": {(1, 1, 1): 0.2412, (2, 0, 0): 0.2089},
    "Ag": {(1, 1, 1): 0.2359, (2, 0, 0): 0.2044},
    "Cu": {(1, 1, 1): 0.2088, (2, 0, 0): 0.1808},
    "Ni": {(1, 1, 1): 0.2034, (2, 0, 0): 0.1762},
    "Pd": {(1, 1, 1): 0.2246, (2, 0, 0): 0.1945},
    "Ir": {(1, 1, 1): 0.2217, (2, 0, 0): 0.1920},
    "Rh": {(1, 1, 1): 0.2196, (2, 0, 0): 0.1902},
    "Co (fcc)": {(1, 1, 1): 0.2047, (2, 0, 0): 0.1772},
    "CoO": {(1, 1, 1): 0.2460, (2, 0, 0): 0.2130},
    "Co3O4": {(2, 2, 0): 0.2858, (3, 1, 1): 0.2437},
}
"""Spacings in nm of powder diffraction cards."""

FORBIDDEN = {
    "Au": (1, 1, 0),
    "Fe": (1, 1, 1),
    "Ru": (0, 0, 1),
    "Fe3O4": (2, 0, 0),
    "Fe2O3": (0, 0, 3),
    "Cu2O": (1, 0, 0),
    "RuO2": (1, 0, 0),
    "PdO": (1, 1, 1),
    "CuO": (0, 1, 0),
    "NiO": (2, 1, 0),
}


@pytest.mark.parametrize("symbol", CARDS)
def test_spacings_are_those_of_powder_cards(symbol: str) -> None:
    found = reflections(symbol)
    by_hkl = {tuple(hkl): spacing for hkl, spacing in zip(found.hkl.tolist(), found.spacings_nm, strict=True)}
    for hkl, spacing in CARDS[symbol].items():
        assert by_hkl[hkl] == pytest.approx(spacing, rel=0.002)


@pytest.mark.parametrize("symbol", PHASES)
def test_every_cell_says_where_it_is_from(symbol: str) -> None:
    assert re.search(r"\b(1[89]|20)\d\d\b|\b\d\d-\d{4}\b", PHASES[symbol].source)  # a year, or a powder card


@pytest.mark.parametrize("symbol", FORBIDDEN)
def test_what_a_structure_extinguishes_is_not_there(symbol: str) -> None:
    assert not is_allowed(PHASES[symbol].rule, np.array([FORBIDDEN[symbol]]))[0]
    assert FORBIDDEN[symbol] not in set(map(tuple, reflections(symbol).hkl.tolist()))


@pytest.mark.parametrize("symbol", PHASES)
def test_both_signs_are_there_down_to_the_finest_spacing(symbol: str) -> None:
    found = reflections(symbol)
    indices = set(map(tuple, found.hkl.tolist()))
    assert indices == {tuple(-np.array(one)) for one in indices}
    assert (np.diff(found.spacings_nm) <= 1e-12).all()
    assert found.spacings_nm[-1] >= FINEST_NM
    assert np.linalg.norm(found.vectors_per_nm, axis=1) == pytest.approx(1 / found.spacings_nm)


def test_oxides_are_no_metals() -> None:
    assert not [symbol for symbol in METAL_SYMBOLS if "O" in symbol]
    assert {"Au", "Ru", "Fe", "Co", "Co (fcc)"} <= set(METAL_SYMBOLS)


def test_planes_of_a_zone_hold_its_axis_and_keep_their_angles() -> None:
    hkl, vectors = zone_reflections("Au", (1, 1, 0))
    assert (hkl @ (1, 1, 0) == 0).all()
    one, other = vectors[0], next(v for v in vectors[1:] if abs(np.linalg.det([v, vectors[0]])) > 1)
    angle = np.degrees(np.arccos(abs(one @ other) / np.linalg.norm(one) / np.linalg.norm(other)))
    assert angle == pytest.approx(70.53, abs=0.01)


def test_planes_of_a_hexagonal_zone_have_the_hexagonal_angle() -> None:
    hkl, vectors = zone_reflections("Ru", (0, 0, 1))
    assert (hkl[:, 2] == 0).all()
    angles = np.degrees(np.arctan2(vectors[:6, 0], vectors[:6, 1])) % 60
    assert np.ptp(np.minimum(np.abs(angles - angles[0]), 60 - np.abs(angles - angles[0]))) == pytest.approx(0, abs=1e-6)
