"""The app from the first page to the last, as a visitor meets it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from ui.visitor import IMAGE, PREPROCESS, SEGMENTATION, SIZES, Visitor, discs, png

from nanotem.analysis import analyse
from nanotem.calibration import find_scale_bar, scale_from_bar
from nanotem.edits.edits import EditLog, Remove, target_of
from nanotem.micrograph import Scale
from nanotem.readers import read_micrograph
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.synthetic.examples import EXAMPLES, draw_example, example_micrograph
from nanotem.ui.kit.frame import PAGES


def test_every_page_without_an_image_says_where_to_get_one() -> None:
    visitor = Visitor()
    for page in (page for page in PAGES[1:] if page.title not in ("Batch", "Film")):
        visitor.visit(page.path)
        assert visitor.app.title[0].value.split()[0] == page.title.split()[0]
        assert len(visitor.app.info) == 1
        assert [link.proto.page for link in visitor.app.get("page_link")] == ["image"]


def test_the_first_page_offers_an_upload_and_every_example() -> None:
    app = Visitor().app
    assert not app.file_uploader(key="upload").value
    assert [one.key for one in app.get("bidi_component")] == ["gallery"]


@pytest.mark.parametrize("name", ["gold spheres", "satellites"])
def test_an_example_leads_through_every_page(name) -> None:
    truth = draw_example(name)
    visitor = Visitor().take_example(name)
    assert visitor.work.scale.source == "scale bar"
    assert visitor.work.scale.nm_per_px == pytest.approx(truth.nm_per_px, rel=0.01)
    visitor.visit(PREPROCESS)
    n_found = int(visitor.visit(SEGMENTATION).metrics["Found"])
    assert n_found == pytest.approx(len(truth.truth), rel=0.1)
    assert visitor.visit(SIZES).metrics["Median (D50)"].endswith("nm")
    assert not visitor.messages


def test_the_table_is_that_of_the_pipeline_to_the_last_digit() -> None:
    visitor = Visitor().take_example("rods")
    micrograph = example_micrograph("rods")
    scale = scale_from_bar(find_scale_bar(micrograph.pixels), EXAMPLES["rods"].bar_nm, "nm")
    expected = analyse(micrograph.with_scale(scale)).particles
    pd.testing.assert_frame_equal(visitor.particle_table(), expected, check_exact=True)


def test_the_table_follows_the_recipe_and_a_typed_scale() -> None:
    file = png(discs(5, 7))
    visitor = Visitor().upload("discs.png", file).type_scale(0.37)
    visitor.visit(SEGMENTATION).turn("segment.method", "neck_ratio").turn("segment.options.valley", 0.5)
    recipe = Recipe(segment=SegmentParams.of("neck_ratio", valley=0.5))
    micrograph = read_micrograph(file, "discs.png").with_scale(Scale(0.37, "typed"))
    pd.testing.assert_frame_equal(visitor.particle_table(), analyse(micrograph, recipe).particles, check_exact=True)


def test_corrections_by_hand_are_in_the_table() -> None:
    file = png(discs(5, 7))
    visitor = Visitor().upload("discs.png", file)
    found = analyse(read_micrograph(file, "discs.png"))
    edits = tuple(Remove((target_of(found.segmentation.labels, int(label)),)) for label in found.particles["label"][:3])
    visitor.work.log = EditLog(edits)
    assert visitor.visit(SEGMENTATION).metrics["Found"] == "32"
    expected = analyse(read_micrograph(file, "discs.png"), edits=edits).particles
    pd.testing.assert_frame_equal(visitor.particle_table(), expected, check_exact=True)


def test_a_log_of_hundreds_of_corrections_is_replayed() -> None:
    file = png(discs(18, 18, diameter_px=8, pitch_px=16))
    visitor = Visitor().upload("discs.png", file)
    found = analyse(read_micrograph(file, "discs.png"))
    targets = [target_of(found.segmentation.labels, int(label)) for label in found.particles["label"]]
    visitor.work.log = EditLog(tuple(Remove((target,)) for target in targets))
    assert visitor.visit(SEGMENTATION).metrics["Found"] == "0"


def test_two_visitors_do_not_disturb_each_other() -> None:
    few, many = Visitor(), Visitor()
    few.upload("few.png", png(discs(3, 4)))
    many.upload("many.png", png(discs(6, 5))).type_scale(0.5)
    for _ in range(2):
        assert few.visit(SEGMENTATION).metrics["Found"] == "12"
        assert many.visit(SEGMENTATION).metrics["Found"] == "30"
        many.turn("segment.min_diameter_px", 6.0)
    assert few.work.scale is None
    assert few.work.recipe == Recipe()
    assert many.work.recipe == replace(Recipe(), segment=SegmentParams(min_diameter_px=6))


def test_another_image_keeps_the_recipe_and_forgets_the_scale() -> None:
    visitor = Visitor().upload("one.png", png(discs(3, 3))).type_scale(0.5)
    visitor.visit(SEGMENTATION).turn("segment.method", "regions")
    visitor.visit(IMAGE).upload("two.png", png(discs(4, 4)))
    assert visitor.work.scale is None
    assert visitor.visit(SEGMENTATION).metrics["Found"] == "16"
    assert visitor.work.recipe.segment.method == "regions"


def test_ten_thousand_particles() -> None:
    visitor = Visitor(patience_s=300).upload("many.png", png(discs(102, 102, diameter_px=12, pitch_px=20)))
    assert visitor.visit(SEGMENTATION).metrics["Found"] == str(102 * 102)
    sizes = visitor.particle_table()["diameter_px"]
    assert np.median(sizes) == pytest.approx(12, abs=2.5)
