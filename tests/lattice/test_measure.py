from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from recipes import BY_NECK
from scipy import ndimage

from nanotem.analysis import analyse
from nanotem.edits.edits import Name, target_of
from nanotem.errors import ParameterError
from nanotem.lattice import find_lattices, scale_from_lattice
from nanotem.lattice.columns import NONE_FITS, with_lattices
from nanotem.lattice.measure import NO_LATTICE
from nanotem.measurement import COLUMNS, measure_particles
from nanotem.measurement.columns import LATTICE_COLUMNS
from nanotem.micrograph import Scale
from nanotem.readers import read_file
from nanotem.report.methods import lattice_sentence, methods_paragraph
from nanotem.synthetic.fringes import Crystal, LatticeImaging, LatticeMicrograph, draw_crystals

NM_PER_PX = 0.04
SCALE = Scale(NM_PER_PX, "typed", 0.01)
FORMATS = Path("/work/shared/data/formats")
GOLD = FORMATS / "temul" / "example_Au_nanoparticle.emd"


def drawn(*crystals: Crystal, seed: int = 1, side: int = 180, **imaging: float) -> LatticeMicrograph:
    return draw_crystals(
        crystals,
        shape=(side, side),
        nm_per_px=NM_PER_PX,
        rng=np.random.default_rng(seed),
        imaging=LatticeImaging(**imaging),  # type: ignore[arg-type]
    )


def gold(**changes: object) -> Crystal:
    return Crystal(**({"symbol": "Au", "zone": (1, 1, 0), "diameter_nm": 5.0, "row": 90, "column": 90} | changes))  # type: ignore[arg-type]


def test_spacings_are_those_that_were_drawn() -> None:
    picture = drawn(gold(turned_rad=0.7))
    found = find_lattices(picture.pixels, picture.labels, scale=SCALE).spots_table()
    for row in found[found["amplitude_over_noise"] > 10].itertuples():
        angle = np.abs(picture.truth["direction_deg"] - row.direction_deg) % 180
        near = picture.truth[np.minimum(angle, 180 - angle) < 2]
        assert np.abs(near["spacing_px"] / row.spacing_px - 1).min() < 0.01
        assert row.spacing_nm == pytest.approx(NM_PER_PX * row.spacing_px)


def test_a_twin_is_told_from_a_single_crystal_and_both_are_gold() -> None:
    for grains, n in (("single", 1), ("twin", 2)):
        picture = drawn(gold(grains=grains))
        one = find_lattices(picture.pixels, picture.labels, scale=SCALE).particles[1]
        assert one.n_lattices == n
        assert "Au" in [candidate.symbol for candidate in one.candidates]
        assert set(one.zones) == {"[110]"}


def test_the_uncertainty_in_nm_holds_that_of_the_scale() -> None:
    picture = drawn(gold())
    sure, unsure = (
        find_lattices(picture.pixels, picture.labels, scale=Scale(NM_PER_PX, "typed", relative)).spots_table()
        for relative in (0.0, 0.05)
    )
    assert (unsure["spacing_uncertainty_nm"] > 0.049 * unsure["spacing_nm"]).all()
    assert (sure["spacing_uncertainty_nm"] < 0.01 * sure["spacing_nm"]).all()


def test_without_a_scale_there_are_spacings_in_px_and_nothing_is_indexed() -> None:
    picture = drawn(gold())
    found = find_lattices(picture.pixels, picture.labels)
    assert found.particles[1].spots
    assert not found.particles[1].candidates
    assert found.spots_table()["spacing_nm"].isna().all()
    assert (found.spots_table()["planes"] == "").all()


def reason(kind: str) -> str:
    """Return how a reason begins, up to the first number."""
    return NO_LATTICE[kind].split("{")[0]


def ends(kind: str) -> str:
    return NO_LATTICE[kind].split("}")[-1]


def test_an_image_that_is_too_coarse_is_not_looked_at() -> None:
    picture = drawn(gold())
    one = find_lattices(picture.pixels, picture.labels, scale=Scale(0.3, "typed")).particles[1]
    assert one.reason.startswith(reason("coarse_pixels"))
    assert one.n_lattices == 0


def test_a_small_particle_has_too_few_periods() -> None:
    picture = drawn(gold(diameter_nm=0.5))
    one = find_lattices(picture.pixels, picture.labels, scale=SCALE).particles[1]
    assert one.reason.startswith(reason("too_small"))


