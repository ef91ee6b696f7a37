"""Spots of a spectrum: sets of planes, to a fraction of a frequency step, each with its uncertainty."""

from dataclasses import dataclass, replace
from math import atan2, degrees, hypot, sqrt

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.lattice.spectrum import LEAST_SPACING_PX, Spectrum, Values

LEAST_AMPLITUDE_OVER_NOISE = 5.0
"""Below it a spot may be chance; `python -m benchmarks.lattices` prints how often one is found where there is none."""

_MOST_SPOTS = 24
"""Along [110] of gold 9 sets of planes lie above 0.1 nm; five-fold twins show 25 with those that they share."""

_APART_CELLS = 3.0
"""Nearer to a stronger spot a maximum belongs to it: the window's main lobe ends at 2 cells, and a grain that fills
half of the particle has lobes twice as wide."""

_RIVAL = 0.2
"""Share of a spot's power from which on a second maximum beside it says that the spot is split: grains whose planes are
parallel but out of step. A window's own side lobes are below 0.02."""

_ALONG_CELLS, _ACROSS_CELLS = 8.0, 10.0
"""How far along its ray and along its ring a spot is compared with its neighbours."""

_LEAST_SAMPLES = 6
"""Fewer places give no median worth having."""


@dataclass(frozen=True)
class Spot:
    """A set of planes that a particle shows: a pair of spots in its spectrum.

    Parameters
    ----------
    row_per_px, column_per_px
        Frequency; of the pair the one with a column of 0 or more.
    radial_uncertainty_per_px, tangential_uncertainty_per_px
        Standard uncertainty of the frequency, from noise and from the width of the spot.
    amplitude_over_noise
        √(power / mean power of the noise beside it).
    amplitude
        Of the fringes, in grey levels.
    lattice
        Number of the lattice that it belongs to, from 1; 0 before they are told apart.
    indices
        Its place in this lattice: steps along its two axes; (n, 0) where it has one.
    """

    row_per_px: float
    column_per_px: float
    radial_uncertainty_per_px: float
    tangential_uncertainty_per_px: float
    amplitude_over_noise: float
    amplitude: float
    lattice: int = 0
    indices: tuple[int, int] = (0, 0)

    @property
    def per_px(self) -> float:
        """Frequency."""
        return hypot(self.row_per_px, self.column_per_px)

    @property
    def spacing_px(self) -> float:
        """Distance of the planes."""
        return 1 / self.per_px

    @property
    def spacing_uncertainty_px(self) -> float:
        """Its standard uncertainty; that of the scale comes on top in nm."""
        return self.radial_uncertainty_per_px / self.per_px**2

    @property
    def direction_deg(self) -> float:
        """Direction of the planes' normal, from horizontal, counter-clockwise, 0 to 180."""
        return degrees(atan2(-self.row_per_px, self.column_per_px)) % 180

    @property
    def direction_uncertainty_deg(self) -> float:
        """Its standard uncertainty."""
        return degrees(self.tangential_uncertainty_per_px / self.per_px)

    def within(self, lattice: int, indices: tuple[int, int]) -> "Spot":
        """Return the spot as one of a lattice."""
        return replace(self, lattice=lattice, indices=indices)


