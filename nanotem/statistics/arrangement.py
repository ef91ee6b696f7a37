"""How many particles there are per area, how much of it they cover, and how they lie: clustered, random or ordered."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree
from scipy.special import chdtri, stdtrit

from nanotem.errors import ParameterError
from nanotem.measurement.flags import has_flag
from nanotem.micrograph import Labels, Mask
from nanotem.percent import in_percent
from nanotem.statistics.clustered import clustered_mean
from nanotem.statistics.estimate import Estimate, FloatArray, table_of
from nanotem.statistics.nearest import to_next_disc, to_next_outline
from nanotem.statistics.weights import frame_weights

Verdict = Literal["clustered", "random", "ordered", "packed", "unknown"]

_BLOCKS_ALONG = 4
"""The frame is divided into 4 x 4 blocks, which stand for independent parts of the sample: enough for Student's t (2.13
in the place of 1.96), and large enough that clumps seldom reach over several."""

FEWEST_TO_JUDGE = 10
"""Below so many particles random patterns scatter too much for a verdict: 2 standard deviations of the index are
0.4."""

_PACKED_FROM = 0.4
"""Area covered. Discs placed one after the other jam at 0.55; beyond 0.4 most redrawn places are taken again, and all
that a picture can show is that the particles are packed."""

_N_SIMULATED = 99
"""Random patterns: a standard deviation known to 7 %."""

_MOST_SIMULATED = 20_000
"""Particles times patterns, so that two thousand particles take seconds; fewer patterns there, at least 19."""

_MOST_ROUNDS = 200
"""Redrawing of overlapping discs; at a coverage of 0.4 about 60 are needed."""


@dataclass(frozen=True)
class Neighbours:
    """Distances to the nearest neighbour of each particle, against random places.

    Parameters
    ----------
    mean
        Mean distance, corrected for neighbours that the frame hides (Hanisch), with its interval.
    index
        Mean distance divided by that of the same particles at random places where they do not overlap (Clark and Evans,
        Ecology 35 (1954) 445, with simulated places): below 1 clustered, above 1 ordered. The interval is that of the
        observed over random places.
    expected
        Mean distance at random places; the ends hold 95 % of random patterns.
    verdict
        What that says.
    """

    mean: Estimate
    index: Estimate
    expected: Estimate
    verdict: Verdict

    @property
    def index_in_words(self) -> str:
        """What the index is, where it would lie at random places, and what follows."""
        ends = Estimate(1.0, self.expected.low / self.expected.value, self.expected.high / self.expected.value)
        between = "" if np.isnan(ends.low) else f", of which 95 % lie at {ends.ends_in_words()}"
        return f"Mean distance over that of random places{between}: {self.verdict}."


@dataclass(frozen=True)
class Arrangement:
    """Where the particles lie.

    Parameters
    ----------
    unit
        "nm" or "px", of distances; areas are in its square.
    density
        Particles per unit of area, corrected for those that the frame cuts.
    coverage
        Share of the area that particles cover on the picture, cut ones included.
    centre_to_centre, edge_to_edge
        Nearest neighbours by their centres, and by their outlines, 0 where they touch.
    notes
        What limits this, in sentences.
    """

    unit: str
    density: Estimate
    coverage: Estimate
    centre_to_centre: Neighbours
    edge_to_edge: Neighbours
    notes: tuple[str, ...]

    @property
    def density_per_um2(self) -> Estimate:
        """Particles per µm²; NaN where the sizes are in px."""
        factor = 1e6 if self.unit == "nm" else float("nan")
        return Estimate(self.density.value * factor, self.density.low * factor, self.density.high * factor)

    @property
    def in_words(self) -> str:
        """How the particles lie, in a sentence."""
        found = self.centre_to_centre
        if found.verdict == "unknown":
            return f"Too few particles to say how they lie: at least {FEWEST_TO_JUDGE} whole ones are needed."
        if found.verdict == "packed":
            return f"Packed: particles cover {in_percent(self.coverage.value)} of the area, too much for random places."
        compared = {
            "clustered": "nearer to each other than at random places: clustered",
            "ordered": "farther from each other than at random places: ordered",
            "random": "as near to each other as at random places: random",
        }[found.verdict]
        return f"Nearest neighbours are {compared}. Their index is {found.index.in_words()}."

    def to_frame(self) -> pd.DataFrame:
        """Return quantity, value, low, high, unit, definition."""
        rows = [
            ("Number density", self.density, f"1/{self.unit}²", "Σ w / free area, w the weights of the frame."),
            ("Area covered", self.coverage, "", "Area of all outlines / free area, as projected."),
        ]
        for name, one in (("centre to centre", self.centre_to_centre), ("edge to edge", self.edge_to_edge)):
            rows += [
                (
                    f"Nearest neighbour, {name}",
                    one.mean,
                    self.unit,
                    "Mean distance, corrected for the frame (Hanisch).",
                ),
                (f"Index, {name}", one.index, "", one.index_in_words),
            ]
        return table_of(rows)


def arrangement_of(
    particles: pd.DataFrame, labels: Labels, *, frame: Mask, nm_per_px: float | None = None, seed: int = 0
) -> Arrangement:
    """Say how many particles there are per area, how much they cover, and whether they lie at random.

    Intervals rest on 4 x 4 blocks of the frame as independent parts, so that clumps widen them. They hold for this
    image; between images a sample varies more.

    Parameters
    ----------
    particles
        A particle table of `labels`.
    labels
        Shape of the image, 0 for no particle.
    frame
        The same shape, False where it is no micrograph.
    nm_per_px
        The scale; None leaves all in pixels.
    seed
        Of the random places.

    Raises
    ------
    ParameterError
        If `labels` and `frame` differ in shape, or the scale is not above 0.
    """
    if labels.shape != frame.shape:
        raise ParameterError(f"Labels of shape {labels.shape}, a frame of {frame.shape}.", "Pass those of one image.")
    if nm_per_px is not None and not nm_per_px > 0:
        raise ParameterError(f"A scale of {nm_per_px:g} nm per pixel is not above 0.", "Pass None without a scale.")
    unit, size = ("px", 1.0) if nm_per_px is None else ("nm", nm_per_px)
    weights = frame_weights(particles, labels.shape, frame=frame)
    places = particles[["row_px", "column_px"]].to_numpy(np.float64)
    radii = particles["diameter_px"].to_numpy(np.float64) / 2
    blocks = _Blocks.of(frame)
    density = _scaled(_per_area(weights, places, blocks), size**-2)
    covered = _per_area(particles["area_px"].to_numpy(np.float64), places, blocks)
    coverage = Estimate(covered.value, min(covered.low, 1.0), min(covered.high, 1.0))
    whole = ~has_flag(particles, "touches_frame").to_numpy()
    room = _Room.of(frame)
    packed = coverage.value > _PACKED_FROM
    discs = _drawn_discs(radii, weights, seed)
    random = [] if packed or whole.sum() < FEWEST_TO_JUDGE else _random_places(discs, frame, seed)
    both = []
    for distance, reach in (
        (to_next_disc(places, np.zeros_like(radii)), np.zeros_like(radii)),
        (
            to_next_outline(labels, particles["label"].to_numpy(), places, particles["feret_max_px"].to_numpy()),
            radii,
        ),
    ):
        own = discs if reach.any() else np.zeros_like(discs)
        at_random = [_corrected(to_next_disc(p, own), p, own, room, None).value for p in random]
        seen = _corrected(distance, places, reach, room, whole)
        both.append(_against(seen, np.array(at_random), packed, size))
    notes = []
    if packed:
        notes.append(f"Particles cover {in_percent(coverage.value)}: distances are not compared with random places.")
    if nm_per_px is None:
        notes.append("Without a scale all is in pixels.")
    return Arrangement(unit, density, coverage, both[0], both[1], tuple(notes))


@dataclass(frozen=True, eq=False)
class _Blocks:
    """Parts of the frame that stand for independent parts of the sample."""

    shape: tuple[int, int]
    areas: FloatArray

    @classmethod
    def of(cls, frame: Mask) -> "_Blocks":
        cells = _block_of(np.argwhere(frame), frame.shape)
        return cls(frame.shape, np.bincount(cells, minlength=_BLOCKS_ALONG**2).astype(np.float64))

    def block(self, places: FloatArray) -> npt.NDArray[np.intp]:
        """Return the block of each place."""
        return _block_of(places, self.shape)


@dataclass(frozen=True, eq=False)
class _Room:
    """How far the frame's edge is from each pixel, and all those distances in order."""

    distance: FloatArray
    ordered: FloatArray

    @classmethod
    def of(cls, frame: Mask) -> "_Room":
        padded = np.pad(frame, 1).astype(np.uint8)
        distance = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1].astype(np.float64)
        return cls(distance, np.sort(distance[frame]))


