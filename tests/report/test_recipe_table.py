from nanotem.preprocess.params import DenoiseParams, PreprocessParams
from nanotem.recipe import Recipe
from nanotem.report.recipe_table import recipe_lines
from nanotem.segmentation.params import SegmentParams


def test_the_default_recipe_differs_in_nothing() -> None:
    lines = recipe_lines(Recipe())
    assert lines
    assert not any(line.differs for line in lines)


def test_a_choice_is_in_words_with_its_default() -> None:
    recipe = Recipe(
        preprocess=PreprocessParams(denoise=DenoiseParams(method="median")),
        segment=SegmentParams.of("neck_ratio", valley=0.5),
    )
    chosen = [(one.step, one.parameter, one.value, one.default) for one in recipe_lines(recipe) if one.differs]
    assert chosen == [
        ("Noise", "Noise filter", "Median", "Gaussian blur"),
        ("Segmentation", "Method", "Neck ratio (no size to set)", "Automatic"),
        ("Segmentation", "Grey valley", "0.5", "0.2"),
    ]


def test_only_parameters_that_have_an_effect_are_listed() -> None:
    names = [line.parameter for line in recipe_lines(Recipe())]
    steps = {line.step for line in recipe_lines(Recipe(), with_shapes=True, with_lattices=True)}
    assert "Blur σ (px)" in names
    assert "Filter strength h" not in names
    assert steps - {line.step for line in recipe_lines(Recipe())} == {"Classification", "Lattices"}
