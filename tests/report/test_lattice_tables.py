from dataclasses import replace

import numpy as np
import pytest

import nanotem
from nanotem.lattice import Candidate, Lattices, ParticleLattices, Spot
from nanotem.micrograph import Scale
from nanotem.report import html_report
from nanotem.report.lattice_tables import lattice_headline, spacing_table

SPOT = Spot(0.2, 0.0, 0.001, 0.001, 9.0, 4.0, 1, (1, 0))
GOLD = ParticleLattices(1, (SPOT,), candidates=(Candidate("Au", 0.9, 1.0),), planes=("{111}",))
FOUND = {
    1: GOLD,
    2: replace(GOLD, label=2, spots=(replace(SPOT, row_per_px=0.21), replace(SPOT, lattice=2))),
    3: ParticleLattices(3, (SPOT,)),
    4: ParticleLattices(4, reason="none"),
}


def test_spacings_are_counted_by_planes() -> None:
    table = spacing_table(Lattices(FOUND, Scale(0.0471, "typed")))
    assert table["Particles"].tolist() == [2, 1]
    assert table["Strongest planes"].tolist() == ["{111}", "–"]
    assert float(table["Largest spacing (nm)"][0]) == pytest.approx(0.2355)
    assert float(table["Smallest spacing (nm)"][0]) == pytest.approx(0.0471 / 0.21, abs=1e-4)


def test_without_a_scale_spacings_are_in_px() -> None:
    assert spacing_table(Lattices(FOUND))["Median spacing (px)"].tolist()[1] == "5.00"


def test_the_headline_counts_particles() -> None:
    assert lattice_headline(Lattices(FOUND)) == "Particles with a lattice: 3 of 4 (75\u00a0%); with more than one: 1."
    assert lattice_headline(Lattices()) == "Particles with a lattice: 0 of 0; with more than one: 0."


def test_a_report_says_it_if_asked() -> None:
    micrograph = nanotem.simulate(n_particles=3, side_px=128, seed=1).micrograph
    analysis = nanotem.analyse(micrograph, with_lattices=True)
    page = html_report(analysis)
    assert "Lattice fringes</h2>" in page
    assert "Crystals that come into question" in page
    footer = page.partition("<footer>")[2]
    assert all(f"{name} {version}" in footer for name, version in analysis.provenance.versions.items())
    assert "Lattice fringes</h2>" not in html_report(nanotem.analyse(micrograph))


def test_nothing_found_is_an_empty_table() -> None:
    table = spacing_table(Lattices({4: FOUND[4]}))
    assert table.empty
    assert np.isin(["Particles", "Median spacing (px)"], table.columns).all()
