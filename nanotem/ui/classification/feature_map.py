"""The feature map of the classification page, and crops to train on."""

from typing import Literal

import streamlit as st

from nanotem.figures.feature_map import feature_scatter
from nanotem.files.names import safe_stem
from nanotem.measurement.class_columns import NOT_TOLD
from nanotem.morphology.feature_map import descriptors, map_features
from nanotem.morphology.labelled_crops import labelled_crops
from nanotem.ui.classification.classified import Classified, clickable, naming
from nanotem.ui.classification.sections import pictures
from nanotem.ui.kit.state import Work

_BY_HAND = "Named by hand"


def on_map(work: Work, view: Classified) -> None:
    """Place the particles by their features; those that are selected are shown and can be named at once."""
    left, right = st.columns(2)
    source = left.segmented_control(
        "Features", ["Network", "Descriptors"], default="Network", required=True, key="classify.map.source"
    )
    methods: tuple[Literal["pca", "lda"], ...] = ("pca", "lda")
    method = right.segmented_control(
        "Axes",
        methods,
        default="pca",
        format_func=str.upper,
        required=True,
        help="PCA: the largest differences between particles. LDA: what separates the classes best.",
        key="classify.map.method",
    )
    features = view.prediction.features if source == "Network" else descriptors(view.particles)
    known = [None if name in NOT_TOLD else name for name in view.answers]
    found = map_features(features, method=method, classes=known)
    if found.note:
        st.info(found.note)
    labels = view.particles["label"].to_numpy()
    figure = feature_scatter(found, labels, view.answers, task=view.task)
    selected = clickable(figure, view, key="classify.map", alt="Particles placed by their features")
    if not selected:
        st.caption("Draw around points to see and name these particles, or click one.")
        return
    pictures(view, [view.place_of(label) for label in selected], key="classify.map.selected")
    naming(work, view, selected, key="classify.map.naming")


def labelled(view: Classified) -> None:
    """Offer particles with their classes to train on."""
    by_hand = view.edited.named(view.task)
    which = st.radio(
        "Particles to export",
        [_BY_HAND, "All with an answer"],
        horizontal=True,
        key="classify.export",
        help="What the network said itself teaches it little: name its errors by hand, and export those.",
    )
    accepted = {
        int(label): name
        for label, name in zip(view.particles["label"], view.answers, strict=True)
        if name in view.prediction.classes and (which != _BY_HAND or label in by_hand)
    }
    stem = safe_stem(view.micrograph.name)
    st.download_button(
        f"Labelled crops as ZIP ({len(accepted)})",
        data=lambda: labelled_crops(view.micrograph.pixels, view.analysis.labels, accepted, stem=stem),
        file_name=f"{stem}.{view.task}.zip",
        mime="application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        disabled=not accepted,
        key="classify.crops",
    )
    st.caption("One folder per class, one PNG per particle with its mask as opacity, as `train --own` reads them.")
