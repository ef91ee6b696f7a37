import numpy as np
import pytest
from spots_of import spots_of

from nanotem.errors import ParameterError
from nanotem.lattice import Lattices, ParticleLattices, scale_from_lattice, told_apart
from nanotem.micrograph import Scale

TRUE = 0.03


def image(*zones: tuple[int, int, int], nm_per_px: float, n: int = 4, relative: float = 0.01) -> Lattices:
    """Return particles of gold, each with the first spots of a zone, under a scale."""
    particles = {
        label: ParticleLattices(label, tuple(told_apart(spots_of("Au", zone, nm_per_px=TRUE, n=n, turned_rad=label))))
        for label, zone in enumerate(zones, start=1)
    }
    return Lattices(particles, Scale(nm_per_px, "file", relative))


@pytest.mark.parametrize("off", [0.89, 0.97, 1.0, 1.08])
def test_a_known_crystal_sets_the_scale(off: float) -> None:
    said = scale_from_lattice(image((1, 1, 0), (1, 0, 0), nm_per_px=off * TRUE), "Au")
    assert said.scale is not None
    assert said.scale.source == "lattice"
    assert said.scale.nm_per_px == pytest.approx(TRUE, rel=2e-3)
    assert 0 < said.scale.relative_uncertainty < 0.02
    assert said.n_lattices == 2
    assert ("which it agrees" in said.in_words) == (abs(off - 1) < 0.02)


def test_a_contradiction_says_what_planes_measure_and_what_to_do() -> None:
    said = scale_from_lattice(image((1, 1, 0), (1, 0, 0), nm_per_px=0.9 * TRUE), "Au").in_words
    assert said.startswith("If the particles are gold, a pixel spans 0.03 nm ± ")
    assert "by 2 lattices: 11.1\xa0% more than the 0.027 nm in force, which it contradicts" in said
    assert "{111}, 0.2355 nm apart in gold, measure 0.2119 nm by the scale in force" in said
    assert said.endswith("use 0.03 nm / px; if you know the scale, they are another crystal.")
    assert "% less than" in scale_from_lattice(image((1, 1, 0), nm_per_px=1.1 * TRUE), "Au").in_words


def test_a_scale_that_does_not_say_how_sure_it_is_may_be_some_per_cent_off() -> None:
    for off, agrees in ((0.96, True), (0.9, False)):
        said = scale_from_lattice(image((1, 1, 0), (1, 0, 0), nm_per_px=off * TRUE, relative=0.0), "Au")
        assert said.difference_uncertainty == pytest.approx(0.03, rel=0.1)
        assert ("which it agrees" in said.in_words) == agrees


def test_one_set_of_planes_fits_several_scales() -> None:
    said = scale_from_lattice(image((1, 1, 0), nm_per_px=0.93 * TRUE, n=1), "Au")
    assert said.scale is None
    assert "Several scales" in said.in_words


def test_another_crystal_has_no_say() -> None:
    said = scale_from_lattice(image((1, 1, 0), nm_per_px=TRUE), "Fe")
    assert said.scale is None
    assert "No particle" in said.in_words


def test_a_rough_scale_is_needed() -> None:
    said = scale_from_lattice(Lattices(), "Au")
    assert "needed first" in said.in_words
    assert np.isnan(said.difference)


def test_the_crystal_must_be_in_the_table() -> None:
    with pytest.raises(ParameterError, match="no crystal 'Xx'"):
        scale_from_lattice(Lattices(), "Xx")
