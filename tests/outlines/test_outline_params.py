import pytest

from nanotem.errors import ParameterError
from nanotem.outlines import ProfileScores
from nanotem.outlines.params import OutlineParams
from nanotem.recipe import Recipe
from nanotem.recipe.file import read_recipe, write_recipe

SETTLED = OutlineParams().settled_by(ProfileScores())


def test_a_profile_that_was_settled_is_kept_in_the_recipe() -> None:
    assert sum(SETTLED.class_weights) == pytest.approx(1, abs=0.001)
    assert read_recipe(write_recipe(Recipe(outlines=SETTLED))).outlines == SETTLED
    assert SETTLED.unsettled() == OutlineParams()


def test_a_profile_that_somebody_chose_comes_first() -> None:
    assert OutlineParams("flat", SETTLED.class_weights).classes == "flat"
    assert SETTLED.classes == SETTLED.class_weights
    assert OutlineParams().classes == "automatic"


@pytest.mark.parametrize("weights", ["flat", (1.0,), 10 * (0.2,), 9 * (0.0,) + ("1",), 9 * (0.0,) + (float("nan"),)])
def test_what_are_no_probabilities_is_refused(weights: object) -> None:
    with pytest.raises(ParameterError, match="probabilities"):
        OutlineParams(class_weights=weights)  # type: ignore[arg-type]