def find_spots(spectrum: Spectrum, *, finest_px: float = LEAST_SPACING_PX, coarsest_px: float = np.inf) -> list[Spot]:
    """Return the spots of a spectrum that stand out from the noise, the strongest first.

    A spot must stand out from its ring, from its neighbours along the ring (an astigmatic support) and from those along
    its ray (the streak that a straight edge or the lines of a scan leave).

    Parameters
    ----------
    spectrum
        Of a particle.
    finest_px, coarsest_px
        Between which spacings is looked; the spectrum's own limits hold in any case.
    """
    coarsest_px = min(coarsest_px, spectrum.coarsest_px)
    if finest_px >= coarsest_px:
        return []
    wide = _Wide.of(spectrum)
    found: list[tuple[float, float, float, Spot]] = []
    for row, column in wide.maxima(1 / coarsest_px, 1 / finest_px):
        power = float(wide.power[row, column])
        at_row, at_column = float(row - wide.middle), float(column - wide.margin)
        if not spectrum.holds_enough(at_row / spectrum.side, at_column / spectrum.side):
            continue
        if _is_of_another(at_row, at_column, power, found, spectrum.cell_steps):
            _widen(at_row, at_column, power, found, spectrum)
            continue
        spot = _spot(wide, row, column)
        if spot is not None and spot.amplitude_over_noise >= LEAST_AMPLITUDE_OVER_NOISE:
            found.append((at_row, at_column, power, spot))
            if len(found) == _MOST_SPOTS:
                break
    spots = [spot for *_, spot in found if 1 / coarsest_px <= spot.per_px <= 1 / finest_px]
    return sorted(spots, key=lambda spot: -spot.amplitude_over_noise)


