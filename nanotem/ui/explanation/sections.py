"""The answers on the explanation page: maps, how far they can be believed, and files."""

from collections.abc import Iterator
from functools import reduce
from time import monotonic
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from nanotem.explanation.alignment import aligned, mean_map
from nanotem.explanation.archive import description, to_npz
from nanotem.explanation.attribution import Attribution, Channel
from nanotem.explanation.methods import METHODS
from nanotem.explanation.regions import shares
from nanotem.figures.attribution import MapStyle, attribution_figure, attribution_png, causal_figure
from nanotem.files.names import safe_stem
from nanotem.percent import in_percent
from nanotem.ui.explanation import cached as explained
from nanotem.ui.explanation.question import Asked
from nanotem.ui.kit.plots import CONFIG, show_plot
from nanotem.ui.kit.tables import NOT_KNOWN, download

_PER_ROW = 3
_PATIENCE_S = 0.5
"""What is done sooner shows no bar, as Streamlit's own spinner does not."""


def maps(asked: Asked) -> dict[str, Attribution]:
    """Return the maps of each method; long work shows how far it is, and can be stopped.

    A click on anything ends the work before the next map; those that are done are remembered.
    """
    jobs = [(method, k) for method in asked.methods for k in range(len(asked.labels))]
    found: dict[str, list[Attribution]] = {method: [] for method in asked.methods}
    for (method, k), _ in zip(jobs, _progress([METHODS[method].title for method, _ in jobs], key="maps"), strict=True):
        one = explained.attribution(asked.key, asked.labels[k], asked.question, method, asked.explainer, asked.crops[k])
        found[method].append(one)
    return {method: reduce(Attribution.then, several) for method, several in found.items()}


def side_by_side(asked: Asked, found: dict[str, Attribution], style: MapStyle, channel: Channel) -> None:
    """Show one map per method: of the particle, or the mean of several that are laid on each other."""
    st.subheader(str(asked.question), anchor=False)
    for begin in range(0, len(found), _PER_ROW):
        for column, (name, one) in zip(
            st.columns(_PER_ROW), list(found.items())[begin : begin + _PER_ROW], strict=False
        ):
            with column, st.container(border=True):
                _one_method(asked, name, one, style, channel)


def faithfulness(asked: Asked) -> None:
    """Test each map of the chosen particle, on demand."""
    if not st.toggle("How far can each map be believed?", key="explain.faithful", persist_state="session"):
        return
    titles = {method: METHODS[method].title for method in asked.methods}
    tested = {}
    for (method, title), _ in zip(titles.items(), _progress(list(titles.values()), key="tests"), strict=True):
        tested[title] = explained.faithfulness(
            asked.key, asked.labels[0], asked.question, method, asked.explainer, asked.crops[0]
        )
    rows = {
        title: (one.deletion.area, one.insertion.area, one.mu_fidelity, one.stability, one.without_knowledge)
        for title, one in tested.items()
    }
    config: Any = {
        title: st.column_config.NumberColumn(title, help=help_, format="%.2f") for title, help_ in _TESTS.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(_TESTS))
    st.dataframe(table, column_config=config, placeholder=NOT_KNOWN)
    for column, removing in zip(st.columns(2), (True, False), strict=True):
        curves = {title: one.deletion if removing else one.insertion for title, one in tested.items()}
        name = "Deletion" if removing else "Insertion"
        with column:
            show_plot(causal_figure(curves, removing=removing), key=f"explain.{name}", alt=f"{name} curves")
    st.caption(f"For particle {asked.labels[0]}. In brackets: area under the curve.")
    download(table.rename_axis("Method").reset_index(), "Tests as CSV", file_name=f"{_stem(asked)}.tests.csv")


def downloads(asked: Asked, found: dict[str, Attribution]) -> None:
    """Offer all maps as numbers, with what produced them."""
    st.download_button(
        "All maps as NumPy archive",
        data=lambda: to_npz(list(found.values()), asked.crops, asked.origin),
        file_name=f"{_stem(asked)}.maps.npz",
        mime="application/octet-stream",
        icon=":material/download:",
        on_click="ignore",
        key="explain.npz",
    )


_TESTS = {
    "Deletion": "Area under the probability while the most important pixels are removed first: small is good.",
    "Insertion": "The same while they are put into an empty crop: large is good.",
    "µFidelity": "Rank correlation of a patch's attribution with what its removal does to the score: 1 is best.",
    "Stability": "Rank correlation with the maps of slightly noisy crops: 1 is best.",
    "Without knowledge": "Rank correlation with the map of a network with shuffled weights: near 0 is good. Near 1 the "
    "map shows the picture and not the reason.",
}


def _progress(titles: list[str], *, key: str) -> Iterator[str]:
    """Go through the titles of jobs, and show how far it is and a way to stop once it takes a while."""
    place, began, bar = st.empty(), monotonic(), None
    for number, title in enumerate(titles):
        if bar is None and monotonic() - began > _PATIENCE_S:
            with place.container():
                bar = st.empty()
                st.button("Stop", icon=":material/stop:", key=f"explain.stop.{key}", on_click=_stop, args=(key,))
        if bar is not None:
            bar.progress(number / len(titles), text=f"{title}: {number + 1} of {len(titles)}")
        yield title
    place.empty()


def _stop(key: str) -> None:
    """Ask for less: the next run would go on with the same work."""
    less: dict[str, Any] = {
        "maps": {"explain.thorough": [], "explain.together": 1, "explain.faithful": False},
        "tests": {"explain.faithful": False},
    }
    st.session_state.update(less[key])


def _one_method(asked: Asked, name: str, one: Attribution, style: MapStyle, channel: Channel) -> None:
    method, several = one.method, len(asked.labels) > 1
    crops, values = asked.crops, one.maps(channel)
    if several:
        crops, values = aligned(crops, values)
        values = mean_map(values)[None]
    crop = crops.mean(axis=0)
    backdrop = asked.explainer.to_input(crop[None])[0, ..., 0]
    st.markdown(f"**{method.title}**", help=method.shows)
    figure = attribution_figure(
        backdrop,
        values[0],
        crop[..., 1],
        signed=method.signed,
        scale_title=_scale_title(asked, one, several),
        style=style,
    )
    st.plotly_chart(figure, key=f"explain.map.{name}", config=CONFIG, alt=f"{method.title} over the particle")
    there, uniform = shares(values[0], crop[..., 1] > 0.5), shares(np.ones_like(values[0]), crop[..., 1] > 0.5)
    st.caption(
        " · ".join(
            f"{region} **{in_percent(there[region])}** (of the area {in_percent(uniform[region])})" for region in there
        )
    )
    st.download_button(
        "PNG",
        data=lambda: attribution_png(
            backdrop,
            values[0],
            signed=method.signed,
            description=description(one, asked.origin) | {"shown": {"channel": channel, "mean_of_aligned": several}},
            style=style,
        ),
        file_name=f"{_stem(asked)}.{name}.png",
        mime="image/png",
        icon=":material/download:",
        on_click="ignore",
        key=f"explain.png.{name}",
    )


def _scale_title(asked: Asked, one: Attribution, several: bool) -> str:
    unit = " (mean strength 1)" if several else ""
    if one.method.signed:
        return f"speaks for {asked.question.target}{unit}"
    return f"importance for {asked.question.target}{unit}"


def _stem(asked: Asked) -> str:
    return f"{safe_stem(asked.origin.image_name)}.{'-'.join(map(str, asked.labels[:3]))}.{asked.question.target}"
