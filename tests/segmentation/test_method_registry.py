"""The registry of methods: every entry is whole, and one more is known everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, with_noise
from saved import saved_text
from studies import analysed_here
from ui.visitor import SEGMENTATION, Visitor, png

from nanotem.analysis import analyse
from nanotem.analysis_file import read_analysis
from nanotem.commands.analyse import analyse_file
from nanotem.labels import regions
from nanotem.micrograph import Micrograph
from nanotem.parameters import Parameters, knob, knobs
from nanotem.preprocess import preprocess
from nanotem.preprocess.params import PreprocessParams
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.recipe.file import read_recipe, write_recipe
from nanotem.recipe.link import read_link, write_link
from nanotem.report import html_report, methods_paragraph
from nanotem.segmentation import METHODS, Foreground, Method, Segmentation, SegmentParams, prepare, segment
from nanotem.segmentation.seeds import distance_to_background
from nanotem.sensitivity import sensitivity
from nanotem.study import prepare_study, read_summary

BUILT_IN = tuple(METHODS)
OPTIONS = [(method, name) for method in BUILT_IN for name in knobs(METHODS[method].options)]
CLASSICAL = [(method, name) for method, name in OPTIONS if method != "learned"]


@pytest.mark.parametrize("name", BUILT_IN)
def test_an_entry_is_found_under_its_own_name_and_has_a_title(name: str) -> None:
    assert METHODS[name].name == name
    assert METHODS[name].title[0].isupper()
    assert knobs(SegmentParams)["method"].choices[name] == METHODS[name].title


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_moves_and_what_prepares_are_options(name: str) -> None:
    method = METHODS[name]
    options = knobs(method.options)
    assert set(method.moves) | set(method.prepared_by) <= set(options)
    for moved, change in method.moves.items():
        knob = options[moved]
        assert knob.low is not None
        assert knob.high is not None
        assert 0 < change < (knob.high - knob.low) / 2


NOT_IN_WORDS = {"smoothing_px", "satellites", "flips"}
"""Options that only steady a result, or say how often a network looks; the table of the recipe names them."""


def other_value(method: str, name: str) -> Any:
    """Return an allowed value that differs from the default."""
    description, default = knobs(METHODS[method].options)[name], getattr(METHODS[method].options(), name)
    if isinstance(default, bool):
        return not default
    assert description.step is not None
    assert description.high is not None
    return type(default)(min(default + 3 * description.step, description.high))


@pytest.mark.parametrize(("method", "name"), [case for case in OPTIONS if case[1] not in NOT_IN_WORDS])
def test_a_sentence_names_the_values_of_the_options(method: str, name: str) -> None:
    sentence = METHODS[method].sentence
    usual, told = METHODS[method].options(), {"kernel_size": {"erode_iter": 1}}.get(name, {})
    usual = replace(usual, **told)
    assert sentence(usual).endswith(".")
    assert sentence(replace(usual, **{name: other_value(method, name)})) != sentence(usual)


def scene() -> Foreground:
    """Return discs and rods that touch, bright and faint, with ragged bridges, after preprocessing."""
    rng = np.random.default_rng(3)
    particles = [
        *disc_grid(3, 6, pitch_px=70, diameter_px=34),
        *(Particle(35 + 70 * row, 62 + 140 * column, 16 + 4 * row) for row in range(3) for column in range(3)),
        *(Particle(35 + 70 * row, 107 + 140 * column, 22, 60, 20 * row) for row in range(3) for column in range(2)),
        Particle(230, 60, 50),
        Particle(238, 107, 50),
        Particle(232, 200, 14, 90, 90),
        Particle(246, 200, 14, 90, 90),
    ]
    dark = draw((280, 420), particles)[0]
    faint = draw((280, 420), [Particle(235, 300 + 30 * k, 12 + 4 * k) for k in range(3)], particle=160)[0]
    crumbs = draw(
        (280, 420), [Particle(rng.integers(5, 275), rng.integers(5, 415), 6) for _ in range(12)], particle=150
    )[0]
    crosses = [Particle(20 + 60 * k, 398, 4, 24, angle) for k in range(4) for angle in (0, 60, 120)]
    ragged = draw((280, 420), crosses, particle=130)[0]
    image = np.minimum.reduce([dark, faint, crumbs, ragged])
    pixels = with_noise(image, 4).round().astype(np.uint8)
    return Foreground.of(preprocess(pixels, PreprocessParams()))


def littered() -> Foreground:
    """Return discs among bits with two arms, after preprocessing."""
    image = draw((200, 300), disc_grid(2, 3, pitch_px=100, diameter_px=60))[0]
    for column in range(10, 300, 40):
        image[94:106, column : column + 4] = image[94:98, column : column + 12] = 130
    return Foreground.of(preprocess(with_noise(image, 4).round().astype(np.uint8), PreprocessParams()))


def unlike() -> Foreground:
    """Return a few small discs among large ones, after preprocessing."""
    small = [Particle(row, column, 10) for row, column in ((150, 75), (150, 225), (20, 150), (280, 150), (150, 150))]
    image = draw((300, 300), [*disc_grid(2, 2, pitch_px=150, diameter_px=90), *small])[0]
    return Foreground.of(preprocess(with_noise(image, 3).round().astype(np.uint8), PreprocessParams()))


SCENE, LITTERED, UNLIKE = scene(), littered(), unlike()


def found(method: str, *, foreground: Foreground = SCENE, **options: Any) -> Segmentation:
    params = SegmentParams.of(method, **options)
    return segment(foreground, params, prepare(foreground, params))


FAR = {
    "neck_ratio": 0.4, "valley": 1.0, "smoothing_px": 6.0,
    "min_prominence": 0.0, "split_ratio": 1.0, "least_confidence": 1.0, "satellites": False, "flips": True,
    "min_distance": 60, "dist_max_threshold": 0.9, "kernel_size": 9, "erode_iter": 4, "open_iter": 6,
    "least_probability": 0.95, "count_clear": True,
}  # fmt: skip


@pytest.mark.parametrize(("method", "name"), [case for case in OPTIONS if case[1] != "satellites"])
def test_every_option_has_an_effect(method: str, name: str) -> None:
    """Each changes labels; looking for satellites has a test of its own, on an image that has some."""
    usual = {"erode_iter": 2} if name == "kernel_size" else {}
    if method in ("sure_foreground", "normalised") and name == "open_iter":
        usual = {"kernel_size": 9}
    foreground = {"min_prominence": LITTERED, "count_clear": UNLIKE}.get(name, SCENE)
    one = found(method, foreground=foreground, **usual)
    other = found(method, foreground=foreground, **usual, **{name: FAR[name]})
    assert not np.array_equal(one.labels, other.labels)


def test_options_of_another_method_are_refused() -> None:
    with pytest.raises(Exception, match="The method regions has no option 'neck_ratio'"):
        SegmentParams.of("regions", neck_ratio=0.5)


def test_another_method_takes_over_the_options_that_it_has_too() -> None:
    params = SegmentParams.of("neck_ratio", neck_ratio=0.7, min_prominence=0.4, min_diameter_px=9.0)
    other = replace(params, method="regions")
    assert other == SegmentParams.of("regions", min_prominence=0.4, min_diameter_px=9.0)


@dataclass(frozen=True)
class HoughOptions(Parameters):
    """Options of a method that nobody else knows."""

    reach_px: float = knob(3.0, "Reach (px)", "Parts farther inside are kept.", low=0.0, high=20.0, step=0.5)


def _find(foreground: Foreground, options: HoughOptions, prepared: object) -> Segmentation:
    basin = distance_to_background(foreground.mask)
    seeds = regions(basin > options.reach_px)
    labels = np.where(foreground.mask, cv2.dilate(seeds.astype(np.float32), None, iterations=8), 0).astype(np.int32)
    return Segmentation((basin, seeds), labels, method="hough")


HOUGH = Method(
    "hough",
    "Circles of Hough",
    HoughOptions,
    _find,
    lambda options: f"Circles were looked for, with a reach of {options.reach_px:g} px.",
    moves=MappingProxyType({"reach_px": 1.0}),
)
RECIPE_OF_HOUGH = "[segment]\nmethod = 'hough'\n[segment.options]\nreach_px = 4.0\n"
DISCS = with_noise(draw((120, 160), disc_grid(3, 4, pitch_px=40, diameter_px=22))[0], 3).round().astype(np.uint8)


@pytest.fixture
def hough(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recipe]:
    """A recipe with a method that was registered here, and nowhere else."""
    monkeypatch.setitem(METHODS, "hough", HOUGH)
    return Recipe(segment=SegmentParams.of("hough", reach_px=4.0))


def test_a_new_method_is_in_recipes_and_links(hough: Recipe) -> None:
    assert read_recipe(RECIPE_OF_HOUGH) == hough
    assert read_recipe(write_recipe(hough)) == hough
    assert write_link(hough) == "segment.method:hough,segment.options.reach_px:4.0"
    assert read_link(write_link(hough)) == hough


def test_a_new_method_analyses_and_is_moved_and_reported(hough: Recipe) -> None:
    analysis = analyse(Micrograph(DISCS, "1" * 64, "discs.png"), hough)
    assert (len(analysis.particles), analysis.segmentation.method) == (12, "hough")
    table = sensitivity(analysis)
    assert table["change"].tolist() == [
        *("As it is", "Threshold lower", "Threshold higher", "Reach (px) lower", "Reach (px) higher")
    ]
    assert table["n_particles"].tolist() == [12] * 5
    assert "Circles were looked for, with a reach of 4 px." in methods_paragraph(analysis)
    page = html_report(analysis, sensitivity=table)
    assert "Circles were looked for" in page
    assert "Reach (px): 4" in page


def test_a_new_method_is_replayed(hough: Recipe, tmp_path: Path) -> None:
    path = tmp_path / "discs.png"
    path.write_bytes(png(DISCS))
    saved = read_analysis(saved_text(read_file(path), hough))
    assert saved.recipe == hough
    replayed = analyse_file(path, saved)
    assert (replayed["method"], replayed["n_particles"]) == ("hough", 12)
    assert len(replayed["notes"]) == 1


def test_a_new_method_runs_in_a_study(hough: Recipe, tmp_path: Path) -> None:
    path = tmp_path / "discs.png"
    path.write_bytes(png(DISCS))
    study = analysed_here(prepare_study(tmp_path / "study", [(path, "")], recipe=hough, nm_per_px=0.5))
    (image,) = study.images
    assert image.reason == ""
    assert (read_summary(study, image).method, read_summary(study, image).n_particles) == ("hough", 12)


def test_a_new_method_is_on_the_page(hough: Recipe) -> None:
    visitor = Visitor().upload("discs.png", png(DISCS)).visit(SEGMENTATION).turn("segment.method", "hough")
    assert visitor.metrics["Found"] == "12"
    assert visitor.parameter("segment.options.reach_px").label == "Reach (px)"
    assert visitor.turn("segment.options.reach_px", 20.0).metrics["Found"] == "0"