@dataclass(frozen=True, eq=False)
class _Wide:
    """A half spectrum with a margin of negative columns, so that every spot has neighbours on all sides."""

    spectrum: Spectrum
    power: Values
    noise: Values
    margin: int

    @classmethod
    def of(cls, spectrum: Spectrum) -> "_Wide":
        margin = min(int(3 * spectrum.cell_steps) + 2, spectrum.side // 2)
        power, noise = (_mirrored(one, spectrum.side, margin) for one in (spectrum.power, spectrum.noise))
        return cls(spectrum, power, noise, margin)

    @property
    def middle(self) -> int:
        return self.spectrum.side // 2

    def maxima(self, low_per_px: float, high_per_px: float) -> list[tuple[int, int]]:
        """Return local maxima over the noise of their rings, the most powerful first, one of each pair."""
        reach = 2 * max(round(self.spectrum.cell_steps), 1) + 1
        highest = cv2.dilate(self.power, np.ones((reach, reach), np.uint8))
        least = np.float32(LEAST_AMPLITUDE_OVER_NOISE**2)
        rows, columns = np.nonzero((self.power == highest) & (self.power >= least * self.noise))
        down, across = rows - self.middle, columns - self.margin
        per_px = np.hypot(down, across) / self.spectrum.side
        inner = (rows > 0) & (rows < self.power.shape[0] - 1) & (columns < self.power.shape[1] - 1)
        half = (across > 0) | ((across == 0) & (down > 0))
        kept = inner & half & (per_px >= low_per_px) & (per_px <= high_per_px)
        rows, columns = rows[kept], columns[kept]
        order = np.argsort(-self.power[rows, columns], kind="stable")
        return list(zip(rows[order].tolist(), columns[order].tolist(), strict=True))

    def median_noise(self, rows: npt.NDArray[np.float64], columns: npt.NDArray[np.float64]) -> float:
        """Return the mean power of noise at places, from their median; 0 if they are too few."""
        side = self.spectrum.side
        sign = np.where(columns < 0, -1, 1)
        at = np.rint(rows * sign).astype(int) + self.middle, np.rint(columns * sign).astype(int)
        inside = (at[0] >= 0) & (at[0] < side) & (at[1] <= side // 2)
        if inside.sum() < _LEAST_SAMPLES:
            return 0.0
        return float(np.median(self.spectrum.power[at[0][inside], at[1][inside]]) / np.log(2))


def _mirrored(values: Values, side: int, margin: int) -> Values:
    turned = np.roll(values[::-1], 1 - side % 2, axis=0)
    return np.concatenate([turned[:, margin:0:-1], values], axis=1)


def _is_of_another(
    row: float, column: float, power: float, found: list[tuple[float, float, float, Spot]], cell_steps: float
) -> bool:
    """Whether a maximum may be part of a stronger spot.

    The amplitude of what a window of any shape leaks falls at least as fast as 1 / (π x) in cells, that of a sharp edge
    between grains; 1 / x leaves it a factor of three.
    """
    for other_row, other_column, other_power, _ in found:
        apart = min(hypot(row - other_row, column - other_column), hypot(row + other_row, column + other_column))
        cells = apart / cell_steps
        if cells < _APART_CELLS or power * cells**2 < other_power:
            return True
    return False


def _widen(
    row: float, column: float, power: float, found: list[tuple[float, float, float, Spot]], spectrum: Spectrum
) -> None:
    """Let a spot that has split in two be as uncertain as half of the distance of its parts."""
    for place, (other_row, other_column, other_power, spot) in enumerate(found):
        sign = 1 if row * other_row + column * other_column > 0 else -1
        apart = np.array([sign * row - other_row, sign * column - other_column])
        if power < _RIVAL * other_power or np.linalg.norm(apart) > _APART_CELLS * spectrum.cell_steps:
            continue
        towards = np.array([other_row, other_column]) / hypot(other_row, other_column)
        radial = abs(float(apart @ towards)) / 2 / spectrum.side
        tangential = abs(float(apart @ np.array([-towards[1], towards[0]]))) / 2 / spectrum.side
        wider = replace(
            spot,
            radial_uncertainty_per_px=max(spot.radial_uncertainty_per_px, radial),
            tangential_uncertainty_per_px=max(spot.tangential_uncertainty_per_px, tangential),
        )
        found[place] = other_row, other_column, other_power, wider


def _spot(wide: _Wide, row: int, column: int) -> Spot | None:
    """Fit a parabola to the logarithm of the power around a maximum; None if it is no peak in both directions."""
    spectrum = wide.spectrum
    around = np.log(np.maximum(wide.power[row - 1 : row + 2, column - 1 : column + 2].astype(np.float64), 1e-30))
    slope = np.array([around[2].sum() - around[0].sum(), around[:, 2].sum() - around[:, 0].sum()]) / 6
    bend_row = (around[0] - 2 * around[1] + around[2]).mean()
    bend_column = (around[:, 0] - 2 * around[:, 1] + around[:, 2]).mean()
    mixed = (around[2, 2] + around[0, 0] - around[2, 0] - around[0, 2]) / 4
    curvature = -np.array([[bend_row, mixed], [mixed, bend_column]])
    if np.linalg.eigvalsh(curvature)[0] <= 0:
        return None
    step = np.clip(np.linalg.solve(curvature, slope), -1, 1)
    at = np.array([row - wide.middle, column - wide.margin]) + step
    noise = max(float(wide.noise[row, column]), *_beside(wide, at))
    power = float(wide.power[row, column])
    signal = max(power / noise - 1, 1e-3)
    covariance = np.linalg.inv(curvature) / signal / spectrum.side**2
    towards = at / np.linalg.norm(at)
    across = np.array([-towards[1], towards[0]])
    at = at / spectrum.side
    return Spot(
        row_per_px=float(at[0]),
        column_per_px=float(at[1]),
        radial_uncertainty_per_px=float(np.sqrt(towards @ covariance @ towards)),
        tangential_uncertainty_per_px=float(np.sqrt(across @ covariance @ across)),
        amplitude_over_noise=sqrt(power / noise),
        amplitude=2 * sqrt(max(power - noise, 0.0)) / spectrum.window_sum,
    )


def _beside(wide: _Wide, at: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the noise along the ray and along the ring through a place, without the place itself."""
    cell, radius = wide.spectrum.cell_steps, float(np.linalg.norm(at))
    low, high = max(2 * cell, radius / 2), max(1.6 * radius, radius + _ALONG_CELLS * cell)
    along = np.arange(low, high, cell / 2)
    along = along[np.abs(along - radius) > _APART_CELLS * cell]
    ray = along[:, None] * at / radius
    away = np.arange(_APART_CELLS, _ACROSS_CELLS, 0.5) * cell / radius
    angles = np.arctan2(at[0], at[1]) + np.concatenate([-away, away])[np.abs(np.concatenate([away, away])) < np.pi / 2]
    ring = radius * np.stack([np.sin(angles), np.cos(angles)], axis=1)
    return wide.median_noise(ray[:, 0], ray[:, 1]), wide.median_noise(ring[:, 0], ring[:, 1])
