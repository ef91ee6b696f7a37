"""The model on the classification page: waiting for it, and its card."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from nanotem.errors import NanotemError
from nanotem.figures.model_card import confusion_heatmap, learning_curves
from nanotem.morphology.card import ModelCard
from nanotem.morphology.tasks import task_named
from nanotem.networks.params import NetworkParams
from nanotem.percent import in_percent
from nanotem.ui.kit import models
from nanotem.ui.kit.frame import errors_shown
from nanotem.ui.kit.plots import CONFIG

_REAL_FIGURES = {
    "real_right": (
        "Right answers",
        "Share of real particles, of micrographs that were left out of training, named right.",
    ),
    "real_wrong_accepted": (
        "Wrong and accepted",
        "Share of these that were named wrong and not called unknown, mean over micrographs.",
    ),
    "real_calibration_error": (
        "Calibration error",
        "How far its probabilities are from how often it is right, on these.",
    ),
}
"""Title and meaning of each figure of a card that was measured on published micrographs."""

_FIGURES = {
    "accuracy": ("Right answers", "Share of drawn test particles, imaged as none that it learned from, named right."),
    "calibration_error": ("Calibration error", "How far its probabilities are from how often it is right, on average."),
    "plausible_hold_truth": ("Plausible hold the truth", "How often the truth is among the plausible classes."),
    "mean_plausible": ("Plausible classes", "How many classes are plausible on average; 1 would be no doubt at all."),
    "refused": ("Refused", "Share of test particles of known classes that were called unknown."),
}
"""Title and meaning of each figure of a card that was measured on drawn particles."""


def models_ready(networks: NetworkParams) -> bool:
    """Whether both models of a recipe can be used; else say what is missing, or show that they are being loaded."""
    models.start_loading(networks)
    if not models.are_loaded(networks):
        _waiting(networks)
        return False
    try:
        for name in models.NAMES:
            models.classifier(name, getattr(networks, name))
    except NanotemError as error:
        st.error(f"**{error.message}**  \n{error.hint}", icon=":material/error:")
        st.caption("The other pages work without the models.")
        st.button(
            "Try again",
            icon=":material/refresh:",
            key="classify.load_again",
            on_click=models.load_again,
            args=(networks,),
        )
        return False
    return True


@st.fragment(run_every=1.0)
def _waiting(networks: NetworkParams) -> None:
    """Look once a second whether the models are loaded, and show the page anew when they are."""
    if models.are_loaded(networks):
        st.rerun()
    st.status("Loading the models, once per server.", state="running")


def model_card(name: str, folder: str) -> None:
    """Show what a model of a folder is, how good it is, and how it learned."""
    with errors_shown():
        card = models.card_of(name, folder)
        title = task_named(name).title
        st.markdown(f"**{title}.**")
        if "real_right" in card.figures:
            st.markdown(f"On {card.figures['real_n']:.0f} particles of published micrographs, named by eye:")
            _figures(card, _REAL_FIGURES)
        st.markdown("The network alone, on drawn particles that it did not learn from:")
        _figures(card, _FIGURES)
        confusion, curves = st.columns(2, gap="large")
        with confusion:
            st.markdown("**Where it errs**: truth in rows, answers in columns")
            st.plotly_chart(
                confusion_heatmap(card), key=f"card.confusion.{name}", config=CONFIG, alt="Confusion matrix"
            )
        with curves:
            st.markdown("**How it learned**")
            st.plotly_chart(learning_curves(card), key=f"card.curves.{name}", config=CONFIG, alt="Learning curves")
            st.dataframe(_facts(card), hide_index=True)


def _figures(card: ModelCard, wanted: Mapping[str, tuple[str, str]]) -> None:
    with st.container(horizontal=True, gap="small"):
        for name, (title, meaning) in wanted.items():
            value = card.figures.get(name)
            shown = "–" if value is None else f"{value:.1f}" if name == "mean_plausible" else in_percent(value, ".1f")
            st.metric(title, shown, border=True, help=meaning, width="content")


def _facts(card: ModelCard) -> pd.DataFrame:
    """Return what identifies a model, one row per fact."""
    facts = {
        "Classes": ", ".join(card.classes),
        "Version of the crops": f"{card.crop_version}",
        "SHA-256 of weights, classes and calibration": card.sha256,
        "Test particles": f"{card.figures.get('n_test', 0):g}",
        **{name.replace("_", " ").capitalize(): f"{value}" for name, value in card.training.items()},
        **{f"Version of {name}": version for name, version in card.versions.items()},
    }
    return pd.DataFrame(facts.items(), columns=["Fact", "Value"])
