import re
from dataclasses import replace

import numpy as np
import pytest
from outlines.drawn_edges import grid, scene
from recipes import BY_NECK
from reported import N_CUT, N_WHOLE, analysis

from nanotem.edits.edits import Add, Merge, Remove, Split, Target
from nanotem.micrograph import Scale
from nanotem.outlines import trace_outlines
from nanotem.outlines.params import OutlineParams
from nanotem.preprocess.params import (
    AnnotationParams,
    BackgroundParams,
    CleanParams,
    ContrastParams,
    DenoiseParams,
    PreprocessParams,
    ThresholdParams,
)
from nanotem.provenance import versions
from nanotem.recipe import Recipe
from nanotem.report import methods_paragraph
from nanotem.report.methods import outline_sentence
from nanotem.report.recipe_sentences import frame_sentence, recipe_sentences
from nanotem.segmentation.params import SegmentParams
from nanotem.statistics.params import SizeParams

FAR = Target(10**6, 0, 1)


def preprocessing(**steps) -> str:
    return " ".join(recipe_sentences(Recipe(preprocess=PreprocessParams(**steps))))


def segmentation(method="neck_ratio", **params) -> str:
    return " ".join(recipe_sentences(Recipe(segment=SegmentParams.of(method, **params))))


DISCS = scene(grid("disc", 30, 4, pitch_px=60), shape=(120, 130))


def test_how_outlines_were_drawn_is_said() -> None:
    grey, labels = DISCS
    found, one_drawn = trace_outlines(grey, labels), trace_outlines(grey, labels, drawn=[2], profile="flat")
    assert re.fullmatch(
        r"Outlines were drawn .* \(flat profile, found from the edges of the image; blurred by σ = [01]\.\d px\)\.",
        outline_sentence(found, OutlineParams()),
    )
    assert "(flat profile, as chosen; " in outline_sentence(one_drawn, OutlineParams("flat"))
    assert outline_sentence(one_drawn, OutlineParams("flat")).endswith("; 1 of 4 follow the segmented pixels.")
    assert "no edge could be fitted" in outline_sentence(
        trace_outlines(grey, labels, drawn=[1, 2, 3, 4]), OutlineParams("flat")
    )
    assert outline_sentence(trace_outlines(grey, np.zeros_like(labels)), OutlineParams()) == ""
    assert "Outlines were drawn" in methods_paragraph(analysis())


def test_the_paragraph_states_what_was_done_and_found() -> None:
    text = methods_paragraph(analysis())
    for part in (
        f"nanotem {versions()['nanotem']} (python {versions()['python']}, numpy ",
        "Gaussian blur (σ = 1 px).",
        "Particles, dark in the image, were separated from the background at 0.8 of Otsu's threshold",
        "narrower than 0.85 of the smaller one",
        "Outlines were not corrected by hand.",
        "Miles-Lantuéjoul",
        f"Of {N_WHOLE + N_CUT} particles found, {N_CUT} touched the frame; n = {N_WHOLE}.",
        "The area-equivalent diameter has a mean of 1",
        "Intervals are of 95 %: of the mean by Student's t on its logarithm",
        "0.5 nm per pixel, was taken from the scale bar in the image (relative standard uncertainty 1\u00a0%).",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("scale", "sentence"),
    [
        (Scale(2.0, "typed"), "The scale, 2 nm per pixel, was entered by hand"),
        (None, "Sizes are in pixels, as the scale of the image is not known."),
    ],
)
def test_the_scale_says_where_it_comes_from(scale, sentence) -> None:
    assert sentence in methods_paragraph(analysis(scale=scale))


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ({"annotation": AnnotationParams(ignore=True)}, "Scale bar, text and info strips were left out"),
        (
            {"denoise": DenoiseParams()},
            "σ = 1 px, and up to 3.4 times as much until the contrast was 30 times the noise",
        ),
        ({"denoise": DenoiseParams(contrast_to_noise=0, sigma_px=2)}, "Gaussian blur (σ = 2 px)."),
        (
            {"denoise": DenoiseParams(method="nlm", h=12)},
            "non-local means (h = 12, patches of 7 px, search window of 21",
        ),
        ({"denoise": DenoiseParams(method="median")}, "a median filter of 3 px."),
        ({"denoise": DenoiseParams(method="none")}, "No noise filter was applied."),
        ({"background": BackgroundParams(flatten_size=0.3)}, "on the scale of 30\u00a0% of the image, was subtracted."),
        ({"background": BackgroundParams(flatten=False)}, "The background was not levelled."),
        ({"background": BackgroundParams(polarity="bright")}, "Particles, bright in the image, were separated"),
        (
            {"contrast": ContrastParams(method="automatic", sharpen=True)},
            "stretched with 1 % of the pixels clipped and ",
        ),
        ({"contrast": ContrastParams(method="manual", alpha=2)}, "Grey levels were changed to 2 · grey + 0."),
        (
            {"threshold": ThresholdParams(method="local")},
            "where they stood 10 of 255 grey levels above the weighted mean",
        ),
        (
            {"threshold": ThresholdParams(method="manual", level=99)},
            "at the grey level 99 of 255, set by hand, and faint",
        ),
        ({"threshold": ThresholdParams(find_faint=False)}, "at 0.8 of Otsu's threshold."),
        (
            {"clean": CleanParams(open_iter=2, close_iter=1)},
            "opened 2 times and closed 1 time with a disc of 3 px and rid",
        ),
        (
            {"clean": CleanParams(open_iter=0, clear_border=True)},
            "rid of holes and cleared of what touches the border.",
        ),
    ],
)
def test_every_choice_of_preprocessing_has_its_words(steps, sentence) -> None:
    assert sentence in preprocessing(**steps)