def test_a_particle_outside_the_micrograph_shows_nothing() -> None:
    picture = drawn(gold())
    frame = np.zeros(picture.labels.shape, bool)
    one = find_lattices(picture.pixels, picture.labels, scale=SCALE, frame=frame).particles[1]
    assert one.reason.startswith(reason("too_small"))


@pytest.mark.parametrize("seed", range(4))
def test_an_amorphous_particle_has_no_lattice(seed: int) -> None:
    picture = drawn(gold(), seed=seed, contrast=0.0, support=0.1)
    for scale in (SCALE, None):
        one = find_lattices(picture.pixels, picture.labels, scale=scale).particles[1]
        assert one.spots == ()
        assert one.reason.startswith(reason("nothing"))


def test_planes_near_two_pixels_are_refused() -> None:
    rows, columns = np.mgrid[:180, :180]
    fine = 20 * np.cos(2 * np.pi * (0.31 * rows + 0.33 * columns))
    picture = drawn(gold(), contrast=0.0)
    pixels = np.where(picture.labels > 0, picture.pixels + fine, picture.pixels)
    one = find_lattices(pixels, picture.labels).particles[1]
    assert one.reason.endswith(ends("near_nyquist"))


def test_a_pattern_that_is_outside_too_is_no_crystal() -> None:
    rows, columns = np.mgrid[:400, :400]
    hum = 12 * np.cos(2 * np.pi * (0.11 * rows + 0.06 * columns))
    picture = drawn(gold(), side=400, contrast=0.0)
    one = find_lattices(picture.pixels + hum, picture.labels, scale=SCALE).particles[1]
    assert one.reason.endswith(ends("outside_too"))


def test_the_grid_of_an_enlarged_picture_is_no_crystal() -> None:
    disc = np.hypot(*(np.mgrid[:120, :120] - 60.0)) < 30
    rough = (
        np.random.default_rng(3).normal(0, 4, (120, 120)) + 120 - 90.0 * cv2.GaussianBlur(disc.astype(float), (0, 0), 2)
    )
    pixels = cv2.resize(rough, None, fx=2.7, fy=2.7, interpolation=cv2.INTER_LINEAR)
    labels = cv2.resize(disc.astype(np.uint8), pixels.shape[::-1], interpolation=cv2.INTER_NEAREST).astype(np.int32)
    one = find_lattices(pixels, labels).particles[1]
    assert one.spots == ()
    assert one.reason.endswith((ends("picture_grid"), ends("outside_too"), ends("nothing")))


@pytest.mark.parametrize(
    ("diameter_nm", "nm_per_px", "phases", "could"),
    [
        (5.0, 0.04, ("Au", "Ni"), True),
        (1.6, 0.04, ("Au",), False),
        (2.0, 0.04, ("Au",), True),
        (9.0, 0.09, ("Au",), True),
        (9.0, 0.09, ("Au", "Ni"), False),
        (9.0, 0.09, ("Au", "NiO"), True),
        (9.0, 0.3, ("Au",), False),
    ],
)
def test_a_particle_could_show_a_lattice_if_the_widest_planes_of_all_metals_fit(
    diameter_nm: float, nm_per_px: float, phases: tuple[str, ...], could: bool
) -> None:
    rows, columns = np.mgrid[:180, :180] - 90.0
    labels = (np.hypot(rows, columns) < diameter_nm / nm_per_px / 2).astype(np.int32)
    pixels = np.random.default_rng(1).normal(120, 5, labels.shape).astype(np.float32)
    one = find_lattices(pixels, labels, scale=Scale(nm_per_px, "typed"), phases=phases).particles[1]
    assert one.could_show == could
    assert not find_lattices(pixels, labels, phases=phases).particles[1].could_show


def test_a_narrow_rod_could_show_planes_of_some_directions_alone() -> None:
    rows, columns = np.mgrid[:180, :180] - 90.0
    pixels = np.random.default_rng(1).normal(120, 5, rows.shape).astype(np.float32)
    for half_width_px, could in ((12, False), (30, True)):
        labels = ((np.abs(rows) < half_width_px) & (np.abs(columns) < 60)).astype(np.int32)
        one = find_lattices(pixels, labels, scale=SCALE, phases=("Au",)).particles[1]
        assert one.could_show == could


def test_no_particles_have_no_lattices() -> None:
    found = find_lattices(np.zeros((30, 30)), np.zeros((30, 30), np.int32), scale=SCALE)
    assert found.particles == {}
    assert np.isnan(found.share)
    assert len(found.spots_table()) == 0


