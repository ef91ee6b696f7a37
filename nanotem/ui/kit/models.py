"""The two classifiers, loaded once for all visitors, in the background."""

import gc
from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st

from nanotem.morphology.card import ModelCard, read_card
from nanotem.morphology.classifier import Classifier
from nanotem.networks.folders import MODELS

_NAMES = ("outline", "solid")


def start_loading() -> None:
    """Begin to load, once per server: importing TensorFlow takes 5 to 10 s, while a visitor looks at other pages."""
    _loads()


def are_loaded() -> bool:
    """Whether loading has come to an end, with success or without."""
    return all(load.done() for load in _loads().values())


def load_again() -> None:
    """Begin anew, after files have been mended."""
    _loads.clear()
    start_loading()


def outline_classifier() -> Classifier:
    """Return the classifier of outlines; wait for it if need be.

    Raises
    ------
    ModelError
        If its files are absent, broken, or not what its card says.
    """
    return _loads()["outline"].result()


def solid_classifier() -> Classifier:
    """Return the classifier of solids; wait for it if need be.

    Raises
    ------
    ModelError
        If its files are absent, broken, or not what its card says.
    """
    return _loads()["solid"].result()


def classifier(name: str) -> Classifier:
    """Return the classifier of "outline" or "solid"; wait for it if need be.

    Raises
    ------
    ModelError
        If its files are absent, broken, or not what its card says.
    """
    return _loads()[name].result()


def model_card(name: str) -> ModelCard:
    """Return the card of a model, "outline" or "solid", without waiting for the model.

    Raises
    ------
    ModelError
        If it is absent or no card.
    """
    return read_card(MODELS / f"{name}.json")


@st.cache_resource(show_spinner=False)
def _loads() -> dict[str, "Future[Classifier]"]:
    """Start the one thread that loads; no call of Streamlit happens in it."""
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="models")
    loads = {name: thread.submit(_load, name) for name in _NAMES}
    thread.submit(_set_aside)
    thread.shutdown(wait=False)
    return loads


def _load(name: str) -> Classifier:
    """Load one of the models that come along."""
    return Classifier.load(name, MODELS)


def _set_aside() -> None:
    """Spare garbage collection what was loaded: Streamlit collects after every run, 0.3 s with TensorFlow."""
    gc.collect()
    gc.freeze()
