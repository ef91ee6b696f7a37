"""Figures of classes: colours that can be told apart, and points that know their particle."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from drawing import disc_grid, draw
from skimage.color import deltaE_ciede2000, rgb2lab

from nanotem.figures.classes import (
    CLASS_COLOURS,
    TASK_COLOURS,
    class_title,
    class_viewer,
    colour_of,
    probability_bars,
    share_bars,
)
from nanotem.figures.feature_map import feature_scatter
from nanotem.figures.gallery import crop_picture, gallery
from nanotem.figures.model_card import confusion_heatmap, learning_curves
from nanotem.figures.outlines import outline_polygons
from nanotem.figures.palette import GREY
from nanotem.figures.pictures import grey_picture
from nanotem.figures.viewer import NOTHING
from nanotem.measurement import in_nm, measure_particles
from nanotem.measurement.class_columns import UNKNOWN
from nanotem.micrograph import Scale
from nanotem.morphology.card import ModelCard
from nanotem.morphology.classes import SOLID_CLASSES
from nanotem.morphology.crops import CROP_PX, crop_particles
from nanotem.morphology.feature_map import FeatureMap

IMAGE, LABELS = draw((80, 120), disc_grid(2, 3, pitch_px=40, diameter_px=24))
PARTICLES = measure_particles(LABELS, IMAGE)
ANSWERS = pd.Series(["ICO", "rod", "ICO", UNKNOWN, "ICO", "rod"])

# G. M. Machado et al., IEEE Trans. Vis. Comput. Graph. 15 (2009) 1291: linear RGB without red, or without green cones.
WITHOUT_RED = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
WITHOUT_GREEN = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]


def lab(colours: list[str], view: np.ndarray) -> np.ndarray:
    """Return colours in CIELAB as a reader sees them."""
    rgb = np.array([[int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)] for colour in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(view).T, 0, 1)
    return rgb2lab(np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055))


@pytest.mark.parametrize("view", [np.eye(3), WITHOUT_RED, WITHOUT_GREEN], ids=["all cones", "no red", "no green"])
def test_any_two_classes_can_be_told_apart_by_everyone(view) -> None:
    seen = lab([*CLASS_COLOURS, "#000000", "#ffffff"], view)
    assert min(deltaE_ciede2000(one, other) for one, other in combinations(seen, 2)) > 11


def test_every_class_has_its_colour_and_what_is_unknown_is_grey() -> None:
    assert len(set(TASK_COLOURS["solid"].values())) == len(SOLID_CLASSES)
    assert colour_of(UNKNOWN, "solid") == colour_of("ICO", "outline") == GREY


def test_short_names_are_explained() -> None:
    assert class_title("ICO") == "icosahedron (ICO)"
    assert class_title("sphere") == "sphere"


def viewer(**options):
    picture = grey_picture(IMAGE)
    outlines = outline_polygons(LABELS)
    return class_viewer(picture, LABELS.shape, PARTICLES, outlines, ANSWERS, task="solid", scale=None, **options)


def test_particles_are_points_and_polygons_in_the_colour_of_their_class() -> None:
    points, *classes = viewer().data
    assert [row[0] for row in points.customdata] == PARTICLES["label"].tolist()
    np.testing.assert_array_equal(points.x, PARTICLES["column_px"])
    assert [trace.name for trace in classes] == ["icosahedron (ICO): 3", "rod: 2", "unknown: 1"]
    assert [trace.line.color for trace in classes] == [colour_of(name, "solid") for name in ("ICO", "rod", UNKNOWN)]
    assert [trace.x.count(None) for trace in classes] == [3, 2, 1]


def test_the_chosen_particle_is_marked_and_one_that_is_gone_is_not() -> None:
    polygon = outline_polygons(LABELS)[2]
    marked = viewer(chosen=2).data[-1]
    assert list(marked.x[:-2]) == polygon[::2]
    assert not marked.showlegend
    assert len(viewer(chosen=99).data) == len(viewer().data)


def test_sizes_are_in_nanometres_where_the_scale_is_known() -> None:
    scale = Scale(0.5, "typed")
    table = in_nm(PARTICLES, scale)
    arguments = grey_picture(IMAGE), LABELS.shape, table, outline_polygons(LABELS), ANSWERS
    points = class_viewer(*arguments, task="solid", scale=scale).data[0]
    assert points.customdata[0][1] == pytest.approx(12, abs=0.3)
    assert " nm" in points.hovertemplate


def test_no_particles_give_an_empty_viewer() -> None:
    nothing = class_viewer(grey_picture(IMAGE), LABELS.shape, PARTICLES[:0], {}, ANSWERS[:0], task="solid", scale=None)
    assert len(nothing.data) == 1


def test_the_most_probable_class_is_on_top_and_implausible_ones_are_pale() -> None:
    (bars,) = probability_bars(("ICO", "rod", "OH"), [0.2, 0.7, 0.1], [True, True, False], task="solid").data
    assert list(bars.y) == ["OH", "ICO", "rod"]
    assert list(bars.x) == pytest.approx([10, 20, 70])
    assert bars.marker.opacity[0] < 0.5 < bars.marker.opacity[1] == bars.marker.opacity[2]


def test_shares_have_their_intervals() -> None:
    summary = pd.DataFrame({"class": ["ICO"], "n": [6], "share": [0.6], "share_low": [0.3], "share_high": [0.8]})
    (bars,) = share_bars(summary, task="solid").data
    assert bars.y[0] == pytest.approx(60)
    assert (bars.error_y.array[0], bars.error_y.arrayminus[0]) == pytest.approx((20, 30))


def test_a_crop_is_dark_on_bright_with_its_outline() -> None:
    crop = crop_particles(IMAGE, LABELS, [1])[0]
    picture = crop_picture(crop, size_px=128)
    assert picture.shape == (128, 128, 3)
    assert picture[64, 64].max() < 100 < 220 < picture[2, 2].min()
    outlined = crop_picture(crop, size_px=128, outline=(255, 0, 0))
    assert (outlined[..., 0].astype(int) - outlined[..., 1] > 200).sum() > 100


@pytest.mark.parametrize("n", [0, 1, 6])
def test_a_click_on_a_tile_gives_its_particle(n: int) -> None:
    labels = list(range(1, n + 1))
    figure = gallery(crop_particles(IMAGE, LABELS, labels), labels, ["a"] * n, ["#ff0000"] * n, n_columns=4)
    (points,) = figure.data
    assert list(points.customdata) == labels
    assert len(figure.layout.annotations) == len(figure.layout.images) == n
    for k in range(n):
        corner = k % 4 * 70, k // 4 * 104
        assert (points.x[k] - CROP_PX / 2, points.y[k] - CROP_PX / 2) == pytest.approx(corner)
        assert (figure.layout.images[k].x, figure.layout.images[k].y) == corner


def test_no_background_of_a_picture_is_white_on_a_dark_page() -> None:
    shown = gallery(crop_particles(IMAGE, LABELS, [1]), [1], ["a"], ["#ff0000"])
    assert shown.layout.plot_bgcolor == viewer().layout.plot_bgcolor == NOTHING


def test_every_point_of_the_map_knows_its_particle() -> None:
    points = np.random.default_rng(0).normal(size=(6, 2))
    found = FeatureMap(points, ("PC 1 (60%)", "PC 2 (20%)"))
    figure = feature_scatter(found, PARTICLES["label"].to_numpy(), ANSWERS, task="solid")
    classes = figure.data
    placed = {label: (x, y) for t in classes for label, x, y in zip(t.customdata, t.x, t.y, strict=True)}
    assert placed == {label: tuple(place) for label, place in zip(PARTICLES["label"], points, strict=True)}
    assert len({trace.marker.symbol for trace in classes}) == len(classes) == 3
    assert figure.layout.xaxis.title.text == "PC 1 (60%)"


def card(**fields) -> ModelCard:
    return ModelCard(
        name="solid",
        classes=("ICO", "rod"),
        crop_version=1,
        temperature=1.0,
        plausible_threshold=0.9,
        coverage=0.9,
        least_probability=0.5,
        largest_distance=5.0,
        **fields,
    )


def test_confusion_is_in_percent_of_the_truth() -> None:
    (heat,) = confusion_heatmap(card(confusion=[[3, 1], [0, 0]])).data
    np.testing.assert_allclose(heat.z, [[75, 25], [0, 0]])
    assert (heat.x, heat.y) == (("ICO", "rod"), ("ICO", "rod"))
    assert not np.any(confusion_heatmap(card()).data[0].z)


def test_learning_curves_have_one_value_per_epoch() -> None:
    trained, others = learning_curves(card(curves={"accuracy": [0.5, 0.75], "val_accuracy": [0.4, 0.5]})).data
    assert (list(trained.x), list(trained.y)) == ([1, 2], [50, 75])
    assert list(others.y) == [40, 50]
    assert [len(trace.x) for trace in learning_curves(card()).data] == [0, 0]
