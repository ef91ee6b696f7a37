"""The page Export, the recipe panel's files, and links."""

from dataclasses import replace

import pandas as pd
import pytest
from drawing import Particle, draw
from saved import saved_text
from ui.visitor import IMAGE, PREPROCESS, SEGMENTATION, SIZES, Visitor, discs, png

from nanotem.analysis import analyse
from nanotem.analysis_file import read_analysis
from nanotem.edits.edits import Edit, EditLog, Remove, Replace, target_of
from nanotem.export import FORMATS
from nanotem.export.coco import coco_json
from nanotem.export.label_image import label_tiff
from nanotem.micrograph import Scale
from nanotem.readers import read_micrograph
from nanotem.recipe import Recipe
from nanotem.recipe.link import write_link
from nanotem.recipe.presets import PRESETS
from nanotem.segmentation.params import SegmentParams
from nanotem.statistics.params import SizeParams
from nanotem.ui.kit.frame import PAGES

(EXPORT,) = (page.path for page in PAGES if page.title == "Export")
PNG = png(discs(3, 4))
MICROGRAPH = read_micrograph(PNG, "discs.png")
SCALE = Scale(0.37, "scale bar", 0.01)
RECIPE = Recipe(segment=SegmentParams.of("neck_ratio", valley=0.5), sizes=SizeParams(quantity="radius"))
TOUCHING = draw(MICROGRAPH.shape, [Particle(60, 60, 40), Particle(60, 99, 40)])[1]


def first_removed() -> tuple[Edit, ...]:
    return (Remove((target_of(analyse(MICROGRAPH, RECIPE).segmentation.labels, 1),)),)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor().upload("discs.png", PNG).visit(EXPORT)


def load(visitor: Visitor, text: str, part: str = "all") -> Visitor:
    visitor.app.file_uploader(key=f"load.{part}").upload("saved.toml", text.encode())
    visitor.run().app.button(key=f"use.{part}").click()
    return visitor.run()


def take_over(visitor: Visitor, name: str, data: bytes) -> Visitor:
    visitor.app.file_uploader(key=f"labels.{MICROGRAPH.id}").upload(name, data)
    visitor.run().app.button(key="take_over").click()
    return visitor.run()


def test_there_is_a_button_for_every_format_and_one_for_all(visitor: Visitor) -> None:
    keys = {button.key for button in visitor.app.download_button}
    assert {"export.everything", *(f"export.{one.suffix}" for one in FORMATS)} <= keys
    assert visitor.metrics["Found"] == "12"


def test_a_loaded_analysis_gives_the_saved_numbers_on_every_page(visitor: Visitor) -> None:
    edits = first_removed()
    saved = MICROGRAPH.with_scale(SCALE)
    load(visitor, saved_text(saved, RECIPE, edits))
    assert visitor.messages == []
    expected = analyse(saved, RECIPE, edits).particles
    for page in (SEGMENTATION, IMAGE, PREPROCESS, SIZES, EXPORT):
        visitor.visit(page)
        assert (visitor.work.scale, visitor.work.recipe, visitor.work.log) == (SCALE, RECIPE, EditLog(edits))
    pd.testing.assert_frame_equal(visitor.particle_table(), expected, check_exact=True)


def test_an_analysis_is_saved_and_loaded_on_every_page_with_parameters(visitor: Visitor) -> None:
    for page, part in {PREPROCESS: "preprocess", SEGMENTATION: "segment", SIZES: "sizes"}.items():
        visitor.visit(page).work.use_recipe(Recipe())
        load(visitor, saved_text(MICROGRAPH.with_scale(SCALE), RECIPE), part)
        assert (visitor.work.scale, visitor.work.recipe) == (SCALE, RECIPE)
        assert f"save_analysis.{part}" in {button.key for button in visitor.app.download_button}


def test_an_analysis_without_a_scale_takes_a_typed_scale_back(visitor: Visitor) -> None:
    visitor.visit(IMAGE).type_scale(0.5)
    load(visitor.visit(EXPORT), saved_text(MICROGRAPH, RECIPE))
    assert visitor.visit(IMAGE).work.scale is None


