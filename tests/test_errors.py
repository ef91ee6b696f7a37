"""Errors that are shown to a person."""

import pickle

import pytest

from nanotem.errors import NanotemError, ParameterError, ScaleError, UnreadableFileError
from nanotem.networks.errors import ModelError


@pytest.mark.parametrize("kind", [NanotemError, UnreadableFileError, ScaleError, ParameterError, ModelError])
def test_an_error_reaches_another_process_whole(kind):
    error = pickle.loads(pickle.dumps(kind("The file is empty.", "Choose another one.")))
    assert type(error) is kind
    assert (error.message, error.hint) == ("The file is empty.", "Choose another one.")
    assert str(error) == "The file is empty. Choose another one."


def test_without_a_remedy_nothing_follows_what_is_wrong():
    assert str(NanotemError("The file is empty.", "")) == "The file is empty."
