"""Tables on pages: what they show, and a value in words."""

import json

import numpy as np
import pandas as pd
import pytest
from app_runner import AppTest

from nanotem.measurement import COLUMNS, measure_particles
from nanotem.statistics import Estimate
from nanotem.ui.kit.tables import NOT_KNOWN


def show(particles: pd.DataFrame) -> AppTest:
    def page(particles):  # its source is run on its own, without the imports above
        from nanotem.ui.kit.tables import particle_table

        particle_table(particles, file_name="a.csv")

    app = AppTest.from_function(page, default_timeout=60, kwargs={"particles": particles}).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("n_particles", [0, 1])
def test_the_table_is_shown_unchanged_with_a_download(n_particles) -> None:
    labels = np.zeros((30, 40), np.int32)
    labels[5:15, 5:15] = n_particles
    particles = measure_particles(labels, np.full((30, 40), 7.0))
    app = show(particles)
    pd.testing.assert_frame_equal(app.dataframe[0].value, particles, check_dtype=False, check_index_type=False)
    assert [button.key for button in app.download_button] == ["download.a.csv"]


def test_a_dash_stands_where_there_is_no_value() -> None:
    app = show(measure_particles(np.zeros((30, 40), np.int32), np.full((30, 40), 7.0)))
    assert app.dataframe[0].proto.placeholder == NOT_KNOWN


def test_every_column_has_a_title_and_a_definition() -> None:
    app = show(measure_particles(np.zeros((30, 40), np.int32), np.full((30, 40), 7.0)))
    config = json.loads(app.dataframe[0].proto.columns)
    for name in app.dataframe[0].value:
        assert (config[name]["label"], config[name]["help"]) == (COLUMNS[name].title, COLUMNS[name].definition)


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(12.3456, 11.0, 13.0), "12.3 nm (11.0 to 13.0)"),
        (Estimate(12.3456, np.nan, np.nan), "12.3 nm"),
        (Estimate(np.nan, np.nan, np.nan), "not known"),
    ],
)
def test_a_value_in_words(estimate, words) -> None:
    assert estimate.in_words("nm") == words
