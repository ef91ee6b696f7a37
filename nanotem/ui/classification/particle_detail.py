"""One particle of the classification page: what the networks see in it, and what a person calls it."""

import pandas as pd
import streamlit as st

from nanotem.analysis import Analysis
from nanotem.figures.classes import class_title, colour_of, probability_bars
from nanotem.figures.gallery import crop_picture
from nanotem.figures.palette import rgb
from nanotem.figures.pictures import encode
from nanotem.lattice import ParticleLattices
from nanotem.measurement.class_columns import BY_HAND
from nanotem.percent import in_percent
from nanotem.ui.classification.classified import Classified, naming
from nanotem.ui.kit.plots import CONFIG
from nanotem.ui.kit.state import Work

_PICTURE_PX = 300
_MOST_PLAUSIBLE = 4
_MADE_OF_TWINS = ("DEC", "ICO")
"""Five twins around an axis, and twenty around a centre."""


def particle_detail(work: Work, view: Classified) -> None:
    """Show the chosen particle: its crop, the probability of each class, and why it is unknown."""
    labels = view.particles["label"].tolist()
    if view.chosen is None:
        st.session_state.pop(view.chosen_key, None)
    label = st.selectbox(
        "Particle", labels, index=None, placeholder="Click a particle", key=view.chosen_key, persist_state="session"
    )
    if label is None:
        st.caption("Click a particle at the left, or choose its number.")
        return
    place = view.place_of(label)
    prediction = view.prediction
    picture, words = st.columns([2, 3])
    colour = colour_of(view.answers.iloc[place], view.task)
    crop = crop_picture(view.seen.crops[place], size_px=_PICTURE_PX, outline=rgb(colour))
    picture.image(encode(crop), width="stretch", alt=f"Particle {label} as the network sees it")
    words.markdown(_words(view, place))
    st.plotly_chart(
        probability_bars(
            prediction.classes, prediction.probabilities[place], prediction.plausible[place], task=view.task
        ),
        key="classify.probabilities",
        config=CONFIG,
        alt="Probability of each class",
    )
    st.caption(
        "By outline, geometry and grey levels together, calibrated. Full colour: among these classes the truth is nine "
        "times out of ten, for particles like those it learned from."
    )
    naming(work, view, [label], key="classify.naming")


def _words(view: Classified, place: int) -> str:
    """Return the answers of network, geometry and person in words."""
    row, size = view.classes.iloc[place], view.particles.iloc[place]
    of_outline = "by hand" if pd.isna(row["outline_probability"]) else in_percent(row["outline_probability"])
    lines = [
        f"**Outline: {row['outline']}** ({of_outline})  \nBy geometry: {row['outline_by_geometry']}",
        _solid(row),
    ]
    lines += twins_in_words(view.analysis, int(row["label"]), row["solid"])
    unit = "nm" if view.micrograph.scale else "px"
    lines.append(f"Diameter {size[f'diameter_{unit}']:.4g} {unit}")
    return "\n\n".join(lines)


def twins_in_words(analysis: Analysis, label: int, solid: str) -> list[str]:
    """Say what the lattice fringes of a particle have to do with a solid that is made of twins.

    Without a scale nothing is said, as fringes are then looked for in every image, which takes its time.

    Parameters
    ----------
    analysis
        Of the image.
    label
        Of the particle.
    solid
        What it is said to be, which fringes do not change.
    """
    if solid not in _MADE_OF_TWINS or analysis.scale is None:
        return []
    one = analysis.lattices.particles.get(label, ParticleLattices(label))
    if not one.spots:
        return []
    if one.n_lattices > 1:
        return [f"Its fringes show {one.n_lattices} lattices, as a particle made of twins does."]
    return ["Its fringes show one lattice. Twins would show more, if they are not out of their zone axes."]


def _solid(row: "pd.Series[str]") -> str:
    title = class_title(row["solid"])
    if row["reason"] == BY_HAND:
        return f"**Solid: {title}** (by hand)"
    names = row["plausible"].split(" or ")
    more = f" or {len(names) - _MOST_PLAUSIBLE} more" if len(names) > _MOST_PLAUSIBLE else ""
    plausible = f"  \nPlausible: {' or '.join(names[:_MOST_PLAUSIBLE])}{more}"
    if row["known"]:
        return f"**Solid: {title}** ({in_percent(float(row['probability']))}){plausible}"
    return f"**Solid: unknown**, {row['reason']}  \nClosest: {title}{plausible}"
