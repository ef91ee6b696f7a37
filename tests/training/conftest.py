"""Trainings of a few steps."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def in_few_steps() -> Iterator[None]:
    """Train step by step: to make a graph of a network takes longer than a few of its steps do without one."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
