"""The parts of the page Lattices."""

from collections import Counter
from functools import partial

import pandas as pd
import streamlit as st

from nanotem.figures.classes import answer_viewer
from nanotem.figures.lattices import (
    domain_picture,
    fringe_picture,
    lattice_colour,
    particle_picture,
    spacing_histogram,
    spectrum_figure,
)
from nanotem.figures.pictures import encode, micrograph_picture
from nanotem.files.names import safe_stem
from nanotem.lattice import LEAST_AMPLITUDE_OVER_NOISE, PHASES, ParticleLattices, scale_from_lattice, spectrum_of
from nanotem.lattice.columns import crystals_in_words
from nanotem.lattice.indexing import ASSUMED_SCALE_UNCERTAINTY
from nanotem.micrograph import Micrograph
from nanotem.percent import in_percent
from nanotem.ui.kit.analysis import editor_outlines
from nanotem.ui.kit.plots import CONFIG, show_plot
from nanotem.ui.kit.scale import use_scale
from nanotem.ui.kit.selection import choose_clicked
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.tables import NOT_KNOWN, download, particle_table
from nanotem.ui.kit.tiles import show_tiles
from nanotem.ui.lattices.view import View


def headline(view: View) -> None:
    """Show how many particles show a lattice, and how many of these more than one."""
    found = view.lattices
    seen = [one for one in found.particles.values() if one.spots]
    several = sum(one.n_lattices > 1 for one in seen)
    share = f" ({in_percent(found.share)})" if found.particles else ""
    show_tiles(
        [
            ("Show a lattice", f"{len(seen)} of {len(found.particles)}{share}", ""),
            ("More than one lattice", f"{several}", "twins, grains or overlaps" if several else ""),
        ]
    )
    if found.particles and not seen:
        reason, n = Counter(one.reason for one in found.particles.values()).most_common(1)[0]
        of = "" if n == len(found.particles) else f"Of {n} of these particles: "
        st.info(f"{of}{reason}", icon=":material/grid_off:")
    if found.scale is None:
        st.info(
            "Spacings are in pixels: indexing needs a scale. Set it on the page Image.", icon=":material/straighten:"
        )
    elif not found.scale.relative_uncertainty:
        st.caption(
            f"The scale does not say how sure it is; {in_percent(ASSUMED_SCALE_UNCERTAINTY)} are reckoned with when "
            "crystals are compared. The uncertainties of spacings are without it."
        )


def on_image(view: View) -> None:
    """Colour the particles by their crystal on the micrograph; a click chooses one."""
    micrograph, found = view.analysis.micrograph, view.lattices.particles
    answers = [view.answer(found.get(label, ParticleLattices(label))) for label in view.particles["label"]]
    chosen = view.chosen
    figure = answer_viewer(
        micrograph_picture(micrograph.pixels),
        micrograph.shape,
        view.particles,
        editor_outlines(view.analysis),
        pd.Series(answers, index=view.particles.index, dtype=str),
        colour=view.colour,
        scale=view.lattices.scale,
        chosen=chosen.label if chosen else None,
    )
    st.plotly_chart(
        figure,
        key="lattices.image",
        on_select=partial(choose_clicked, "lattices.image", view.chosen_key),
        config={**CONFIG, "scrollZoom": True},
        alt="The micrograph with particles coloured by crystal",
    )
    st.caption("Click a particle to see its spectrum. Where several crystals fit, the colour is that of the likeliest.")


def spacings(view: View) -> None:
    """Show the spacings of all particles with the lines of crystals."""
    table = view.lattices.spots_table()
    if table.empty:
        st.info("No particle shows a lattice.", icon=":material/grid_off:")
        return
    marked = st.multiselect(
        "Mark the planes of",
        list(PHASES),
        default=_likeliest(view),
        max_selections=3,
        format_func=lambda symbol: f"{PHASES[symbol].name.capitalize()} ({symbol})",
        key=f"lattices.marked.{view.analysis.micrograph.id}",
        disabled=view.unit == "px",
    )
    figure = spacing_histogram(table[f"spacing_{view.unit}"].to_numpy(), unit=view.unit, crystals=marked)
    show_plot(figure, key="lattices.histogram", alt="How often each spacing occurs")
    download(table, "Spacings as CSV", file_name=f"{safe_stem(view.analysis.micrograph.name)}.spacings.csv")


def _likeliest(view: View) -> list[str]:
    """Return the crystal that most particles are likeliest to be."""
    first = pd.Series(
        [one.candidates[0].symbol for one in view.lattices.particles.values() if one.candidates], dtype=str
    )
    return first.value_counts().index[:1].tolist()


def table(view: View) -> None:
    """Show one row per particle."""
    particle_table(view.particles, file_name=f"{safe_stem(view.analysis.micrograph.name)}.lattices.csv")