def test_steps_that_do_nothing_have_no_words() -> None:
    text = preprocessing(
        annotation=AnnotationParams(ignore=False), clean=CleanParams(open_iter=0, close_iter=0, fill_holes=False)
    )
    assert not {"Scale", "Grey", "mask was"} & {word for word in ("Scale", "Grey", "mask was") if word in text}


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({}, "smaller one, or where the border was fainter than both by more than 20\u00a0%."),
        ({"valley": 1.0}, "narrower than 0.85 of the smaller one."),
        ({"method": "automatic", "least_probability": 0.7}, "have a probability of at least 0.7 were kept."),
        ({"method": "local_maxima"}, "from its local maxima at least 10 px apart."),
        ({"method": "sure_foreground"}, "from where it exceeds 0.4 of its maximum."),
        ({"method": "normalised"}, "from where it exceeds 0.4 of the maximum of each connected region."),
        ({"method": "regions"}, "touching particles were not divided."),
        (
            {"method": "normalised", "erode_iter": 2, "open_iter": 1},
            "the mask was eroded 2 times and opened 1 time with",
        ),
        ({"min_diameter_px": 8, "min_prominence": 0}, "Objects smaller than 8 px in diameter were dropped."),
        ({"min_diameter_px": 0, "drop_touching_frame": True}, "(unless round or oval) were dropped."),
        ({"min_diameter_px": 0, "drop_touching_frame": True}, "Objects that touch the frame were dropped."),
        ({"drop_touching_frame": True}, "Objects smaller than 5 px in diameter or that touch the frame were dropped."),
    ],
)
def test_every_way_of_segmentation_has_its_words(params, sentence) -> None:
    assert sentence in segmentation(**params)


def test_nothing_dropped_is_not_mentioned() -> None:
    assert "dropped" not in segmentation(min_diameter_px=0, min_prominence=0)


def test_the_frame_correction_can_be_off() -> None:
    assert "weighted by the inverse" in frame_sentence(SizeParams())
    assert "without correction" in frame_sentence(SizeParams(correct_frame=False))


def test_corrections_are_counted_by_kind_and_lost_ones_told() -> None:
    edits = (Remove((FAR,)), Remove((FAR,)), Merge((FAR,)), Split(FAR), Add(((5.0, 20.0), (5.0, 30.0), (15.0, 25.0))))
    text = methods_paragraph(analysis(edits=edits))
    assert "by hand (2 removals, 1 merger, 1 division and 1 addition, of which 4 could not be carried out)." in text


@pytest.mark.parametrize(
    ("quantity", "words"),
    [("radius", "The area-equivalent radius has a mean of 5"), ("feret_min", "The smallest Feret width has a mean")],
)
def test_the_size_is_named(quantity, words) -> None:
    assert words in methods_paragraph(analysis(replace(BY_NECK, sizes=SizeParams(quantity=quantity))))


@pytest.mark.parametrize(
    ("weighting", "words"),
    [("area", "D[3,2] = 1"), ("volume", "D[4,3] = 1"), ("length", "D[2,1] = 1")],
)
def test_other_weightings_are_told_with_what_they_assume(weighting, words) -> None:
    text = methods_paragraph(analysis(replace(BY_NECK, sizes=SizeParams(weighting=weighting))))
    assert words in text
    assert f"D50 by {weighting}" in text
    assert ("says nothing about height" in text) == (weighting != "length")
    assert "D[" not in methods_paragraph(analysis())


def test_a_metal_brings_dispersion_and_surface_as_a_model() -> None:
    text = methods_paragraph(analysis(replace(BY_NECK, sizes=SizeParams(metal="Pd"))))
    for part in ("D[3,2] of Pd", "a dispersion of 0.", "m²/g. A model: full, smooth spheres"):
        assert part in text


def test_families_divided_by_hand_are_told() -> None:
    assert "Divided by hand at 11" in methods_paragraph(
        analysis(replace(BY_NECK, sizes=SizeParams(families="cut", cut=11.0)))
    )


def test_an_image_without_particles_says_so() -> None:
    text = methods_paragraph(analysis(blank=True))
    assert "Of 0 particles found, 0 touched the frame; n = 0." in text
    assert not re.search(r"\bnan\b", text)


def test_a_network_needs_neither_threshold_nor_refined_outlines() -> None:
    text = segmentation(method="learned", split_ratio=0.66, least_confidence=0.41)
    for part in (
        "found by a neural network",
        "below 0.66 of the lower peak",
        "confidence below 0.41",
        "foreground is 0.55",
    ):
        assert part in text
    for part in ("Otsu", "The mask", "own contrast", "size times contrast"):
        assert part not in text


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (None, "have a probability of at least 0.4 were kept."),
        ("automatic", "have a probability of at least 0.4 were kept."),
        (
            "neck_ratio",
            "The threshold was a person's, or the network was absent: neither witnesses nor judge were asked.",
        ),
    ],
)
def test_it_says_what_the_automatic_method_came_to(method, said: str) -> None:
    text = " ".join(recipe_sentences(Recipe(), method=method))
    assert said in text
    assert text.count("watershed of the distance") == (method == "neck_ratio")
