import pytest
from spots_of import mirrored, spot, spots_of

from nanotem.lattice import lattice_members, told_apart

CRYSTALS = [
    ("Au", (1, 1, 0)),
    ("Au", (1, 0, 0)),
    ("Pt", (1, 1, 1)),
    ("Pd", (2, 1, 1)),
    ("Fe", (1, 0, 0)),
    ("Ru", (1, 0, 0)),
]


@pytest.mark.parametrize(("symbol", "zone"), CRYSTALS)
def test_a_single_crystal_is_one_lattice(symbol: str, zone: tuple[int, int, int]) -> None:
    spots = told_apart(spots_of(symbol, zone, n=5))
    assert {one.lattice for one in spots} == {1}


def test_magnetite_is_one_lattice_however_many_spots_it_has() -> None:
    assert {one.lattice for one in told_apart(spots_of("Fe3O4", (1, 1, 0), n=18))} == {1}


def test_a_harmonic_is_no_spacing_of_its_own() -> None:
    first, second = told_apart([spot(0.05, 0.1), spot(0.1, 0.2, amplitude=10)])
    assert (first.lattice, second.lattice) == (1, 1)
    assert (first.indices, second.indices) == ((1, 0), (2, 0))


def test_the_harmonic_may_be_the_stronger_one() -> None:
    strong, weak = told_apart([spot(0.1, 0.2, amplitude=30), spot(0.05, 0.1)])
    assert (strong.indices, weak.indices) == ((2, 0), (1, 0))


def test_a_twin_is_two_lattices_that_share_planes() -> None:
    one = spots_of("Au", (1, 1, 0), n=3)
    other = [two for two in mirrored(one, one[0]) if abs(two.row_per_px - one[0].row_per_px) > 1e-6]
    spots = told_apart([*one, *other])
    assert [two.lattice for two in spots] == [1, 1, 1, 2, 2]
    assert len(lattice_members(spots, 2)) == 3


def test_two_grains_turned_a_little_are_not_one_lattice() -> None:
    spots = told_apart([spot(0.0, 0.1), spot(0.015, 0.1)])
    assert [one.lattice for one in spots] == [1, 2]


def test_nothing_is_no_lattice() -> None:
    assert told_apart([]) == []
