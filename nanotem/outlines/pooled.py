"""Profile class and blur of an image, from its largest particles together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nanotem.outlines.fit import EdgeFit, MeanProfiles, fit_edges, lowest, pooled_misfits, sigmas_px
from nanotem.outlines.profiles import CLASSES, FAMILIES, ClassWeights, Family, Floats, Profile, blurred_profile
from nanotem.outlines.report import MOST_COUNTED, PER_PARTICLE, PRIORS, ProfileScores

_N_POOLED = 30
"""Particles whose profiles are pooled: more than count as independent, few enough to try every class and blur on."""

_AS_LARGE = 0.8
"""Of the median radius: contours of spheres lie up to a fifth inside those of plates of the same size, and beside these
none of them would be pooled."""

_LEAST_FREE = 0.5
_LEAST_WEIGHT = 0.01

_SEVERAL = 1.0
"""Logarithm of the odds from which on particles of several classes are taken to lie in an image: eight drawn bodies of
one class, of 16 to 60 px, half dark, clipped and on grainy support too, stay below 0.2; as many spheres and plates of
16 px, blurred by 1.5 px, are above 1.2, all larger or sharper ones above 6."""

_N_SHARINGS = 12
"""Rounds in which the shares of classes are found; they then change by less than 0.01."""


@dataclass(frozen=True, eq=False)
class PooledEdge:
    """Class and blur that an image's particles share.

    Attributes
    ----------
    classes
        Those that count, as indices of `CLASSES`.
    weights, sigmas_px
        Probability of each, and the blur at which it fits best.
    is_mixed
        Whether particles of several classes lie in the image: weights are then their shares, and each particle's own
        edge says to which it belongs.
    typical_px
        Radius of the particles that were pooled, their median: the absorption of a class is theirs, and that of others
        in proportion to their radius.
    scores
        Of all classes.
    """

    classes: tuple[int, ...]
    weights: Floats
    sigmas_px: Floats
    is_mixed: bool
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

    def weights_of(self, misfit: Floats) -> Floats:
        """Return how probable each class is for each particle, by its misfits, both of shape (classes, particles)."""
        own = misfit**-PER_PARTICLE if self.is_mixed else np.ones_like(misfit)
        weights = self.weights[:, None] * own
        return np.asarray(weights / weights.sum(axis=0))


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
    tried = sorted({*allowed[::2], allowed[-1]}) if coarse else list(allowed)
    typical_px = float(np.median(profiles.radius_px[chosen]))
    seen = profiles[chosen].relative_to(typical_px)
    sigmas = sigmas_px(near_px)
    misfits = {index: pooled_misfits(seen, index, sigmas) for index in tried}
    best = {index: lowest(misfit.mean(axis=1), sigmas) for index, misfit in misfits.items()}
    own = ProfileScores(
        tuple(best[k][1] * chosen.size if k in best else np.inf for k in range(len(CLASSES))), chosen.size
    )
    weights = np.array(own.weights if coarse or isinstance(profile, str) else profile)
    weights = np.where([k in best for k in range(len(CLASSES))], weights, 0.0)
    least = weights.max() if coarse else _LEAST_WEIGHT * weights.max()
    classes = tuple(k for k in tried if weights[k] >= least)
    several = None if coarse else _several(np.stack(list(misfits.values())), PRIORS[tried])
    if several is not None:
        shares, sigma = several
        kinds = np.flatnonzero(shares >= _LEAST_WEIGHT * shares.max())
        blurs = np.full(kinds.size, sigmas[sigma])
        return PooledEdge(tuple(tried[k] for k in kinds), shares[kinds], blurs, True, typical_px, own)
    kept = weights[list(classes)]
    return PooledEdge(classes, kept / kept.sum(), np.array([best[k][0] for k in classes]), False, typical_px, own)


def _several(misfits: Floats, priors: Floats) -> tuple[Floats, int] | None:
    """Return the shares of classes among particles and which blur they have in common; None if one class will do.

    Parameters
    ----------
    misfits
        Their logarithms, shape (classes, blurs, particles).
    priors
        Shares to begin with, in any unit.
    """
    least = misfits.min(axis=0)
    odds = np.exp(-PER_PARTICLE * (misfits - least))
    shares = np.broadcast_to(priors[:, None] / priors.sum(), odds.shape[:2])
    for _ in range(_N_SHARINGS):
        own = shares[..., None] * odds
        shares = (own / own.sum(axis=0)).mean(axis=-1)
    support = (np.log((shares[..., None] * odds).sum(axis=0)) - PER_PARTICLE * least).mean(axis=-1)
    gain = support.max() + PER_PARTICLE * misfits.mean(axis=-1).min()
    if gain * min(misfits.shape[-1], MOST_COUNTED) <= _SEVERAL:
        return None
    sigma = int(support.argmax())
    return shares[:, sigma], sigma


def _chosen(profiles: MeanProfiles, free: Floats) -> np.ndarray:
    """Return the particles that tell most: the larger ones of those that are seen well, evenly spread in size."""
    good = np.flatnonzero(free > _LEAST_FREE)
    if not good.size:
        good = np.flatnonzero(free == free.max())
    radius_px = profiles.radius_px[good]
    is_large = radius_px >= _AS_LARGE * np.median(radius_px)
    by_size = good[is_large][np.argsort(radius_px[is_large])]
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
    by_class_px, weights
        The same by class, and how probable each class is, shape (classes, particles).
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
    weights: Floats
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

    weights = pooled.weights_of(np.stack([fit.misfit for fit in fits]))

    def mean(values: Sequence[Floats]) -> Floats:
        return np.asarray((weights * np.stack(values)).sum(axis=0))

    return ParticleEdges(
        shift_px=mean([fit.shift_px for fit in fits]),
        by_class_px=np.stack([fit.shift_px for fit in fits]),
        weights=weights,
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
