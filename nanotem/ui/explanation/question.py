"""What a visitor of the explanation page asks: which particles, which classes, which methods."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import streamlit as st

from nanotem.explanation.archive import Origin
from nanotem.explanation.attribution import Channel
from nanotem.explanation.explainer import Explainer
from nanotem.explanation.methods import METHODS
from nanotem.explanation.questions import Question
from nanotem.figures.attribution import ColourScale, MapStyle
from nanotem.figures.classes import class_title, colour_of
from nanotem.figures.gallery import gallery
from nanotem.morphology.crops import Crops
from nanotem.percent import in_percent
from nanotem.ui.classification.classified import Classified, clickable
from nanotem.ui.explanation import cached as explained
from nanotem.ui.kit import models
from nanotem.ui.kit.state import Work

_DEFAULT = ("grad-cam", "integrated-gradients", "occlusion")
_MOST_TOGETHER = 24
_COLOURS: tuple[ColourScale, ...] = get_args(ColourScale)
_CHANNELS: dict[Channel, str] = {"both": "Grey levels and mask", "contrast": "Grey levels", "mask": "Mask"}


@dataclass(frozen=True, eq=False)
class Asked:
    """What a visitor wants explained.

    Attributes
    ----------
    key, explainer
        Model and image.
    question
        Why this class, and why not another.
    labels, crops
        Particles, the chosen one first.
    methods
        Names of the methods.
    origin
        For files.
    """

    key: explained.Key
    explainer: Explainer
    question: Question
    labels: list[int]
    crops: Crops
    methods: list[str]
    origin: Origin


def display_settings() -> tuple[MapStyle, Channel]:
    """Let the visitor choose how maps are shown; nothing is computed anew."""
    st.markdown("**Display**")
    opacity = st.slider(
        "Opacity of the map", 0.0, 1.0, MapStyle.opacity, 0.05, key="explain.opacity", persist_state="session"
    )
    colours = st.selectbox("Colours", _COLOURS, key="explain.colours", persist_state="session")
    channel = st.selectbox(
        "Channel",
        list(_CHANNELS),
        format_func=_CHANNELS.__getitem__,
        help="Gradients tell what came from the grey levels and what from the mask. Methods that cover whole pixels, "
        "and Grad-CAM, do not.",
        key="explain.channel",
        persist_state="session",
    )
    return MapStyle(opacity, colours), channel


def corrected_by_hand(view: Classified) -> None:
    """Show the particles that a person named otherwise than the network."""
    prediction, labels = view.network_alone, view.particles["label"].tolist()
    said = {label: prediction.classes[k] for label, k in zip(labels, prediction.probabilities.argmax(1), strict=True)}
    named = {label: name for label, name in view.edited.named(view.task).items() if said.get(label, name) != name}
    if not named:
        st.caption("No particle was named by hand otherwise than by the network. Name them on the page Classification.")
        return
    figure = gallery(
        view.seen.crops[[view.place_of(label) for label in named]],
        list(named),
        [f"{name}, not {said[label]}" for label, name in named.items()],
        [colour_of(name, view.task) for name in named.values()],
    )
    clickable(figure, view, key="explain.corrected", alt="Particles named by hand")


def question(work: Work, view: Classified, label: int) -> Asked:
    """Let the visitor say what is to be explained, by which methods, and for how many particles."""
    classifier = models.classifier(view.task, view.folder)
    prediction, place = view.network_alone, view.place_of(label)
    order = np.argsort(-prediction.probabilities[place])
    classes = [prediction.classes[k] for k in order]
    said = view.prediction.classes[int(view.prediction.probabilities[place].argmax())]
    _say_what_is_explained(classes[0], float(prediction.probabilities[place].max()), said)
    left, middle, right = st.columns(3)
    unique = f"{view.task}.{label}"
    index = classes.index(said) if said in classes else 0
    target = left.selectbox("Why", classes, index, format_func=class_title, key=f"explain.target.{unique}")
    others = [name for name in classes if name != target]
    contrast = middle.selectbox(
        "and not",
        [None, *others],
        format_func=lambda name: class_title(name) if name else "any other",
        help="Explains the difference of two classes: what speaks for the one and against the other.",
        key=f"explain.contrast.{unique}.{target}",
    )
    places = _alike(view, place)
    together = right.slider(
        "Particles of its class together",
        1,
        _MOST_TOGETHER,
        help=f"The surest of the same class, of which there are {len(places)}, laid on each other and averaged.",
        disabled=len(places) == 1,
        key="explain.together",
    )
    labels = view.particles["label"].to_numpy()[places[:together]].tolist()
    origin = Origin(
        view.micrograph.name, view.micrograph.id, tuple(labels), classifier.card.name, classifier.card.sha256
    )
    return Asked(
        explained.Key.of(view.analysis, classifier),
        explained.explainer(classifier.card.sha256, classifier),
        Question(target, contrast),
        labels,
        view.seen.crops[places[:together]],
        _methods(),
        origin,
    )


def _say_what_is_explained(own: str, probability: float, said: str) -> None:
    """Say so where the network, which alone the maps explain, calls a particle otherwise than all that is weighed."""
    if own != said:
        st.caption(
            f"The maps explain the network. By itself it calls this particle {class_title(own)} "
            f"({in_percent(probability)}); weighed with outline and geometry it is likeliest {class_title(said)}."
        )


def _alike(view: Classified, place: int) -> list[int]:
    """Return the places of the particles of the same class, this one first, then the surest."""
    alike = view.confidence[view.answers == view.answers.iloc[place]].drop(view.answers.index[place])
    return [place, *alike.sort_values(ascending=False).index]


def _methods() -> list[str]:
    chosen: list[str] = []
    for group, label in (("quick", "Quick methods"), ("thorough", "Thorough methods, some seconds per particle")):
        names = [name for name, method in METHODS.items() if method.group == group]
        chosen += st.pills(
            label,
            names,
            format_func=lambda name: METHODS[name].title,
            selection_mode="multi",
            default=[name for name in names if name in _DEFAULT],
            key=f"explain.{group}",
            persist_state="session",
        )
    return chosen
