from dataclasses import replace

import pytest

from nanotem.errors import ParameterError
from nanotem.outlines import ProfileScores
from nanotem.outlines.params import OutlineParams
from nanotem.preprocess.params import PreprocessParams, ThresholdParams
from nanotem.recipe import Recipe
from nanotem.recipe.link import differing, read_link, write_link
from nanotem.segmentation import METHODS, SegmentParams
from nanotem.statistics.params import SizeParams

TURNED = Recipe(
    preprocess=replace(PreprocessParams(), threshold=ThresholdParams(find_faint=False, otsu_factor=0.55)),
    segment=SegmentParams(method="local_maxima", min_diameter_px=7),
    sizes=SizeParams(bin_rule="count", n_bins=7, cut=0.001),
)


def test_the_defaults_need_no_text() -> None:
    assert write_link(Recipe()) == ""
    assert read_link("") == Recipe()


def test_only_what_differs_is_written() -> None:
    assert (
        write_link(Recipe(segment=SegmentParams.of(least_probability=0.5))) == "segment.options.least_probability:0.5"
    )
    necks = Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=0.5))
    assert write_link(necks) == "segment.method:neck_ratio,segment.options.neck_ratio:0.5"
    assert len(write_link(TURNED)) < 250


def test_a_recipe_comes_back() -> None:
    assert read_link(write_link(TURNED)) == TURNED


def test_a_profile_that_was_settled_comes_back() -> None:
    outlines = OutlineParams().settled_by(ProfileScores())
    assert read_link(write_link(Recipe(outlines=outlines))) == Recipe(outlines=outlines)


def test_the_options_of_every_method_come_back() -> None:
    for method, entry in METHODS.items():
        moved = {name: getattr(entry.options(), name) + change for name, change in entry.moves.items()}
        recipe = Recipe(segment=SegmentParams.of(method, **moved))
        assert len(differing(recipe)) == len(moved) + (method != "automatic")
        assert read_link(write_link(recipe)) == recipe


def test_a_link_of_the_first_format_is_followed() -> None:
    assert read_link("segment.neck_ratio:0.5,segment.min_diameter_px:7.0").segment == SegmentParams.of(
        "neck_ratio", neck_ratio=0.5, min_diameter_px=7.0
    )


def test_what_differs_has_full_names() -> None:
    assert differing(TURNED) == {
        "preprocess.threshold.otsu_factor": 0.55,
        "preprocess.threshold.find_faint": False,
        "segment.method": "local_maxima",
        "segment.min_diameter_px": 7,
        "sizes.bin_rule": "count",
        "sizes.n_bins": 7,
        "sizes.cut": 0.001,
    }


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        ":",
        "segment.options.neck_ratio",
        "segment.options.neck_ratio:",
        "segment.options.neck_ratio:7",
        "segment.options.neck_ratio:nan",
        "segment.options.neck_ratio:0.5,segment.options.neck_ratio:0.6",
        "segment:0.5,segment.options.neck_ratio:0.6",
        "segment.method:it's",
        "segment.method:\n",
        "[a link](https://example.org):1",
        "sizes.n_bins:7.5",
        "sizes.n_bins:" + "9" * 4500,
        "no.such.step:1",
        "a." * 2000 + "b:1",
        "preprocess.threshold.find_faint:yes",
    ],
)
def test_what_is_no_recipe_is_refused(text: str) -> None:
    with pytest.raises(ParameterError):
        read_link(text)


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"5006 characters, the limit is 5000.*as a file"):
        read_link("sizes." * 834 + "b:")
