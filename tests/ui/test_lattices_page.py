"""The page Lattices: with fringes, without, and without a scale."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from ui.visitor import IMAGE, Visitor

import nanotem
from nanotem.lattice import Candidate
from nanotem.synthetic.fringes import Crystal, draw_crystals
from nanotem.ui.kit.frame import PAGES
from nanotem.ui.lattices.view import View

(LATTICES,) = (page.path for page in PAGES if page.title == "Lattices")
NM_PER_PX = 0.04


@cache
def crystals() -> bytes:
    rng = np.random.default_rng(2)
    ones = [
        Crystal("Au", (1, 1, 0), 5.0, 80, 80, 0.4),
        Crystal("Au", (1, 1, 0), 6.0, 90, 250, 0.9, grains="twin"),
    ]
    drawn = draw_crystals(ones, shape=(170, 340), nm_per_px=NM_PER_PX, rng=rng)
    return cv2.imencode(".png", drawn.pixels)[1].tobytes()


@pytest.fixture
def visitor() -> Visitor:
    return Visitor().upload("gold.png", crystals())


def open_tab(visitor: Visitor, name: str) -> Visitor:
    visitor.app.session_state["lattices.tab"] = name
    return visitor.run()


def text(visitor: Visitor) -> str:
    app = visitor.app
    return " ".join(str(one.value) for kind in (app.markdown, app.info, app.caption) for one in kind)


def test_without_a_scale_spacings_are_in_pixels(visitor: Visitor) -> None:
    visitor.visit(LATTICES)
    assert "indexing needs a scale" in text(visitor)
    assert {metric.label: metric.value for metric in visitor.app.metric}["Show a lattice"].startswith("2 of 2")


def test_the_strongest_particle_is_shown_and_another_can_be_chosen(visitor: Visitor) -> None:
    visitor.type_scale(NM_PER_PX).visit(LATTICES)
    assert "Fits" in text(visitor)
    assert "Au" in text(visitor)
    key = f"lattices.chosen.{visitor.work.micrograph.id}"
    first = visitor.app.get_by_key(key).value
    other = ({1, 2} - {first}).pop()
    visitor.set(key, other)
    assert visitor.app.get_by_key(key).value == other


def test_the_legend_says_where_several_crystals_fit() -> None:
    gold = Crystal("Au", (1, 1, 0), 5.0, 80, 80, 0.4)
    drawn = draw_crystals([gold], shape=(160, 160), nm_per_px=NM_PER_PX, rng=np.random.default_rng(3))
    view = View(nanotem.analyse(drawn.micrograph))
    (one,) = view.lattices.particles.values()
    fits = tuple(Candidate(symbol, 0.5, 1.0) for symbol in ("Au", "Ag"))
    several, single = (view.answer(replace(one, candidates=ones)) for ones in (fits, fits[:1]))
    assert (several, single) == ("Au, several fit", "Au")
    assert view.colour(several) == view.colour(single) != view.colour("Ag")


def test_a_known_crystal_gives_the_scale(visitor: Visitor) -> None:
    visitor.type_scale(0.92 * NM_PER_PX).visit(LATTICES)
    open_tab(visitor, "Known crystal").set(f"lattices.known.{visitor.work.micrograph.id}.None", "Au")
    visitor.app.get_by_key("lattices.use_scale").click()
    visitor.run()
    assert visitor.work.scale.source == "lattice"
    assert visitor.work.scale.nm_per_px == pytest.approx(NM_PER_PX, rel=0.01)
    visitor.turn("lattice.crystals", "Au")
    assert "If the particles are gold" in text(visitor)


def test_without_particles_nothing_is_shown() -> None:
    blank = cv2.imencode(".png", np.full((64, 64), 120, np.uint8))[1].tobytes()
    visitor = Visitor().upload("blank.png", blank).visit(LATTICES)
    assert "No particle shows a lattice" in text(visitor)
    assert "No particle shows a lattice" in text(open_tab(visitor, "Spacings"))


def test_where_no_pixel_is_fine_enough_the_page_says_so_before_a_particle_is_chosen(visitor: Visitor) -> None:
    assert "fewer than 2.5 px per period" in text(visitor.visit(IMAGE).type_scale(0.25).visit(LATTICES))


def test_the_other_tabs_show_spacings_and_a_table(visitor: Visitor) -> None:
    visitor.type_scale(NM_PER_PX).visit(LATTICES)
    for tab in ("Spacings", "Table"):
        open_tab(visitor, tab)
    assert "amplitude_over_noise" in visitor.app.dataframe[0].value
