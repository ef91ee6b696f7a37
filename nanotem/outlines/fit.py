"""Fit edge position, amplitude and base of many mean profiles at once; class and blur are pooled over all of them."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from nanotem.outlines.profiles import Curves, Floats, blurred_profile

CORRELATION_PX = 3.5
"""Noise that a blur of 1 px leaves is alike over so many px, 2√π."""


@dataclass(frozen=True, eq=False)
class MeanProfiles:
    """The mean profile across the edge of each particle.

    Attributes
    ----------
    depth_px
        Where it was sampled, inwards from the contour, shape (particles, samples).
    grey, weight
        Mean level, and how many normals it is the mean of; shape (particles, samples).
    radius_px
        Radius of the largest inscribed circle, shape (particles,).
    roundness
        Mean curvature of the outline where it was sampled, times the radius; shape (particles,).
    reach_px
        How far the edge may lie from the contour, shape (particles,).
    thickness
        Of the particle over that of the typical one, by which classes go; shape (particles,).
    """

    depth_px: Floats
    grey: Floats
    weight: Floats
    radius_px: Floats
    roundness: Floats
    reach_px: Floats
    thickness: Floats

    def relative_to(self, typical_px: float) -> "MeanProfiles":
        """Return them with thicknesses over that of a particle with this radius."""
        return replace(self, thickness=self.radius_px / typical_px)

    @property
    def n_independent(self) -> Floats:
        """How many samples of each are independent, shape (particles,)."""
        sample_px = np.abs(self.depth_px[:, 1] - self.depth_px[:, 0])
        return np.maximum((self.weight > 0).sum(axis=1) * sample_px / CORRELATION_PX, 1.0)

    def noise_share(self, noise: float) -> Floats:
        """Return the share of each profile's variance that noise makes, as many normals as are independent averaged."""
        total = np.maximum(self.weight.sum(axis=1, keepdims=True), 1e-9)
        deviation = self.grey - (self.weight * self.grey).sum(axis=1, keepdims=True) / total
        variance = (self.weight * deviation**2).sum(axis=1) / total[:, 0]
        n_normals = np.maximum(2 * np.pi * self.radius_px / CORRELATION_PX, 1.0)
        return np.asarray(noise**2 / (n_normals * np.maximum(variance, 1e-12)))

    def __getitem__(self, chosen: npt.NDArray[np.intp]) -> "MeanProfiles":
        return MeanProfiles(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class EdgeFit:
    """What one class with one blur makes of each profile, shape (particles,).

    Attributes
    ----------
    shift_px
        From the contour outwards to the edge.
    base, amplitude
        Grey level of the background, and of the thickest place above it.
    misfit
        Share of the profile's variance that the model leaves.
    standard_error_px
        Of the shift.
    """

    shift_px: Floats
    base: Floats
    amplitude: Floats
    misfit: Floats
    standard_error_px: Floats


_N_SHIFTS = 25
LEAST_MISFIT = 5e-4
"""What the finest profiles leave: grids, interpolation and whatever else the model lacks."""

_STEPS = np.linspace(-1, 1, _N_SHIFTS)


def fit_edges(profiles: MeanProfiles, index: int, sigma_px: float) -> EdgeFit:
    """Fit one class with one blur to every profile: a grid of shifts, all else is linear."""
    depth, radius = _shifted(profiles)
    model = blurred_profile(
        index,
        depth,
        radius_px=radius,
        sigma_px=sigma_px,
        roundness=profiles.roundness[:, None, None],
        thickness=profiles.thickness[:, None, None],
    )
    return _fitted(profiles, model)


def _shifted(profiles: MeanProfiles) -> tuple[Floats, Floats]:
    """Return depth and radius for every shift that is tried, shapes (particles, shifts, samples) and (…, 1)."""
    shift = profiles.reach_px[:, None] * _STEPS
    radius = np.maximum(profiles.radius_px[:, None] + shift, 0.5 * profiles.radius_px[:, None])
    return profiles.depth_px[:, None, :] + shift[:, :, None], radius[:, :, None]


def _fitted(profiles: MeanProfiles, model: Floats) -> EdgeFit:
    """Fit the contrast of every shift, shape (particles, shifts, samples)."""
    weight = profiles.weight
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
    mean_grey = (weight * profiles.grey).sum(axis=1, keepdims=True) / total
    grey = weight * (profiles.grey - mean_grey)
    mean_model = np.matmul(model, weight[..., None])[..., 0] / total
    model -= mean_model[..., None]
    own = np.matmul(model**2, weight[..., None])[..., 0]
    common = np.maximum(np.matmul(model, grey[..., None])[..., 0], 0.0)
    variance = np.maximum((grey * (profiles.grey - mean_grey)).sum(axis=1, keepdims=True), 1e-12)
    misfit = 1 - common**2 / np.maximum(own * variance, 1e-12)
    best = misfit.argmin(axis=1)
    rows = np.arange(len(best))
    offset, bend, least = _vertex(misfit, best)
    inner = np.clip(best + offset, 0, _N_SHIFTS - 1)
    amplitude = (common / np.maximum(own, 1e-12))[rows, best]
    base = mean_grey[:, 0] - amplitude * mean_model[rows, best]
    spacing = profiles.reach_px * (_STEPS[1] - _STEPS[0])
    with np.errstate(divide="ignore"):
        error = np.where(
            bend > 0,
            spacing * np.sqrt(np.maximum(least, 0) / (profiles.n_independent * np.maximum(bend, 1e-12))),
            profiles.reach_px,
        )
    return EdgeFit(
        shift_px=profiles.reach_px * (inner * (_STEPS[1] - _STEPS[0]) - 1),
        base=base,
        amplitude=amplitude,
        misfit=np.maximum(least, 0.0) + LEAST_MISFIT,
        standard_error_px=np.minimum(error, profiles.reach_px),
    )


def _vertex(misfit: Floats, best: npt.NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """Return where between the steps the parabola through the best three is lowest, half its bend, and its value."""
    rows = np.arange(len(best))
    middle = np.clip(best, 1, misfit.shape[1] - 2)
    before, here, after = (misfit[rows, middle + k] for k in (-1, 0, 1))
    bend = (before + after) / 2 - here
    slope = (after - before) / 2
    offset = np.where(bend > 0, np.clip(-slope / (2 * np.where(bend > 0, bend, 1)), -1, 1), 0.0)
    offset = np.where(best == middle, offset, 0.0)
    return offset, bend, here + slope * offset + bend * offset**2


_LEAST_SIGMA_PX, _MOST_SIGMA_PX = 1.05, 5.6
"""Blur of the picture as it is measured: from that of the measurement and of a pixel alone to 5.5 px out of focus."""

_N_SIGMAS = 11
_NEAR = 2.0
"""How far the blur may be from the one that first contours show, which follow noise and look too sharp: drawn discs out
of focus by 3 px at contrast 3 looked 1.9 times too sharp, and were 13 % too large where 1.4 was allowed."""


def sigmas_px(near_px: float | None = None) -> Floats:
    """Return the blurs to try: all, or those within a factor of 2 of one, in finer steps."""
    low, high = (_LEAST_SIGMA_PX, _MOST_SIGMA_PX) if near_px is None else (near_px / _NEAR, near_px * _NEAR)
    return np.geomspace(max(low, _LEAST_SIGMA_PX), max(high, 2 * _LEAST_SIGMA_PX), _N_SIGMAS)


def pooled_misfits(profiles: MeanProfiles, index: int, sigmas: Floats) -> Floats:
    """Return the logarithms of a class's misfits at each blur, shape (blurs, particles)."""
    depth, radius = _shifted(profiles)
    curves = Curves.of(
        index,
        depth_px=depth,
        radius_px=radius,
        sigmas_px=sigmas,
        roundness=profiles.roundness,
        thickness=profiles.thickness,
    )
    models = (curves(depth, radius_px=radius, sigma_px=sigma) for sigma in sigmas.tolist())
    return np.array([np.log(_fitted(profiles, model).misfit) for model in models])


def lowest(misfit: Floats, sigmas: Floats) -> tuple[float, float]:
    """Return the blur at which the misfit is least, between the steps, and its value there."""
    best = int(np.argmin(misfit))
    if not 0 < best < len(sigmas) - 1:
        return float(sigmas[best]), float(misfit[best])
    offset, _, least = _vertex(misfit[None, best - 1 : best + 2], np.array([1]))
    return float(sigmas[best] * (sigmas[1] / sigmas[0]) ** offset[0]), float(least[0])
