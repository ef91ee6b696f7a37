import numpy as np
import pytest
from spots_of import spot, spots_of

from nanotem.lattice import PHASES, family_in_words, fits_of, together, told_apart
from nanotem.micrograph import Scale

SURE = Scale(0.03, "typed", 0.002)
UNSURE = Scale(0.03, "typed")


def candidates(spots: list, scale: Scale, **options: tuple[str, ...]) -> list:
    return together([fits_of(told_apart(spots), scale, **options)])


@pytest.mark.parametrize("symbol", PHASES)
@pytest.mark.parametrize("zone", [(1, 1, 0), (1, 0, 0)])
def test_every_crystal_of_the_table_is_among_its_candidates(symbol: str, zone: tuple[int, int, int]) -> None:
    found = candidates(spots_of(symbol, zone), SURE)
    assert symbol in [one.symbol for one in found]
    assert sum(one.probability for one in found) <= 1 + 1e-9


@pytest.mark.parametrize("zone", [(1, 1, 0), (1, 0, 0), (1, 1, 1), (2, 1, 1), (3, 1, 0)])
def test_the_zone_axis_is_found(zone: tuple[int, int, int]) -> None:
    fit = fits_of(told_apart(spots_of("Au", zone)), SURE)["Au"]
    assert fit.zone == zone
    assert fit.misfit < 1


def test_planes_are_named_in_the_order_of_the_spots() -> None:
    fit = fits_of(told_apart(spots_of("Au", (1, 1, 0), n=4)), SURE)["Au"]
    assert fit.planes_in_words == ["{111}", "{111}", "{200}", "{220}"]
    assert fit.zone_in_words == "[110]"


def test_gold_and_silver_cannot_be_told_apart_and_copper_can() -> None:
    symbols = [one.symbol for one in candidates(spots_of("Au", (1, 1, 0)), SURE)]
    assert {"Au", "Ag"} <= set(symbols)
    assert "Cu" not in symbols


def test_an_unsure_scale_leaves_more_candidates() -> None:
    spots = spots_of("Pt", (1, 1, 0))
    assert len(candidates(spots, UNSURE)) > len(candidates(spots, SURE))


def test_one_set_of_planes_has_no_zone() -> None:
    fit = fits_of(told_apart(spots_of("Au", (1, 1, 0), n=1)), SURE)["Au"]
    assert fit.zone is None
    assert fit.zone_in_words == ""
    assert fit.planes_in_words == ["{111}"]


def test_a_harmonic_is_named_as_one() -> None:
    first = spots_of("Au", (1, 1, 0), n=1)[0]
    second = spot(2 * first.row_per_px, 2 * first.column_per_px, amplitude=5)
    assert fits_of(told_apart([first, second]), SURE)["Au"].planes_in_words == ["{111}", "{222}"]


def test_what_no_crystal_has_fits_none() -> None:
    per_px = 0.03 / 0.21
    square = [spot(0.0, per_px), spot(1.5 * per_px, 0.0)]
    assert candidates(square, SURE, phases=("Au", "Ag", "Pt")) == []


def test_a_wrong_scale_by_a_tenth_does_not_fit() -> None:
    assert "Au" not in [one.symbol for one in candidates(spots_of("Au", (1, 1, 0)), Scale(0.033, "file", 0.02))]


def test_lattices_of_a_particle_must_be_one_crystal() -> None:
    of_gold, of_copper = (fits_of(told_apart(spots_of(symbol, (1, 1, 0))), SURE) for symbol in ("Au", "Cu"))
    assert together([of_gold, of_copper]) == []
    assert together([]) == []


def test_indices_of_ten_and_more_are_kept_apart() -> None:
    assert family_in_words("Fe2O3", (0, 1, 10)) == "{0 1 10}"


def test_evidence_pays_for_planes_that_are_not_seen() -> None:
    first = candidates(spots_of("Au", (1, 1, 0), n=4), SURE, phases=("Au", "Fe3O4", "CuO"))[0]
    assert first.symbol == "Au"
    assert first.scale_factor == pytest.approx(1, abs=1e-6)
    assert np.isfinite(first.probability)