def test_an_analysis_of_another_image_brings_its_parameters_and_says_so(visitor: Visitor) -> None:
    other = read_micrograph(png(discs(3, 3)), "other.png").with_scale(SCALE)
    load(visitor, saved_text(other, RECIPE, first_removed()))
    assert (visitor.work.recipe, visitor.work.scale, visitor.work.log) == (RECIPE, None, EditLog())
    assert any("other.png" in message and "parameters were taken" in message for message in visitor.messages)


def test_a_damaged_analysis_gives_a_message_and_changes_nothing(visitor: Visitor) -> None:
    load(visitor, saved_text(MICROGRAPH, RECIPE).replace("sha256", "sha"))
    assert ["damaged" in message for message in visitor.messages] == [True]
    assert visitor.work.recipe == Recipe()


def test_what_is_not_saved_is_said_until_it_is(visitor: Visitor) -> None:
    assert not visitor.messages
    visitor.visit(IMAGE).type_scale(0.5).visit(SEGMENTATION).turn("segment.options.least_probability", 0.5)
    visitor.work.log = EditLog(first_removed())
    (warning,) = visitor.visit(EXPORT).messages
    assert "1 correction, 1 changed parameter, the scale (0.5 nm / px, typed)" in warning
    visitor.app.download_button(key="export.analysis.toml").click()
    assert not visitor.run().messages
    visitor.work.log = EditLog()
    assert "Not saved yet: 1 changed parameter" in visitor.run().messages[0]


@pytest.mark.parametrize(
    ("name", "data"),
    [("labels.tif", label_tiff(TOUCHING, None)), ("coco.json", coco_json(TOUCHING, {}, image_name="discs.png"))],
)
def test_labels_from_elsewhere_take_the_place_of_all_and_can_be_undone(
    name: str, data: bytes, visitor: Visitor
) -> None:
    take_over(visitor, name, data)
    assert visitor.metrics["Found"] == "2"
    replayed = read_analysis(saved_text(MICROGRAPH, edits=visitor.work.log.done))
    expected = analyse(MICROGRAPH, Recipe(), replayed.edits).particles
    pd.testing.assert_frame_equal(visitor.particle_table(), expected, check_exact=True)
    assert visitor.visit(SEGMENTATION).metrics["Found"] == "2"
    assert [type(edit) for edit in visitor.work.log.done] == [Replace]
    visitor.work.log = visitor.work.log.undo()
    assert visitor.run().metrics["Found"] == "12"


def test_labels_of_another_image_are_refused(visitor: Visitor) -> None:
    take_over(visitor, "labels.tif", label_tiff(TOUCHING[:-1], None))
    assert ["labels.tif has 119 x 160 px" in message for message in visitor.messages] == [True]
    assert visitor.work.log == EditLog()


def test_a_link_brings_its_recipe_once() -> None:
    visitor = Visitor()
    visitor.app.query_params["recipe"] = write_link(RECIPE)
    assert visitor.run().work.recipe == RECIPE
    visitor.upload("discs.png", PNG).visit(SEGMENTATION).turn("segment.options.valley", 0.3)
    assert visitor.visit(IMAGE).work.recipe.segment.options.valley == 0.3


def test_a_bad_link_gives_a_message_and_changes_nothing() -> None:
    visitor = Visitor()
    visitor.app.query_params["recipe"] = "segment.options.neck_ratio:7"
    assert ["neck_ratio = 7" in message for message in visitor.run().messages] == [True]
    assert visitor.work.recipe == Recipe()


def test_the_panel_shows_a_link_to_the_parameters_in_force(visitor: Visitor) -> None:
    visitor.visit(SEGMENTATION).turn("segment.options.least_probability", 0.5)
    assert visitor.visit(EXPORT).app.code[0].value.endswith("?recipe=segment.options.least_probability:0.5")


def test_a_preset_sets_its_parameters_and_keeps_the_sizes(visitor: Visitor) -> None:
    visitor.visit(SIZES).turn("sizes.quantity", "radius")
    for preset in PRESETS:
        visitor.app.button(key=f"{preset.title}.sizes").click()
        visitor.run()
        assert visitor.work.recipe == replace(preset.recipe, sizes=SizeParams(quantity="radius"))
        assert visitor.work.recipe.preprocess != Recipe().preprocess
