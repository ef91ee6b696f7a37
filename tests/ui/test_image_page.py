"""The page Image: files of every kind, and the ways to a scale."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from server import HAS_BROWSER, browser_page, served_app
from ui.visitor import IMAGE, PAGES, SEGMENTATION, SIZES, Visitor, discs, png, tiff

from nanotem import analysis
from nanotem.calibration import LabelledBar, ScaleBar, ScaleReading, find_scale_bar
from nanotem.calibration.ink import RAISED

DISCS = discs(3, 4)
_READING_MS = 150_000
"""The models that read labels are loaded in this time even where other things run beside the test."""
NAN = np.full((64, 64), np.nan, np.float32)

GOOD_FILES = {
    "8 bits.png": png(DISCS),
    "16 bits.png": png(DISCS.astype(np.uint16) * 200),
    "colour.png": png(np.dstack([DISCS] * 3)),
    "16 bits.tif": tiff(DISCS.astype(np.uint16) * 17),
    "32 bits.tif": tiff(DISCS.astype(np.float32) / 1000 - 3),
    "wrong suffix.jpg": png(DISCS),
}
BAD_FILES = {
    "text.png": b"sample,diameter\n1,20.5\n" * 20,
    "truncated.png": png(DISCS)[:-200],
    "empty.tif": b"",
    "nan.tif": tiff(NAN),
    "tiny.png": png(DISCS[:8, :8]),
    "archive.tif": b"PK\x03\x04" + bytes(50),
}
WITHOUT_PARTICLES = {
    "black.png": png(np.zeros((80, 100), np.uint8)),
    "one grey.tif": tiff(np.full((64, 64), 1000, np.uint16)),
    "16 by 16.png": png(np.full((16, 16), 200, np.uint8)),
}


@dataclass
class DrawnBox:
    """A rectangle on the micrograph, as the chart reports it."""

    top: float
    left: float
    bottom: float
    right: float

    def event(self) -> dict:
        box = {"xref": "x", "yref": "y", "x": [self.left, self.right], "y": [self.top, self.bottom]}
        return {"selection": {"points": [], "point_indices": [], "box": [box], "lasso": []}}


@pytest.mark.parametrize("name", GOOD_FILES)
def test_a_file_of_any_depth_is_counted(name) -> None:
    visitor = Visitor().upload(name, GOOD_FILES[name])
    assert visitor.app.subheader[0].value == name
    assert not visitor.app.error
    assert visitor.visit(SEGMENTATION).metrics["Found"] == "12"


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_a_message(name) -> None:
    visitor = Visitor().upload(name, BAD_FILES[name])
    assert [name in message.value for message in visitor.app.error] == [True]
    assert visitor.work.micrograph is None
    assert not visitor.app.subheader


def test_a_bad_file_leaves_the_image_before_it() -> None:
    visitor = Visitor().upload("good.png", png(DISCS)).upload("bad.png", b"text")
    assert visitor.app.error
    assert visitor.visit(SEGMENTATION).metrics["Found"] == "12"


@pytest.mark.parametrize("name", WITHOUT_PARTICLES)
def test_an_image_without_particles_gets_a_warning_on_every_page(name) -> None:
    visitor = Visitor().upload(name, WITHOUT_PARTICLES[name])
    assert visitor.app.subheader[0].value == name
    for page in PAGES[1:4]:
        visitor.visit(page.path)
        assert [message.value[:2] for message in visitor.app.warning] == ["No"]


def test_an_example_replaces_an_upload_and_the_other_way_round() -> None:
    visitor = Visitor().upload("mine.png", png(DISCS)).take_example("rods").open_scale()
    assert visitor.work.micrograph.name == "rods.png"
    assert visitor.run().work.micrograph.name == "rods.png"
    assert visitor.upload("mine.png", png(DISCS)).work.micrograph.name == "mine.png"


def test_without_a_scale_sizes_are_in_px_and_a_warning_says_so() -> None:
    visitor = Visitor().upload("discs.png", png(DISCS))
    assert visitor.work.scale is None
    assert visitor.visit(SIZES).metrics["Median (D50)"].endswith("px")
    assert [message.value.startswith("No scale is set") for message in visitor.app.warning] == [True]
    assert not [name for name in visitor.particle_table() if name.endswith("_nm")]


def test_the_scale_of_a_file_is_taken_over() -> None:
    visitor = Visitor().upload("calibrated.tif", tiff(DISCS, nm_per_px=0.25))
    assert (visitor.work.scale.nm_per_px, visitor.work.scale.source) == (pytest.approx(0.25), "file")
    sizes = visitor.particle_table()
    np.testing.assert_allclose(sizes["diameter_nm"], 0.25 * sizes["diameter_px"])
    assert not [message for message in visitor.messages if "scale" in message]


def test_a_typed_scale_overrides_that_of_the_file_until_it_is_chosen_again() -> None:
    visitor = Visitor().upload("calibrated.tif", tiff(DISCS, nm_per_px=0.25)).type_scale(2.0)
    assert (visitor.work.scale.nm_per_px, visitor.work.scale.source) == (2.0, "typed")
    visitor.set(f"scale.way.{visitor.work.micrograph.id}", "From the file")
    assert visitor.work.scale.nm_per_px == pytest.approx(0.25)


def test_a_typed_scale_survives_other_pages() -> None:
    visitor = Visitor().upload("discs.png", png(DISCS)).type_scale(0.5)
    assert visitor.visit(SIZES).metrics["Median (D50)"].endswith("nm")
    visitor.visit(IMAGE)
    assert visitor.work.scale.nm_per_px == 0.5
    assert visitor.metrics["Scale"].startswith("0.5 nm")


def test_a_typed_scale_of_zero_is_no_scale() -> None:
    visitor = Visitor().upload("discs.png", png(DISCS)).type_scale(0.5).type_scale(0.0)
    assert visitor.work.scale is None
    assert visitor.metrics["Scale"] == "not set"


@pytest.mark.parametrize("nm_per_px", [1e-6, 1e9])
def test_an_impossible_scale_gives_a_message(nm_per_px) -> None:
    visitor = Visitor().upload("discs.png", png(DISCS)).type_scale(nm_per_px)
    assert [f"{nm_per_px:g} nm per pixel" in message.value for message in visitor.app.error] == [True]
    assert visitor.work.scale is None


def test_the_label_of_the_bar_sets_the_scale_in_its_unit() -> None:
    visitor = Visitor().take_example("rods").open_scale()
    micrograph, before = visitor.work.micrograph, visitor.work.scale.nm_per_px
    bar = f"{micrograph.id}.{find_scale_bar(micrograph.pixels).box}"
    visitor.set(f"scale.label.{bar}", 50.0)
    assert visitor.work.scale.nm_per_px == pytest.approx(before / 2)
    visitor.set(f"scale.unit.{bar}", "µm")
    assert visitor.work.scale.nm_per_px == pytest.approx(500 * before)
    visitor.set(f"scale.label.{bar}", 0.0)
    assert visitor.work.scale is None


def test_a_rectangle_says_where_the_bar_is() -> None:
    visitor = Visitor().take_example("rods").open_scale()
    key = f"scale.region.{visitor.work.micrograph.id}"
    visitor.app.session_state[key] = DrawnBox(top=960, left=700, bottom=1023, right=1023).event()
    assert visitor.run().work.scale.nm_per_px == pytest.approx(0.4, rel=0.01)


def test_the_sides_of_a_rectangle_without_a_bar_are_its_ends() -> None:
    visitor = Visitor().take_example("rods").open_scale()
    micrograph = visitor.work.micrograph
    key, event = f"scale.region.{micrograph.id}", DrawnBox(100, 100, 139, 199).event()
    visitor.app.session_state[key] = event
    assert visitor.run().work.scale is None
    assert visitor.app.info[0].value.startswith("No scale bar was found in the rectangle")
    visitor.app.session_state[key] = event
    visitor.set(f"scale.label.{micrograph.id}.{(100, 100, 140, 200)}", 50.0)
    assert visitor.work.scale.nm_per_px == pytest.approx(0.5)


def test_the_ends_of_the_bar_can_be_dragged_and_put_back() -> None:
    visitor = Visitor().take_example("rods").open_scale()
    found, nm_per_px = bar_of(visitor), visitor.work.scale.nm_per_px
    key = f"{visitor.work.micrograph.id}.{found.box}"
    visitor.app.session_state[f"scale.ends.{key}"] = (found.left, found.left + 2 * found.length_px)
    assert visitor.run().work.scale.nm_per_px == pytest.approx(nm_per_px / 2)
    visitor.app.button(key=f"scale.found.{key}").click()
    assert visitor.run().work.scale.nm_per_px == nm_per_px


def test_ends_that_are_dragged_past_each_other_give_a_message() -> None:
    visitor = Visitor().take_example("rods").open_scale()
    found = bar_of(visitor)
    visitor.app.session_state[f"scale.ends.{visitor.work.micrograph.id}.{found.box}"] = (found.right, found.left)
    assert visitor.run().work.scale is None
    assert "has no length" in visitor.app.error[0].value


def test_a_doubtful_label_counts_only_once_it_is_confirmed(monkeypatch) -> None:
    sure = analysis.read_scale
    monkeypatch.setattr(
        analysis, "read_scale", lambda pixels, **options: replace(sure(pixels, **options), accepted=False)
    )
    visitor = Visitor().take_example("rods").open_scale()
    assert visitor.work.scale is None
    visitor.app.button(key=f"scale.confirm.{visitor.work.micrograph.id}.{bar_of(visitor).box}").click()
    assert visitor.run().work.scale.nm_per_px == pytest.approx(0.4, rel=0.01)


def test_another_bar_that_was_chosen_survives_other_pages(monkeypatch) -> None:
    alone = analysis.read_scale

    def with_another(pixels, **options) -> ScaleReading:
        reading = alone(pixels, **options)
        twice = replace(reading.bar, right=reading.bar.right + reading.bar.length_px, box=(0, 0, 1, 1))
        return replace(reading, alternatives=(LabelledBar(twice, reading.label),))

    monkeypatch.setattr(analysis, "read_scale", with_another)
    visitor = Visitor().take_example("rods").open_scale()
    half = visitor.work.scale.nm_per_px / 2
    next(box for box in visitor.app.selectbox if box.label == "Bar").select_index(1)
    assert visitor.run().work.scale.nm_per_px == pytest.approx(half)
    visitor.visit(SIZES).visit(IMAGE)
    assert visitor.work.scale.nm_per_px == pytest.approx(half)


def test_bars_that_disagree_give_no_scale_until_one_is_chosen(monkeypatch) -> None:
    alone = analysis.read_scale

    def with_a_rival(pixels, **options) -> ScaleReading:
        reading = alone(pixels, **options)
        rival = LabelledBar(
            replace(reading.bar, right=reading.bar.right + reading.bar.length_px, box=(0, 0, 1, 1)), reading.label
        )
        both = (LabelledBar(reading.bar, reading.label), rival)
        return replace(reading, accepted=False, reason="They disagree.", alternatives=(rival,), disagreeing=both)

    monkeypatch.setattr(analysis, "read_scale", with_a_rival)
    visitor = Visitor().take_example("rods").open_scale()
    assert visitor.work.scale is None
    assert [message.value for message in visitor.app.warning] == ["They disagree."]
    next(box for box in visitor.app.selectbox if box.label == "Bar").select_index(1)
    assert visitor.run().work.scale.nm_per_px == pytest.approx(0.2, rel=0.01)


def test_a_label_with_a_raised_sign_is_not_offered(monkeypatch) -> None:
    alone = analysis.read_scale
    monkeypatch.setattr(
        analysis,
        "read_scale",
        lambda pixels, **options: replace(alone(pixels, **options), accepted=False, objection=RAISED),
    )
    visitor = Visitor().take_example("rods").open_scale()
    assert visitor.work.scale is None
    assert not [button for button in visitor.app.button if (button.key or "").startswith("scale.confirm.")]


def test_what_else_is_written_is_said_as_it_is(monkeypatch) -> None:
    alone = analysis.read_scale
    monkeypatch.setattr(
        analysis, "read_scale", lambda pixels, **options: replace(alone(pixels, **options), notes=("“*5 nm*”, too.",))
    )
    visitor = Visitor().take_example("rods").open_scale()
    assert [message.value for message in visitor.app.info] == [r"“\*5 nm\*”, too."]


def test_another_frame_of_a_stack_is_taken_and_a_new_upload_forgets_it() -> None:
    stack = np.stack([discs(2, 2)] * 5)
    stack[1, :40, :40] = 200
    visitor = Visitor().upload("stack.tif", tiff(stack))
    first = visitor.work.micrograph
    assert (first.image, first.frame) == (1, 1)
    next(box for box in visitor.app.number_input if box.label.startswith("Frame")).set_value(2)
    second = visitor.run().work.micrograph
    assert (second.frame, second.name) == (2, "stack.tif")
    assert second.id != first.id
    assert (second.pixels[:40, :40] == 200).all()
    visitor.upload("discs.png", png(DISCS))
    assert visitor.work.micrograph.name == "discs.png"
    assert not [box for box in visitor.app.selectbox if box.label == "Image"]


def test_the_text_file_of_a_microscope_is_taken_with_its_image() -> None:
    text = b"[SemImageFile]\r\nPixelSize=0.5\r\n"
    visitor = Visitor()
    files = [("gold.txt", text, "text/plain"), ("gold.tif", tiff(DISCS), "image/tiff")]
    visitor.app.file_uploader(key="upload").set_value(files)
    visitor.run()
    assert visitor.work.micrograph.name == "gold.tif"
    assert visitor.work.scale.nm_per_px == pytest.approx(0.5)


def bar_of(visitor: Visitor) -> ScaleBar:
    return find_scale_bar(visitor.work.micrograph.pixels)


@pytest.mark.browser
@pytest.mark.skipif(not HAS_BROWSER, reason="Chromium or Playwright is absent")
def test_an_end_is_dragged_and_moved_by_keys_in_a_browser() -> None:
    with served_app() as address, browser_page() as page:
        page.goto(address)
        page.get_by_role("button", name="Rods", exact=True).click()
        page.locator("summary", has_text="Check or set the scale").click()
        length = page.locator(".bar-ends .status")
        length.wait_for(timeout=_READING_MS)
        before_px = length_px(length)
        glass = page.get_by_role("slider", name="Right end of the scale bar")
        glass.scroll_into_view_if_needed()
        box = glass.bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + box["width"] * 4 / 31, middle[1])
        page.mouse.up()
        put_back = page.get_by_role("button", name="Back to the ends that were found")
        put_back.wait_for()
        assert length_px(length) == pytest.approx(before_px + 4, abs=0.3)
        dragged_px = length_px(length)
        page.locator('.stApp[data-test-script-state="notRunning"]').wait_for()  # the run of the drag draws it again
        glass.focus()
        for _ in range(5):
            page.keyboard.press("Shift+ArrowLeft")
        page.wait_for_function(
            "([line, px]) => Math.abs(parseFloat(line.textContent) - px) < 0.11",
            arg=[length.element_handle(), dragged_px - 5],
        )
        put_back.click()
        put_back.wait_for(state="detached")
        assert length_px(length) == pytest.approx(before_px, abs=0.05)


def length_px(status: Any) -> float:
    return float(status.inner_text().split()[0])
