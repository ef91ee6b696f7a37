"""The classified particles of the image at hand, as the parts of the classification page share them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from nanotem.analysis import Analysis
from nanotem.edits.edits import EditedLabels, Name, target_of
from nanotem.figures.classes import class_title
from nanotem.figures.pictures import encode, outlined_picture
from nanotem.measurement.class_columns import answers
from nanotem.micrograph import Micrograph
from nanotem.morphology.classifier import ClassPrediction
from nanotem.morphology.evidence import ShapeEvidence
from nanotem.ui.kit.analysis import analysis_at_hand
from nanotem.ui.kit.counts import show_counts
from nanotem.ui.kit.frame import errors_shown
from nanotem.ui.kit.models import are_loaded
from nanotem.ui.kit.plots import CONFIG
from nanotem.ui.kit.selection import choose_clicked, selected_numbers
from nanotem.ui.kit.state import Work

Task = Literal["solid", "outline"]
_PICTURE_PX = 1000
"""Longest side of the picture that is shown meanwhile, at half of it: sharp on a fine screen too."""

TASKS: tuple[Task, ...] = ("solid", "outline")


@dataclass(frozen=True, eq=False)
class Classified:
    """Particles with their classes.

    Attributes
    ----------
    analysis
        The analysis at hand.
    task
        What is shown.
    answers
        Class of each particle, "unknown" where it is not accepted.
    """

    analysis: Analysis
    task: Task
    answers: "pd.Series[str]"

    @property
    def micrograph(self) -> Micrograph:
        """The image, with the scale in force."""
        return self.analysis.micrograph

    @property
    def particles(self) -> pd.DataFrame:
        """One row per particle."""
        return self.analysis.particles

    @property
    def edited(self) -> EditedLabels:
        """The labels, with corrections by hand."""
        return self.analysis.edited

    @property
    def seen(self) -> ShapeEvidence:
        """Crops and predictions, in the order of `particles`."""
        return self.analysis.shape_evidence

    @property
    def classes(self) -> pd.DataFrame:
        """The table of classes, in the order of `particles`."""
        return self.analysis.classes

    @property
    def prediction(self) -> ClassPrediction:
        """What is said of the task by all that is seen together, of outlines with the others of the image."""
        return self.seen.solid if self.task == "solid" else self.seen.outline_among_others

    @property
    def network_alone(self) -> ClassPrediction:
        """What the network of the task says alone: this is what can be explained."""
        return self.seen.solid_alone if self.task == "solid" else self.seen.outline_alone

    @property
    def folder(self) -> str:
        """Name of the folder that the network of the task is taken from."""
        networks = self.analysis.recipe.networks
        return networks.solid if self.task == "solid" else networks.outline

    @property
    def confidence(self) -> "pd.Series[float]":
        """Probability of each answer; NaN where a person named it."""
        return self.classes["probability" if self.task == "solid" else "outline_probability"]

    @property
    def chosen_key(self) -> str:
        """Where the label of the chosen particle is kept."""
        return f"classify.chosen.{self.micrograph.id}"

    @property
    def chosen(self) -> int | None:
        """Label of the chosen particle, None before one is chosen or after it is gone."""
        label = st.session_state.get(self.chosen_key)
        return label if label in set(self.particles["label"]) else None

    def place_of(self, label: int) -> int:
        """Return the place of a particle in the tables."""
        return int(np.flatnonzero(self.particles["label"] == label)[0])


def chosen_task() -> Task:
    """Let the visitor choose which shape is shown; the choice holds for all pages."""
    return st.segmented_control(
        "Shape",
        TASKS,
        default="solid",
        format_func=str.capitalize,
        required=True,
        key="classify.task",
        label_visibility="collapsed",
        persist_state="session",
    )


@contextmanager
def meanwhile(work: Work, micrograph: Micrograph) -> Iterator[None]:
    """Show the counted particles while something is worked out that takes long, and take them away when it is there."""
    place = st.empty()
    if not are_loaded(work.recipe.networks):
        analysis = analysis_at_hand(work, micrograph)
        with place.container():
            show_counts(analysis, key="counts.meanwhile")  # the models may be there before the run ends
            picture = outlined_picture(micrograph.pixels, analysis.labels, longest_px=_PICTURE_PX)
            st.image(encode(picture), width=_PICTURE_PX // 2, alt="The micrograph with an outline round every particle")
    yield
    if are_loaded(work.recipe.networks):
        place.empty()


def classified(work: Work, micrograph: Micrograph, task: Task) -> Classified:
    """Classify the particles of the image at hand, or remember how they were."""
    analysis = analysis_at_hand(work, micrograph)
    least = work.recipe.classify.least_probability
    return Classified(analysis, task, answers(analysis.classes, analysis.particles, task, least_probability=least))


def clickable(figure: Any, view: Classified, *, key: str, alt: str) -> list[int]:
    """Show a chart whose points are particles; a click chooses one. Return the labels that are selected."""
    event = st.plotly_chart(
        figure,
        key=key,
        on_select=partial(choose_clicked, key, view.chosen_key),
        config={**CONFIG, "scrollZoom": True},
        alt=alt,
    )
    present = set(view.particles["label"])
    return [label for label in selected_numbers(event) if label in present]


def naming(work: Work, view: Classified, labels: list[int], *, key: str) -> None:
    """Let the visitor say what particles are; it is a correction, and can be undone."""
    places = [view.place_of(label) for label in labels]
    likely = np.argsort(-view.prediction.probabilities[places].sum(axis=0))
    name = st.selectbox(
        f"Name the {view.task} by hand",
        [view.prediction.classes[place] for place in likely],
        format_func=class_title,
        help="The most probable first.",
        key=f"{key}.{view.task}.{labels[0]}",
    )
    st.button(  # below, as a long name would be cut beside
        f"Name {'it' if len(labels) == 1 else f'all {len(labels)}'} {name}",
        icon=":material/label:",
        key=f"{key}.name",
        on_click=_name,
        args=(work, view, labels, name),
        width="stretch",
    )


def _name(work: Work, view: Classified, labels: list[int], class_name: str) -> None:
    with errors_shown():
        targets = tuple(target_of(view.edited.labels, label) for label in labels)
        work.log = work.log.record(Name(targets, view.task, class_name))
