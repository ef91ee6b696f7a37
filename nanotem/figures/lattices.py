"""Figures of lattices: a particle, its spectrum with the spots named, its fringes alone, spacings of all particles."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from nanotem.figures.classes import CLASS_COLOURS
from nanotem.figures.palette import BARS, GREY, SERIES
from nanotem.figures.pictures import LABEL_COLOURS, Picture, grey_picture
from nanotem.figures.viewer import lay_under
from nanotem.lattice import PHASES, Spectrum, Spot, family_in_words, reflections
from nanotem.lattice.filtering import domains, filtered
from nanotem.lattice.measure import ParticleLattices
from nanotem.micrograph import Mask, Pixels

_PICTURE_PX = 480
_BEYOND = 1.25
"""How far beyond the finest spot the spectrum is shown."""

_SPECTRUM_PX, _FONT_PX, _CHARACTER_PX, _RING_PX = 385, 12, 6.6, 10
"""On the screen: side of the spectrum, height of a label, width of a character of it, radius of the ring of a spot."""

_BEHIND_LABELS = "rgba(0, 0, 0, 0.6)"
"""White letters are read on it where a spot is as bright as they are."""

_BINS = 60
_EACH_UP_TO = 8
"""Of so few every number has its tick: plotly would put some at halves."""
_LINES = 4
"""Planes of a crystal that are marked in a histogram: those that are seen."""


def particle_picture(pixels: Pixels, mask: Mask) -> Picture:
    """Show a particle enlarged, with its outline."""
    picture = _enlarged(grey_picture(pixels, longest_px=max(pixels.shape), stretch=True))
    edge = cv2.resize(mask.astype(np.uint8), picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    contours, _ = cv2.findContours(edge, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, LABEL_COLOURS[0], 2, cv2.LINE_AA)
    return picture


def fringe_picture(pixels: Pixels, mask: Mask, one: ParticleLattices, places: Sequence[int]) -> Picture:
    """Show the fringes of some of a particle's spots alone: the inverse transform of these.

    Parameters
    ----------
    pixels, mask
        Part of the micrograph with the particle, and where it is.
    one
        What it shows.
    places
        Of the spots to show, in their order.
    """
    waves = filtered(pixels, mask, [one.spots[place] for place in places])
    return _enlarged(grey_picture(waves, longest_px=max(waves.shape), stretch=True))


def domain_picture(pixels: Pixels, mask: Mask, one: ParticleLattices) -> Picture:
    """Colour a particle by the lattice that is strongest at each place."""
    where = domains(pixels, mask, one.spots)
    grey = grey_picture(pixels, longest_px=max(pixels.shape), stretch=True)
    table = np.array([(0, 0, 0), *LABEL_COLOURS], np.uint8)
    coloured = table[np.where(where > 0, (where - 1) % len(LABEL_COLOURS) + 1, 0)]
    mixed = np.where(where[..., None] > 0, (grey.astype(int) + coloured) // 2, grey)
    return _enlarged(np.asarray(mixed, np.uint8))


def lattice_colour(number: int) -> str:
    """Return the colour of a lattice, as "#rrggbb": that of its domain."""
    return "#{:02x}{:02x}{:02x}".format(*LABEL_COLOURS[(number - 1) % len(LABEL_COLOURS)])


def crystal_colour(answer: str) -> str:
    """Return the colour of a crystal by its symbol; grey for any other answer."""
    return CLASS_COLOURS[list(PHASES).index(answer) % len(CLASS_COLOURS)] if answer in PHASES else GREY


def spectrum_figure(spectrum: Spectrum, one: ParticleLattices, titles: Sequence[str]) -> go.Figure:
    """Show the spectrum of a particle with its spots marked in the colours of their lattices.

    Parameters
    ----------
    spectrum
        Of the particle.
    one
        What it shows.
    titles
        Of each spot.
    """
    reach = min(_BEYOND * max((spot.per_px for spot in one.spots), default=0.4), 0.5)
    half = round(reach * spectrum.side)
    middle = spectrum.side // 2
    right = spectrum.power[max(middle - half, 0) : middle + half + 1, : half + 1]
    whole = np.concatenate([right[::-1, :0:-1], right], axis=1)
    levels = np.log(np.maximum(whole, np.percentile(whole, 10)))
    figure = go.Figure()
    picture = grey_picture(levels, longest_px=_PICTURE_PX, stretch=True)
    lay_under(figure, picture, left=-reach, top=-reach, width=2 * reach, height=2 * reach)
    for sign in (1, -1):
        figure.add_trace(
            go.Scatter(
                x=[sign * spot.column_per_px for spot in one.spots],
                y=[sign * spot.row_per_px for spot in one.spots],
                mode="markers",
                marker={
                    "size": 18,
                    "symbol": "circle-open",
                    "line": {"width": 2},
                    "color": [lattice_colour(spot.lattice) for spot in one.spots],
                },
                hovertext=list(titles),
                hoverinfo="text",
                showlegend=False,
            )
        )
    for label in spot_labels(one.spots, titles, step=2 * reach / _SPECTRUM_PX, reach=reach):
        figure.add_annotation(
            x=label.x,
            y=label.y,
            text=label.text,
            showarrow=False,
            font={"color": "white", "size": _FONT_PX},
            bgcolor=_BEHIND_LABELS,
            borderpad=1,
        )
    figure.update_layout(height=_SPECTRUM_PX + 35, margin={"l": 0, "r": 0, "t": 35, "b": 0}, plot_bgcolor="black")
    figure.update_xaxes(visible=False, range=[-reach, reach])
    figure.update_yaxes(visible=False, range=[reach, -reach], scaleanchor="x")
    return figure


@dataclass(frozen=True)
class SpotLabel:
    """A label in a spectrum: its middle, half of its size, all per px, and what it says."""

    x: float
    y: float
    half_width: float
    half_height: float
    text: str

    def overlaps(self, other: "SpotLabel") -> bool:
        """Whether both cover a place."""
        return (
            abs(self.x - other.x) < self.half_width + other.half_width
            and abs(self.y - other.y) < self.half_height + other.half_height
        )


def spot_labels(spots: Sequence[Spot], titles: Sequence[str], *, step: float, reach: float) -> list[SpotLabel]:
    """Place labels beside spots, above or below either of a pair, so that none covers another label or spot.

    The strongest come first; one for which there is no room is left out, and its spots say it when they are pointed at.

    Parameters
    ----------
    spots, titles
        The strongest first, and what is to be said of each.
    step
        What a px on the screen spans.
    reach
        How far the spectrum is shown.
    """
    rings = [
        SpotLabel(sign * spot.column_per_px, sign * spot.row_per_px, _RING_PX * step, _RING_PX * step, "")
        for spot in spots
        for sign in (1, -1)
    ]
    placed: list[SpotLabel] = []
    for place, title in enumerate(titles):
        half_width, half_height = _CHARACTER_PX * len(title) / 2 * step, _FONT_PX * 0.7 * step
        away = _RING_PX * step + half_height
        for ring, side in product(rings[2 * place : 2 * place + 2], (-1, 1)):
            x = float(np.clip(ring.x, half_width - reach, reach - half_width))
            label = SpotLabel(x, ring.y + side * away, half_width, half_height, title)
            if abs(label.y) + half_height <= reach and not any(map(label.overlaps, [*rings, *placed])):
                placed.append(label)
                break
    return placed


def spacing_histogram(spacings: npt.NDArray[np.float64], *, unit: str, crystals: Sequence[str]) -> go.Figure:
    """Draw how often each spacing occurs, with the lines of crystals.

    Parameters
    ----------
    spacings
        Of all sets of planes.
    unit
        "nm" or "px"; crystals have lines only in nm.
    crystals
        Keys of `PHASES` whose planes are marked.
    """
    figure = go.Figure(
        go.Histogram(
            x=spacings,
            nbinsx=_BINS,
            marker={"color": BARS},
            name="Sets of planes",
            hovertemplate=f"%{{x}} {unit}<br>%{{y}} sets of planes<extra></extra>",
        )
    )
    for place, symbol in enumerate(crystals if unit == "nm" else ()):
        found, colour = reflections(symbol), SERIES[place % len(SERIES)]
        widest = np.unique(np.round(found.spacings_nm, 6))[::-1][:_LINES]
        for spacing in widest:
            hkl = found.hkl[np.argmin(np.abs(found.spacings_nm - spacing))]
            figure.add_vline(
                spacing,
                line={"color": colour, "width": 1.5, "dash": "dot"},
                annotation={"text": family_in_words(symbol, hkl.tolist()), "textangle": -90, "font": {"color": colour}},
            )
        figure.add_trace(
            go.Scatter(
                x=[None], y=[None], mode="lines", line={"color": colour, "dash": "dot"}, name=PHASES[symbol].name
            )
        )
    figure.update_xaxes(title=f"Spacing ({unit})")
    figure.update_yaxes(title="Sets of planes", dtick=1 if _highest(spacings) <= _EACH_UP_TO else None)
    return figure


def _highest(spacings: npt.NDArray[np.float64]) -> int:
    return int(np.histogram(spacings, _BINS)[0].max())


def _enlarged(picture: Picture) -> Picture:
    factor = _PICTURE_PX / max(picture.shape[:2])
    size = tuple(max(round(factor * side), 1) for side in picture.shape[1::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA))