def _block_of(places: npt.NDArray[np.floating | np.integer], shape: tuple[int, ...]) -> npt.NDArray[np.intp]:
    cells = np.clip((places + 0.5) * _BLOCKS_ALONG // np.array(shape), 0, _BLOCKS_ALONG - 1).astype(np.intp)
    return cells[:, 0] * _BLOCKS_ALONG + cells[:, 1]


def _per_area(amounts: FloatArray, places: FloatArray, blocks: _Blocks) -> Estimate:
    """Return Σ amounts / area with its interval, symmetric in the square root, which steadies counts."""
    area = float(blocks.areas.sum())
    total = float(amounts.sum())
    if area == 0:
        return Estimate(float("nan"))
    value = total / area
    if total == 0:
        return Estimate(0.0, 0.0, float(chdtri(2, 0.025)) / 2 / area if amounts.size == 0 else float("nan"))
    used = blocks.areas > 0
    sums = np.bincount(blocks.block(places), amounts, minlength=blocks.areas.size)[used]
    n = int(used.sum())
    if n < 2:
        return Estimate(value)
    error = float(np.sqrt(n / (n - 1) * ((sums - value * blocks.areas[used]) ** 2).sum())) / area
    error = max(error, total / len(amounts) / 2 / area)  # half a particle: blocks of a perfect lattice are all alike
    root, reach = np.sqrt(value), float(stdtrit(n - 1, 0.975)) * error / (2 * np.sqrt(value))
    return Estimate(value, float(max(root - reach, 0.0) ** 2), float((root + reach) ** 2))


def _corrected(
    distance: FloatArray, places: FloatArray, reach: FloatArray, room: _Room, usable: npt.NDArray[np.bool_] | None
) -> Estimate:
    """Return the mean distance without the bias of neighbours outside the frame.

    A particle counts if the frame is farther away than its neighbour, by the inverse of the area of places where that
    could be: K.-H. Hanisch, Math. Operationsforsch. Stat. 15 (1984) 409.
    """
    rows, columns = np.clip(np.round(places).astype(int), 0, np.array(room.distance.shape) - 1).T
    counted = distance + reach <= room.distance[rows, columns]
    if usable is not None:
        counted &= usable
    if not counted.any():
        return Estimate(float("nan"))
    free = room.ordered.size - np.searchsorted(room.ordered, (distance + reach)[counted])
    image = pd.factorize(_block_of(places[counted], room.distance.shape))[0]
    return clustered_mean(distance[counted], 1 / np.maximum(free, 1), image).interval()


def _against(seen: Estimate, at_random: FloatArray, packed: bool, size: float) -> Neighbours:
    """Hold the mean distance against those of random places."""
    known = at_random[np.isfinite(at_random)]
    if known.size < 2 or np.isnan(seen.value):
        nothing = Estimate(float("nan"))
        return Neighbours(_scaled(seen, size), nothing, nothing, "packed" if packed else "unknown")
    mean, sd = float(known.mean()), float(known.std(ddof=1))
    reach = float(stdtrit(known.size - 1, 0.975)) * sd * np.sqrt(1 + 1 / known.size)
    verdict: Verdict = "random"
    if abs(seen.value - mean) > reach:
        verdict = "clustered" if seen.value < mean else "ordered"
    expected = Estimate(mean, mean - reach, mean + reach)
    return Neighbours(_scaled(seen, size), _scaled(seen, 1 / mean), _scaled(expected, size), verdict)


def _scaled(one: Estimate, factor: float) -> Estimate:
    low, high = max(one.low, 0.0) if one.low == one.low else one.low, one.high
    return Estimate(one.value * factor, low * factor, high * factor)


def _drawn_discs(radii: FloatArray, weights: FloatArray, seed: int) -> FloatArray:
    """Return the radii of as many discs as have their centre in the frame, which some cut particles have not."""
    if not weights.any():
        return radii[:0]
    n = round(float(weights.sum()))
    return np.random.default_rng(seed).choice(radii, n, p=weights / weights.sum())


def _random_places(radii: FloatArray, frame: Mask, seed: int) -> list[FloatArray]:
    """Return patterns of discs at random places in the frame; the smaller of two that overlap is redrawn."""
    n = len(radii)
    generator = np.random.default_rng(seed)
    free = np.argwhere(frame)
    n_patterns = int(np.clip(_MOST_SIMULATED // n, 19, _N_SIMULATED))
    patterns = []
    for _ in range(n_patterns):
        places = _drawn(generator, free, n)
        for _ in range(_MOST_ROUNDS):
            pairs = cKDTree(places).query_pairs(2 * float(radii.max()), output_type="ndarray")
            apart = np.hypot(*(places[pairs[:, 0]] - places[pairs[:, 1]]).T)
            overlapping = pairs[apart < radii[pairs].sum(axis=1)]
            if not len(overlapping):
                break
            smaller = np.where(
                radii[overlapping[:, 0]] < radii[overlapping[:, 1]], overlapping[:, 0], overlapping[:, 1]
            )
            again = np.unique(smaller)
            places[again] = _drawn(generator, free, again.size)
        patterns.append(places)
    return patterns


def _drawn(generator: np.random.Generator, free: npt.NDArray[np.intp], n: int) -> FloatArray:
    drawn: FloatArray = free[generator.integers(len(free), size=n)] + generator.uniform(-0.5, 0.5, (n, 2))
    return drawn
