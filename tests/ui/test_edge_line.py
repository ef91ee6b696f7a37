import re
from dataclasses import replace

import numpy as np
import pytest
from drawing import disc_grid, draw
from ui.visitor import SEGMENTATION, Visitor

from nanotem.micrograph import Micrograph
from nanotem.outlines import EdgeReport, ProfileScores, trace_outlines
from nanotem.outlines.params import OutlineParams
from nanotem.recipe import Recipe
from nanotem.ui.kit.state import Work
from nanotem.ui.segmentation.edges import edge_in_words


@pytest.fixture(scope="module")
def report() -> EdgeReport:
    grey, labels = draw((200, 200), disc_grid(3, 3, pitch_px=66, diameter_px=40))
    return replace(trace_outlines(grey, labels).report, blur_px=1.94, relative_uncertainty=0.0123)


def test_the_edge_is_told_with_blur_profile_and_what_is_not_sure(report: EdgeReport) -> None:
    assert edge_in_words(report, None) == (
        "**Edge:** blur 1.9 px, profile: flat; the choice leaves ±1.2\u00a0% of every diameter."
    )
    told = edge_in_words(replace(report, n_unresolved=1, n_from_label=3), 0.8)
    assert "blur 1.9 px (1.6 nm), profile" in told
    assert told.endswith("1 outline is not resolved. 3 outlines are taken from the label.")


def test_edges_that_could_not_be_measured_are_told() -> None:
    grey = np.zeros((60, 60), np.float32)
    labels = np.zeros((60, 60), np.int32)
    labels[20:40, 20:40] = 1
    assert "none could be measured" in edge_in_words(trace_outlines(grey, labels).report, 1.0)


def test_the_page_shows_the_edge_and_follows_the_chosen_profile() -> None:
    visitor = Visitor().take_example("rods").visit(SEGMENTATION)
    assert [one.value for one in visitor.app.markdown if re.search(r"\*\*Edge:\*\* blur .*rounded", one.value)]
    visitor.turn("outlines.profile", "flat")
    assert visitor.work.recipe.outlines.profile == "flat"
    assert [one.value for one in visitor.app.markdown if re.search(r"\*\*Edge:\*\* blur .*flat", one.value)]


def test_a_profile_that_was_settled_is_told_and_can_be_given_up() -> None:
    visitor = Visitor().take_example("rods")
    outlines = OutlineParams().settled_by(ProfileScores())
    visitor.work.use_recipe(replace(visitor.work.recipe, outlines=outlines))
    visitor.visit(SEGMENTATION)
    assert "The profile was settled for all images of the sample." in [one.value for one in visitor.app.caption]
    visitor.app.button(key="edges.unsettle").click().run()
    assert visitor.work.recipe.outlines == OutlineParams()


def test_another_image_judges_for_itself() -> None:
    work = Work(recipe=Recipe(outlines=OutlineParams().settled_by(ProfileScores())))
    work.open(Micrograph(np.zeros((9, 9), np.uint8), id="", name=""))
    assert work.recipe == Recipe()
