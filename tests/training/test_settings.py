"""Settings of a training come back as they were written, or say what is wrong."""

import pytest

from nanotem.errors import ParameterError
from nanotem.training.settings import read_settings
from nanotem.training.shapes.config import TrainingConfig


def test_what_is_not_mentioned_keeps_its_default():
    assert read_settings("epochs = 3", TrainingConfig) == TrainingConfig(epochs=3)
    assert read_settings("", TrainingConfig) == TrainingConfig()


@pytest.mark.parametrize(
    ("text", "part"),
    [("epochs", "TOML"), ("epoch = 3", "'epoch'"), ("epochs = 0", "epochs = 0"), ("seed = true", "seed = True")],
)
def test_wrong_settings_are_named(text, part):
    with pytest.raises(ParameterError) as caught:
        read_settings(text, TrainingConfig)
    assert part in caught.value.message
