"""What geometry and the two networks say of the shapes of particles."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from nanotem.measurement import can_be_judged
from nanotem.micrograph import Labels, Mask, Pixels
from nanotem.morphology.classifier import Classifier, ClassPrediction
from nanotem.morphology.crops import Crops, crop_particles
from nanotem.morphology.label_shift import among_others
from nanotem.morphology.outline_geometry import outlines_by_geometry
from nanotem.morphology.reliability import Values
from nanotem.morphology.shape_numbers import ASPECT_RATIO, BAY, shape_numbers

_LEAST_SHOWN = 0.1
"""A solid shows an outline that is seen in such a part of its views: up to 0.2 the same real particles are accepted; at
0.05 spheres may show hexagons, and hexagons are accepted as spheres."""
_AT_MOST = MappingProxyType({"rod": (BAY, 0.12, 0.12), "sphere": (ASPECT_RATIO, 1.2, 1.15)})
"""What the outline of a solid shows no more of: each by itself, and in the median of those of an image. Of 95 % of real
rods no bay is deeper, in parts of the mean radius, of four in five dumbbells one is; the outlines of other solids have
bays where a neighbour bites, and are told right nonetheless. Of 94 % of real spheres the outline is not longer, of 94 %
of ellipsoids it is. Medians are below 1.14 for spheres of 56 of 57 micrographs, from where to 1.16 the same are
accepted, and below 0.12 for rods of 15 of 17."""


@dataclass(frozen=True, eq=False)
class ShapeEvidence:
    """Crops of particles, and what is seen in them, in the order of the particle table.

    Attributes
    ----------
    crops
        What the networks see.
    geometry
        Outline of each by plain geometry.
    outline, solid
        What is said by all that is seen together: both networks, and the numbers of the outline; each particle by
        itself.
    outline_among_others
        The same of the outline, the other particles of the image allowed for, see `nanotem.morphology.label_shift`.
        This is shown; shares of a population follow from the former, as what is mistaken for what was counted so.
    outline_alone, solid_alone
        What each network says alone.
    fitting
        How probable it is that the outline is one that the most probable solid shows, shape (n,).
    kind_fitting
        The median of `fitting` over the particles of the image with the same most probable solid, shape (n,); 0 where
        these are longer than the solid is in their median, or have deeper bays.
    networks
        SHA-256 of each network, by its name.
    """

    crops: Crops
    geometry: tuple[str, ...]
    outline: ClassPrediction
    solid: ClassPrediction
    outline_among_others: ClassPrediction
    outline_alone: ClassPrediction
    solid_alone: ClassPrediction
    fitting: Values
    kind_fitting: Values
    networks: Mapping[str, str]


def shape_evidence(
    pixels: Pixels, labels: Labels, particles: pd.DataFrame, outline: Classifier, solid: Classifier
) -> ShapeEvidence:
    """Look at the particles of a table of `nanotem.measurement.measure_particles` with geometry and both networks."""
    crops = crop_particles(pixels, labels, particles["label"].to_numpy())
    return evidence_of(crops, outline, solid, counted=can_be_judged(particles).to_numpy())


def evidence_of(crops: Crops, outline: Classifier, solid: Classifier, *, counted: Mask | None = None) -> ShapeEvidence:
    """Look at the crops of one image with geometry and with both networks.

    Parameters
    ----------
    crops
        Of `nanotem.morphology.crops.crop_particles`.
    outline, solid
        The two models.
    counted
        Which particles are whole and large enough to say something of the others, shape (n,); all if left out.
    """
    networks = {"outline": outline.sha256, "solid": solid.sha256}
    numbers, outlines, solids = shape_numbers(crops), outline.predict(crops), solid.predict(crops)
    both = (
        outline.together(outlines, numbers, networks=networks),
        solid.together(solids, outlines.features, numbers, networks=networks),
    )
    counted = np.ones(len(crops), bool) if counted is None else counted
    among, fitting, together = in_their_image(*both, solid.card.outlines, numbers, counted)
    geometry = outlines_by_geometry(crops)
    return ShapeEvidence(crops, geometry, *both, among, outlines, solids, fitting, together, networks)


def in_their_image(
    outline: ClassPrediction,
    solid: ClassPrediction,
    shown: Mapping[str, Mapping[str, float]],
    numbers: Values,
    counted: Mask,
) -> tuple[ClassPrediction, Values, Values]:
    """Return `outline_among_others`, `fitting` and `kind_fitting` of `ShapeEvidence` for the particles of one image.

    Parameters
    ----------
    outline, solid
        What is said of each particle by itself.
    shown, numbers
        See `outline_fits`.
    counted
        Which particles are whole and large enough to say something of the others, shape (n,).
    """
    among = among_others(outline, counted)
    fitting = outline_fits(among, solid, shown, numbers)
    return among, fitting, kind_fits(fitting, solid, numbers, counted)


def outline_fits(
    outline: ClassPrediction, solid: ClassPrediction, shown: Mapping[str, Mapping[str, float]], numbers: Values
) -> Values:
    """Return how probable it is that each outline is one that the most probable solid shows.

    Parameters
    ----------
    outline, solid
        What is said of the same particles.
    shown
        How often each solid shows each outline, as the card of a model of solids says; a solid that is not in it may
        show any. No solid is expected with an irregular outline.
    numbers
        Of the outlines, see `nanotem.morphology.shape_numbers`: a rod has no bay, and a sphere is not long.
    """

    def may_show(one: str, name: str) -> bool:
        return name != "irregular" and (one not in shown or shown[one].get(name, 0) >= _LEAST_SHOWN)

    table = np.array([[may_show(one, name) for name in outline.classes] for one in solid.classes])
    best = solid.probabilities.argmax(axis=1)
    names = np.array(solid.classes)[best]
    too_much = [(names == name) & (numbers[:, number] > most) for name, (number, most, _) in _AT_MOST.items()]
    return np.asarray((outline.probabilities * table[best]).sum(axis=1) * ~np.any(too_much, axis=0))


def kind_fits(fitting: Values, solid: ClassPrediction, numbers: Values, counted: Mask) -> Values:
    """Return whether the outlines of those of an image that are called the same solid are such as it shows.

    A single ellipsoid may be as round as some spheres are; where most that are called spheres are longer than most
    spheres, they are the round ones among ellipsoids.

    Parameters
    ----------
    fitting
        Of the particles of one image, see `outline_fits`.
    solid, numbers
        What is said of them, and the numbers of their outlines.
    counted
        Which of them are whole and large enough to be judged, shape (n,).

    Returns
    -------
    ndarray
        Shape (n,): the median of `fitting` over all that have the same most probable solid, or 0 where the median of
        their numbers is too large; 1 where none of these counts.
    """
    names = np.array(solid.classes)[solid.probabilities.argmax(axis=1)]
    together = np.ones(len(names))
    for name in np.unique(names[counted]):
        alike = counted & (names == name)
        number, _, most = _AT_MOST.get(name, (0, 0.0, np.inf))
        is_too_much = np.median(numbers[alike, number]) > most
        together[names == name] = 0.0 if is_too_much else np.median(fitting[alike])
    return together
