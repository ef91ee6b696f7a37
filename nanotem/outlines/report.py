"""What the edges of one image have in common: blur, profile, and how far sizes depend on the choice of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nanotem.outlines.profiles import CLASSES, FAMILIES, ClassWeights, Family, Floats

MOST_COUNTED = 8
"""Particles that count as independent witnesses: what their profiles lack of the model they lack alike."""

PRIORS = np.array([one.prior for one in CLASSES])

PER_PARTICLE = 1.75
"""Half of the independent samples of a profile, some five of 3.5 px each, would be 2.5. But a contour follows the noise
of its picture, which makes the edges of all particles look alike in what no class has. Of 250 drawn bodies of 10 to 60
px above six blurs, 188 counted as resolved with 2.5, the worst 4.0 % off, 184 with this, the worst 2.8 % off, and 175
with 1.25, where spheres of 40 px out of focus by 2 px came out 2 % too small."""


@dataclass(frozen=True)
class ProfileScores:
    """How well each profile class fits the particles of an image, to be added over the images of a sample.

    Sharp images can tell the class, blurred ones cannot: images of one sample are measured alike if all of them are
    traced a second time with the weights of the sum of their scores as `profile`. The absorption of a class is that of
    each image's typical particle, so that images of one magnification belong together. ::

        scores = sum((one.report.scores for one in traced), start=ProfileScores())
        again = trace_outlines(levelled, labels, profile=scores.weights)

    Parameters
    ----------
    total
        Sum over the particles of the logarithm of the misfit (share of the variance that the class leaves), by class.
    n
        Number of particles.
    """

    total: tuple[float, ...] = (0.0,) * len(CLASSES)
    n: int = 0

    def __add__(self, other: "ProfileScores") -> "ProfileScores":
        return ProfileScores(tuple(a + b for a, b in zip(self.total, other.total, strict=True)), self.n + other.n)

    @property
    def weights(self) -> ClassWeights:
        """Probability of each class: how much its outline counts; 0 for classes that were not asked."""
        if not self.n:
            return tuple((PRIORS / PRIORS.sum()).tolist())
        mean = np.array(self.total) / self.n
        evidence = PRIORS * np.exp(-PER_PARTICLE * min(self.n, MOST_COUNTED) * (mean - mean.min()))
        return tuple((evidence / evidence.sum()).tolist())

    def agreement(self, weights: ClassWeights) -> float:
        """Return the probability that these and other weights of the classes have in common, 0 to 1."""
        return sum(map(min, self.weights, weights))

    @property
    def families(self) -> Mapping[Family, float]:
        """Probability of each family."""
        return {
            family: sum(w for w, one in zip(self.weights, CLASSES, strict=True) if one.family == family)
            for family in FAMILIES
        }

    @property
    def family(self) -> Family:
        """The most probable family."""
        return max(FAMILIES, key=lambda family: self.families[family])


@dataclass(frozen=True, eq=False)
class MeanProfile:
    """The mean profile of an image for a picture, shape (samples,) each: contrast 0 in the background, 1 inside."""

    depth_px: Floats
    contrast: Floats
    fit: Floats


@dataclass(frozen=True, eq=False)
class EdgeReport:
    """The edges of one image.

    Attributes
    ----------
    blur_px
        Standard deviation of the picture's own blur; NaN if no edge could be fitted.
    total_blur_px
        With the blur of the measurement: outlines of particles below six times this are not resolved.
    family
        Of the profile, fixed or found; the most frequent one where they are mixed.
    is_mixed
        Whether edges of several classes lie in the image, and each particle is measured by its own.
    scores
        Of the classes, by the edges of this image alone whatever was settled; added over images they fix the class of a
        sample.
    profile
        The mean profile with its fit; empty if no edge could be fitted.
    relative_uncertainty
        Standard uncertainty of every diameter from the choice of the profile, divided by the diameter: common to all
        particles, and to all images whose class is the same, so that no number of particles makes it smaller.
    n_fitted
        Particles whose edge was fitted.
    n_unresolved, n_from_label
        Particles flagged `outline_not_resolved` and `outline_from_label`.
    """

    blur_px: float
    total_blur_px: float
    family: Family
    is_mixed: bool
    scores: ProfileScores
    profile: MeanProfile
    relative_uncertainty: float
    n_fitted: int
    n_unresolved: int
    n_from_label: int

    @property
    def profile_name(self) -> str:
        """What the profile is called."""
        return "mixed" if self.is_mixed else self.family
