"""The two classifiers of a folder of models, loaded once for all visitors, in the background."""

from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st

from nanotem.morphology.card import ModelCard, read_card
from nanotem.morphology.classifier import Classifier
from nanotem.networks.folders import OWN, folder_named
from nanotem.networks.params import NetworkParams

NAMES = ("outline", "solid")
"""Names of the two classifiers."""


def start_loading(networks: NetworkParams) -> None:
    """Begin to load those of a recipe, once per server, while a visitor looks at other pages."""
    for folder in _folders(networks):
        _loads(folder)


def are_loaded(networks: NetworkParams) -> bool:
    """Whether loading has come to an end, with success or without."""
    return all(load.done() for folder in _folders(networks) for load in _loads(folder).values())


def load_again(networks: NetworkParams) -> None:
    """Begin anew, after files have been mended."""
    for folder in _folders(networks):
        _loads.clear(folder)
    start_loading(networks)


def classifier(name: str, folder: str = OWN) -> Classifier:
    """Return the classifier of "outline" or "solid"; wait for it if need be.

    Parameters
    ----------
    name
        One of `NAMES`.
    folder
        Name of a folder of models, see `nanotem.networks.folders`.

    Raises
    ------
    ModelError
        If there is no such folder, or its files are absent, broken, or not what their card says.
    """
    return _loads(folder)[name].result()


def card_of(name: str, folder: str = OWN) -> ModelCard:
    """Return the card of a model, "outline" or "solid", without waiting for the model.

    Raises
    ------
    ModelError
        As for `classifier`.
    """
    return read_card(folder_named(folder), name)


def _folders(networks: NetworkParams) -> set[str]:
    return {networks.outline, networks.solid}


@st.cache_resource(max_entries=4, show_spinner=False)  # a model takes some 10 MB; a group compares two or three
def _loads(folder: str) -> dict[str, "Future[Classifier]"]:
    """Start the one thread that loads; no call of Streamlit happens in it."""
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="models")
    loads = {name: thread.submit(_load, name, folder) for name in NAMES}
    thread.shutdown(wait=False)
    return loads


def _load(name: str, folder: str) -> Classifier:
    return Classifier.load(name, folder_named(folder))
