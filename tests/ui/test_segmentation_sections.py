import numpy as np
import pytest
from ui.visitor import SEGMENTATION, Visitor

from nanotem.segmentation import Segmentation
from nanotem.segmentation.automatic import SAME
from nanotem.ui.segmentation.sections import choice_in_words

NOTHING = np.zeros((3, 3), np.int32)


@pytest.mark.parametrize(
    ("method", "agreement", "said"),
    [
        ("learned", 0.4, "**learned**. The neural network is sure of other particles"),
        ("neck_ratio", SAME, "**neck ratio**. The neural network finds these particles too (80% are the same)"),
        ("neck_ratio", 0.4, "(40% are the same), but is not sure of them"),
        ("neck_ratio", float("nan"), "**neck ratio**, not checked"),
    ],
)
def test_the_choice_of_a_method_is_said_with_its_reason(method, agreement: float, said: str) -> None:
    result = Segmentation(NOTHING.astype(np.float32), NOTHING, NOTHING, method=method, agreement=agreement)
    assert said in choice_in_words(result)


def test_the_page_says_it_where_the_choice_is_automatic() -> None:
    visitor = Visitor().take_example("rods").visit(SEGMENTATION)
    assert [caption.value for caption in visitor.app.caption if "Method: **neck ratio**" in caption.value]
    visitor.turn("segment.method", "neck_ratio")
    assert not [caption.value for caption in visitor.app.caption if "Method: " in caption.value]
