"""Profile class and blur of an image, from its largest particles together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nanotem.outlines.fit import EdgeFit, MeanProfiles, fit_edges, pooled_misfit, sigmas_px
from nanotem.outlines.profiles import CLASSES, FAMILIES, ClassWeights, Family, Floats, Profile, blurred_profile
from nanotem.outlines.report import ProfileScores

_N_POOLED = 30
"""Particles whose profiles are pooled: more than count as independent, few enough to try every class and blur on."""

_LEAST_FREE = 0.5
_LEAST_WEIGHT = 0.01


@dataclass(frozen=True, eq=False)
class PooledEdge:
    """Class and blur that an image's particles share.

    Attributes
    ----------
    classes
        Those that count, as indices of `CLASSES`.
    weights, sigmas_px
        Probability of each, and the blur at which it fits best.
    typical_px
        Radius of the particles that were pooled, their median: the absorption of a class is theirs, and that of others
        in proportion to their radius.
    scores
        Of all classes.
    """

    classes: tuple[int, ...]
    weights: Floats
    sigmas_px: Floats
    typical_px: float
    scores: ProfileScores

    @property
    def family(self) -> Family:
        """The most probable family."""
        sums = {
            name: sum(w for w, k in zip(self.weights, self.classes, strict=True) if CLASSES[k].family == name)
            for name in FAMILIES
        }
        return max(FAMILIES, key=lambda name: sums[name])

    @property
    def faceted(self) -> float:
        """Probability of sloping facets."""
        return float(sum(w for w, k in zip(self.weights, self.classes, strict=True) if CLASSES[k].family == "faceted"))

    @property
    def sigma_px(self) -> float:
        """Mean blur."""
        return float(self.weights @ self.sigmas_px)


@dataclass(frozen=True, eq=False)
class SharedEdges:
    """What the edges of all particles of an image share; it is held when some of them are traced anew.

    Attributes
    ----------
    sign
        -1 if particles are dark, else 1.
    level, noise
        Of the background, in grey levels times `sign`.
    amplitude
        The largest of the particles.
    first, second
        Class and blur across the first contours, and across those near the edge.
    """

    sign: int
    level: float
    noise: float
    amplitude: float
    first: PooledEdge
    second: PooledEdge


def pool(
    profiles: MeanProfiles,
    free: Floats,
    *,
    profile: Profile | ClassWeights,
    coarse: bool,
    near_px: float | None = None,
) -> PooledEdge:
    """Find class and blur.

    Parameters
    ----------
    profiles
        Of all particles.
    free
        Share of each outline whose edge is seen undisturbed.
    profile
        A family, how probable each class is in a sample, or "automatic". What these particles show is found whatever a
        sample says: the sample decides in the end.
    coarse
        Whether to try every other class only, and to return the best alone, by these particles.
    near_px
        A blur near which to look; None for all.
    """
    chosen = _chosen(profiles, free)
    allowed = _allowed(profile)
    tried = sorted({*allowed[::2], allowed[-1]}) if coarse else allowed
    typical_px = float(np.median(profiles.radius_px[chosen]))
    seen = profiles[chosen].relative_to(typical_px)
    best = {index: pooled_misfit(seen, index, sigmas_px(near_px)) for index in tried}
    own = ProfileScores(
        tuple(best[k][1] * chosen.size if k in best else np.inf for k in range(len(CLASSES))), chosen.size
    )
    weights = np.array(own.weights if coarse or isinstance(profile, str) else profile)
    weights = np.where([k in best for k in range(len(CLASSES))], weights, 0.0)
    least = weights.max() if coarse else _LEAST_WEIGHT * weights.max()
    classes = tuple(k for k in tried if weights[k] >= least)
    kept = weights[list(classes)]
    return PooledEdge(classes, kept / kept.sum(), np.array([best[k][0] for k in classes]), typical_px, own)


def _chosen(profiles: MeanProfiles, free: Floats) -> np.ndarray:
    """Return the particles that tell most: the larger half of those that are seen well, evenly spread in size."""
    good = np.flatnonzero(free > _LEAST_FREE)
    if not good.size:
        good = np.flatnonzero(free == free.max())
    by_size = good[np.argsort(profiles.radius_px[good])][good.size // 2 :]
    places = np.linspace(0, by_size.size - 1, min(_N_POOLED, by_size.size))
    return np.asarray(by_size[places.astype(np.intp)])


def _allowed(profile: Profile | ClassWeights) -> Sequence[int]:
    family = profile if isinstance(profile, str) else "automatic"
    return [k for k, one in enumerate(CLASSES) if family in ("automatic", one.family)]


@dataclass(frozen=True, eq=False)
class ParticleEdges:
    """The edge of every particle, averaged over the classes that count; shape (particles,) each.

    Attributes
    ----------
    shift_px
        From the ring outwards to the edge.
    by_class_px
        The same by class, shape (classes, particles).
    standard_error_px
        From the noise and what the model lacks.
    base, amplitude
        Grey level of the background, and of the thickest place above it.
    share_at_edge
        Contrast of the model at the edge.
    rise_per_px
        How fast the grey level rises across the ring.
    per_roundness_px
        How much further out the edge lies from the ring where the outline is bent like a disc than where it is
        straight.
    misfit
        Share of the profile's variance that is left.
    """

    shift_px: Floats
    by_class_px: Floats
    standard_error_px: Floats
    base: Floats
    amplitude: Floats
    share_at_edge: Floats
    rise_per_px: Floats
    per_roundness_px: Floats
    misfit: Floats


_AT_ONCE = 256
"""Particles that are fitted together: the arrays of more do not fit into the cache of a processor."""


def edges_of(profiles: MeanProfiles, pooled: PooledEdge) -> ParticleEdges:
    """Fit every particle with class and blur held."""
    profiles = profiles.relative_to(pooled.typical_px)
    rows = np.arange(len(profiles.radius_px))
    parts = [_fitted(profiles[part], pooled) for part in np.split(rows, rows[_AT_ONCE::_AT_ONCE])]
    names = ParticleEdges.__dataclass_fields__
    return ParticleEdges(**{name: np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in names})


def _fitted(profiles: MeanProfiles, pooled: PooledEdge) -> ParticleEdges:
    fits = [fit_edges(profiles, k, s) for k, s in zip(pooled.classes, pooled.sigmas_px.tolist(), strict=True)]
    slopes = [
        _at_edge(profiles, fit, k, s) for fit, k, s in zip(fits, pooled.classes, pooled.sigmas_px.tolist(), strict=True)
    ]

    def mean(values: Sequence[Floats]) -> Floats:
        return np.asarray(pooled.weights @ np.stack(values))

    return ParticleEdges(
        shift_px=mean([fit.shift_px for fit in fits]),
        by_class_px=np.stack([fit.shift_px for fit in fits]),
        standard_error_px=mean([fit.standard_error_px for fit in fits]),
        base=mean([fit.base for fit in fits]),
        amplitude=mean([fit.amplitude for fit in fits]),
        share_at_edge=mean([share for share, _, _ in slopes]),
        rise_per_px=mean([fit.amplitude * rise for fit, (_, rise, _) in zip(fits, slopes, strict=True)]),
        per_roundness_px=mean([slope for _, _, slope in slopes]),
        misfit=mean([fit.misfit for fit in fits]),
    )


_LEAST_RISE = 1e-3


def _at_edge(profiles: MeanProfiles, fit: EdgeFit, index: int, sigma_px: float) -> tuple[Floats, Floats, Floats]:
    """Return the contrast at the edge, its rise per px across the ring, and how far a bent ring lies further in."""
    radius = profiles.radius_px + fit.shift_px

    def contrast(depth: Floats, roundness: Floats | float) -> Floats:
        return blurred_profile(
            index, depth, radius_px=radius, sigma_px=sigma_px, roundness=roundness, thickness=profiles.thickness
        )

    step = 0.25 * sigma_px
    rise = contrast(fit.shift_px + step, profiles.roundness) - contrast(fit.shift_px - step, profiles.roundness)
    rise = np.maximum(rise / (2 * step), _LEAST_RISE)
    lost = contrast(fit.shift_px, 0.0) - contrast(fit.shift_px, 1.0)
    return contrast(np.zeros_like(radius), profiles.roundness), rise, lost / rise