def test_arrays_must_match_and_crystals_be_known() -> None:
    with pytest.raises(ParameterError, match="must have the shape"):
        find_lattices(np.zeros((30, 30)), np.zeros((30, 31), np.int32))
    with pytest.raises(ParameterError, match="no crystal 'Xx'"):
        find_lattices(np.zeros((30, 30)), np.zeros((30, 30), np.int32), phases=("Xx",))


def test_the_table_says_what_each_particle_shows() -> None:
    picture = drawn(gold(row=60, column=60, diameter_nm=4.5), gold(row=150, column=150, diameter_nm=0.5))
    particles = measure_particles(picture.labels, picture.pixels)
    found = find_lattices(picture.pixels, picture.labels, scale=SCALE)
    table = with_lattices(particles, found)
    assert list(table)[-len(LATTICE_COLUMNS) :] == list(LATTICE_COLUMNS)
    assert {name: str(dtype) for name, dtype in table.dtypes.items() if name in LATTICE_COLUMNS} == {
        name: COLUMNS[name].dtype for name in LATTICE_COLUMNS
    }
    shown, small = table.to_dict("records")
    assert shown["n_lattices"] == 1
    assert shown["spacing_nm"] == pytest.approx(0.2355, rel=0.02)
    assert "Au" in shown["crystal"].split(" or ")
    assert (shown["planes"], shown["zone_axis"], shown["why_no_lattice"]) == ("{111}", "[110]", "")
    assert small["n_lattices"] == 0
    assert np.isnan(small["spacing_nm"])
    assert small["why_no_lattice"]
    assert (shown["could_show_lattice"], small["could_show_lattice"]) == (True, False)


def test_without_a_scale_the_table_has_no_columns_in_nm() -> None:
    picture = drawn(gold())
    table = with_lattices(
        measure_particles(picture.labels, picture.pixels), find_lattices(picture.pixels, picture.labels)
    )
    assert "spacing_px" in table
    assert not [name for name in table if name.endswith("_nm")]
    assert table["crystal"].tolist() == [""]


def test_a_lattice_that_fits_nothing_says_so() -> None:
    picture = drawn(gold())
    found = find_lattices(picture.pixels, picture.labels, scale=SCALE, phases=("Fe",))
    table = with_lattices(measure_particles(picture.labels, picture.pixels), found)
    assert table["crystal"].tolist() == [NONE_FITS]
    assert table["zone_axis"].tolist() == [""]


def test_the_table_of_an_analysis_says_it_if_asked() -> None:
    picture = drawn(gold())
    asked = analyse(picture.micrograph, BY_NECK, with_lattices=True)
    label = int(asked.measured["label"].iloc[0])
    named = asked.with_edits([Name((target_of(asked.edited.labels, label),), "solid", "DEC")])
    assert asked.particles["n_lattices"].tolist() == [1]
    assert named.lattices is asked.lattices
    said = lattice_sentence(asked.lattices)
    assert "Fringes show on 1 of 1 particle, on 0 of more than one lattice; 1 fit Ag or Au" in said
    assert said in methods_paragraph(asked)
    without = replace(asked, with_lattices=False)
    assert "n_lattices" not in without.particles
    assert "ringes" not in methods_paragraph(without)


@pytest.mark.skipif(not GOLD.exists(), reason="needs the example of a gold particle")
def test_a_real_particle_is_a_twin_of_face_centred_cubic_crystals() -> None:
    """Three sets of planes of one spacing, at the angles of {111} in two twins; in nm a tenth short of gold."""
    micrograph = read_file(GOLD)
    pixels = micrograph.pixels[600:1230, 1220:1800]
    smooth = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), 8)
    labels, _ = ndimage.label(smooth > (smooth.min() + smooth.max()) / 2)
    middle = np.where(labels == labels[315, 290], 1, 0).astype(np.int32)
    found = find_lattices(pixels, middle, scale=micrograph.scale)
    strongest = found.particles[1].spots[0]
    same = [spot for spot in found.particles[1].spots if abs(spot.spacing_px / strongest.spacing_px - 1) < 0.03]
    angles = sorted(abs(spot.direction_deg - strongest.direction_deg) for spot in same[1:])
    assert angles == pytest.approx([70.53, 180 - 70.53], abs=2.5)
    assert found.particles[1].n_lattices == 2
    said = scale_from_lattice(found, "Au")
    assert said.scale is not None
    assert said.difference == pytest.approx(0.1, abs=0.03)
