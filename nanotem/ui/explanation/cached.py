"""Explainers and maps, remembered; keys are what decides the crops, model, particle, question and method."""

import gc
from dataclasses import dataclass
from typing import Self

import streamlit as st

from nanotem.analysis import Analysis
from nanotem.explanation.attribution import Attribution
from nanotem.explanation.explain import explain
from nanotem.explanation.explainer import Explainer
from nanotem.explanation.faithfulness import Curve, causal_curve, likeness_without_knowledge, mu_fidelity, stability
from nanotem.explanation.questions import Question
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.crops import Crops
from nanotem.stage import hash_of


@dataclass(frozen=True)
class Key:
    """What decides the crop of a particle, and the model that is asked about it."""

    crops: str
    network_sha256: str

    @classmethod
    def of(cls, analysis: Analysis, classifier: Classifier) -> Self:
        """Return the key of an analysis."""
        return cls(hash_of(analysis, "crops", ("measured",)), classifier.card.sha256)


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """How far one map can be believed; see `nanotem.explanation.faithfulness`."""

    deletion: Curve
    insertion: Curve
    mu_fidelity: float
    stability: float
    without_knowledge: float


@st.cache_resource(max_entries=4, show_spinner="Preparing the network for questions…")
def explainer(network_sha256: str, _classifier: Classifier) -> Explainer:
    """Return the copy of a model that all visitors ask; the first one imports TensorFlow.

    What was imported is spared garbage collection: Streamlit collects after every run, 0.3 s with TensorFlow.
    """
    prepared = Explainer.of(_classifier)
    gc.collect()
    gc.freeze()
    return prepared


@st.cache_resource(scope="session", max_entries=500, show_spinner=False)
def attribution(
    key: Key, label: int, question: Question, method: str, _explainer: Explainer, _crop: Crops
) -> Attribution:
    """Return the map of one particle."""
    return explain(_explainer, _crop[None], target=question.target, contrast=question.contrast, method=method)


@st.cache_resource(scope="session", max_entries=100, show_spinner=False)
def faithfulness(
    key: Key, label: int, question: Question, method: str, _explainer: Explainer, _crop: Crops
) -> Faithfulness:
    """Test the map of one particle, both channels together."""
    values = attribution(key, label, question, method, _explainer, _crop).maps()[0]
    asked = _explainer, _crop, values, question
    return Faithfulness(
        causal_curve(*asked, mode="deletion"),
        causal_curve(*asked, mode="insertion"),
        mu_fidelity(*asked),
        stability(*asked, method=method),
        likeness_without_knowledge(*asked, method=method),
    )