def known_crystal(work: Work, view: View, micrograph: Micrograph) -> None:
    """Compare the scale with the spacings of a crystal that the particles are known to be, and offer that scale."""
    st.markdown("If you know what the particles are, their lattice calibrates the image.")
    named = work.recipe.lattice.named
    symbol = st.selectbox(
        "The particles are",
        list(PHASES),
        index=list(PHASES).index(named) if named else None,
        placeholder="Choose a crystal",
        format_func=lambda one: f"{PHASES[one].name.capitalize()} ({one})",
        key=f"lattices.known.{micrograph.id}.{named}",
    )
    if symbol is None:
        return
    said = scale_from_lattice(view.lattices, symbol)
    st.write(said.in_words)
    if said.scale is not None:
        st.button(
            f"Use {said.scale.nm_per_px:.5g} nm / px",
            icon=":material/straighten:",
            key="lattices.use_scale",
            on_click=use_scale,
            args=(work, micrograph, said.scale),
        )
    st.caption(f"Cell: {PHASES[symbol].source}.")


def particle_detail(view: View) -> None:
    """Show one particle: crop, spectrum, fringes alone, domains and table."""
    one = view.chosen
    st.session_state[view.chosen_key] = one.label if one else None
    st.selectbox(
        "Particle",
        list(view.lattices.particles),
        index=None,
        placeholder="Click a particle",
        key=view.chosen_key,
        persist_state="session",
    )
    if one is None:
        st.caption("No particle shows a lattice. Choose one to see why.")
        return
    label = one.label
    _verdict(view, one)
    pixels, mask = view.cropped(label)
    titles = _titles(view, one)
    st.plotly_chart(
        spectrum_figure(spectrum_of(pixels, mask), one, titles),
        key=f"lattices.spectrum.{label}",
        config=CONFIG,
        alt="Spectrum of the particle with its spots",
    )
    chosen = list(range(len(one.spots)))
    if one.spots:
        chosen = st.multiselect(
            "Fringes of", chosen, default=chosen, format_func=titles.__getitem__, key=f"lattices.shown.{label}"
        )
    pictures = {"Particle": particle_picture(pixels, mask)}
    if one.spots:
        pictures["These fringes alone"] = fringe_picture(pixels, mask, one, chosen)
    if one.n_lattices > 1:
        pictures["Strongest lattice"] = domain_picture(pixels, mask, one)
    for column, (title, picture) in zip(st.columns(len(pictures)), pictures.items(), strict=True):
        column.image(encode(picture), caption=title, width="stretch", alt=f"{title}, particle {label}")
    if one.spots:
        _spots(view, one)


def _verdict(view: View, one: ParticleLattices) -> None:
    """Say what the particle shows."""
    if not one.spots:
        st.info(one.reason, icon=":material/grid_off:")
        return
    n = one.n_lattices
    lines = [f"**{'One lattice' if n == 1 else f'{n} lattices: twins, grains or an overlap'}**"]
    if len(one.spots) == 1:
        lines = ["**One set of planes**, which many crystals have: a second direction would tell more."]
    crystals = crystals_in_words(one, view.lattices)
    if one.candidates:
        likeliest = one.candidates[0]
        zones = ", ".join(filter(None, one.zones))
        lines.append(
            f"Fits {crystals}" + (f"; as {PHASES[likeliest.symbol].name} along {zones}" if zones else "") + "."
        )
    elif crystals:
        lines.append("No crystal of the table fits: is the scale right, or is it another crystal?")
    st.markdown("  \n".join(lines))


def _titles(view: View, one: ParticleLattices) -> list[str]:
    planes = one.planes or ("",) * len(one.spots)
    spacings = [view.spacing(spot)[0] for spot in one.spots]
    return [f"{spacing:.3f} {view.unit} {of}".strip() for spacing, of in zip(spacings, planes, strict=True)]


def _spots(view: View, one: ParticleLattices) -> None:
    planes = one.planes or ("",) * len(one.spots)
    shown = pd.DataFrame(
        {
            "Lattice": [spot.lattice for spot in one.spots],
            "Spacing": [view.spacing_in_words(spot) for spot in one.spots],
            "Planes": planes,
            "Normal (°)": [f"{spot.direction_deg:.1f}" for spot in one.spots],
            "Amplitude / noise": [f"{spot.amplitude_over_noise:.1f}" for spot in one.spots],
        }
    )
    colours = [f"color: {lattice_colour(spot.lattice)}; font-weight: bold" for spot in one.spots]
    st.dataframe(shown.style.apply(lambda _: colours, subset=["Lattice"]), hide_index=True, placeholder=NOT_KNOWN)
    st.caption(
        f"Planes for the likeliest crystal. Below an amplitude of {LEAST_AMPLITUDE_OVER_NOISE:g} times the noise "
        "nothing is reported."
    )
