"""The first page: an image is dropped, and count, mean, scale and histogram stand there."""

import json
from unittest.mock import MagicMock, call

import numpy as np
import pytest
from ui.visitor import IMAGE, SIZES, Visitor, discs, png, tiff

from nanotem.analysis import analyse
from nanotem.networks.errors import ModelError
from nanotem.synthetic.examples import EXAMPLES
from nanotem.synthetic.simulate import simulate
from nanotem.ui.image import answer, chooser
from nanotem.ui.kit.frame import page_named

COUNTS = "**Found 12 · measured 12 · cut by the frame 0**"
FILE = png(discs(3, 4))


def test_an_image_is_answered_by_itself() -> None:
    visitor = Visitor().upload("discs.tif", tiff(discs(3, 4), nm_per_px=0.5))
    assert [markdown.value for markdown in visitor.app.markdown if markdown.value.startswith("**Found")] == [COUNTS]
    mean, unit = visitor.metrics["Mean diameter"].split()
    assert (float(mean), unit) == (pytest.approx(10, rel=0.05), "nm")
    assert visitor.metrics["Scale"] == "0.5 nm / px"
    assert len(visitor.app.get("plotly_chart")) == 1


def test_what_is_being_done_is_said_at_once_and_gone_when_it_is_done_or_fails() -> None:
    place = MagicMock()
    analysis = analyse(simulate(n_particles=2, side_px=64).micrograph)
    with answer._telling(analysis, place) as told:
        with told.watch("Drawing…"), told.watch("Measuring…"):
            place.empty.assert_not_called()
        said = [one.args[0] for one in place.caption.call_args_list]
        assert said == ["Looking at the image…", "Drawing…", "Measuring…", "Drawing…", "Looking at the image…"]
    place.empty.assert_called_once()
    failed = MagicMock()
    with pytest.raises(ModelError), answer._telling(analysis, failed) as told, told.watch("Drawing…"):
        raise ModelError("The network is absent.", "Train one.")
    assert failed.mock_calls[-1] == call.empty()


def test_the_words_of_the_first_page_are_those_of_the_next_ones() -> None:
    visitor = Visitor().upload("discs.png", FILE)
    for title in ("Segmentation", "Sizes", "Export"):
        visitor.visit(page_named(title).path)
        assert any(markdown.value.startswith(COUNTS) for markdown in visitor.app.markdown), title


def test_the_button_leads_to_the_sizes() -> None:
    visitor = Visitor().upload("discs.png", FILE)
    visitor.app.button(key="answer.sizes").click()
    assert visitor.run().app.title[0].value == "Sizes"


def test_the_bars_say_what_particles_count_for() -> None:
    visitor = Visitor().upload("discs.png", FILE).visit(SIZES).turn("sizes.weighting", "volume").visit(IMAGE)
    (chart,) = [one for one in visitor.app.get("plotly_chart") if one.key == "answer.histogram"]
    assert json.loads(chart.proto.spec)["layout"]["yaxis"]["title"]["text"] == "Particles by volume,<br>corrected"


def test_nothing_found_is_said_and_no_chart_is_drawn() -> None:
    visitor = Visitor().upload("empty.png", png(np.full((64, 64), 180, np.uint8)))
    assert visitor.metrics["Found"] == "0"
    assert visitor.metrics["Mean diameter"] == "none"
    assert any("nothing" in warning.value.lower() for warning in visitor.app.warning)
    assert not [chart for chart in visitor.app.get("plotly_chart") if chart.key == "answer.histogram"]


def test_several_images_at_once_go_to_the_batch() -> None:
    visitor = Visitor()
    files = [(f"{name}.png", png(discs(2, columns)), "image/png") for name, columns in (("a", 2), ("b", 3))]
    visitor.app.file_uploader(key="upload").set_value(files)
    assert visitor.run().app.title[0].value == "Batch"
    assert visitor.metrics["Images"] == "2"
    assert visitor.work.micrograph is None


def test_a_file_added_to_the_one_before_is_opened() -> None:
    visitor = Visitor().upload("first.png", FILE)
    visitor.app.file_uploader(key="upload").upload("second.png", png(discs(2, 2)))
    assert visitor.run().work.micrograph.name == "second.png"
    assert visitor.visit(SIZES).metrics["Found"] == "4"


def test_every_example_has_its_picture_on_the_first_page() -> None:
    cards = chooser._cards()
    assert [card["name"] for card in cards] == list(EXAMPLES)
    assert all(card["picture"].startswith("data:image/jpeg;base64,") for card in cards)
