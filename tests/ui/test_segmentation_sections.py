import numpy as np
import pytest
from ui.visitor import SEGMENTATION, Visitor

from nanotem.segmentation import Segmentation
from nanotem.segmentation.judge.count import CountEstimate
from nanotem.ui.segmentation.sections import choice_in_words

NOTHING = np.zeros((3, 3), np.int32)
COUNT = CountEstimate(3, 1.0, 2.0, 1.6, 6.2)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"count": COUNT, "proposed_by": {1: "neck", 2: "network", 3: "neck"}}, "(1 of 3 by the network first)"),
        ({"count": COUNT}, "expects 1 to be false or outlined wrong and 2 to be missing. As"),
        ({"absent_network": "It is broken."}, "**neck ratio** alone, without probabilities. It is broken."),
    ],
)
def test_who_found_the_particles_is_said_with_how_sure_that_is(values, said: str) -> None:
    result = Segmentation(None, NOTHING, **values)
    assert said in choice_in_words(result)


def test_the_page_says_it_where_the_choice_is_automatic() -> None:
    visitor = Visitor().take_example("rods").visit(SEGMENTATION)
    assert [caption.value for caption in visitor.app.caption if "kept by a judge" in caption.value]
    visitor.turn("segment.method", "neck_ratio")
    assert not [caption.value for caption in visitor.app.caption if "kept by a judge" in caption.value]
