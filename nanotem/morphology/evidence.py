"""What geometry and the two networks say of the shapes of particles."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels, Pixels
from nanotem.morphology.classifier import Classifier, ClassPrediction
from nanotem.morphology.crops import Crops, crop_particles
from nanotem.morphology.outline_geometry import outlines_by_geometry
from nanotem.morphology.reliability import Values
from nanotem.morphology.shape_numbers import ASPECT_RATIO, BAY, shape_numbers

_LEAST_SHOWN = 0.1
"""A solid shows an outline that is seen in such a part of its views: up to 0.2 the same real particles are accepted; at
0.05 spheres may show hexagons, and hexagons are accepted as spheres."""
_AT_MOST = MappingProxyType({"rod": (BAY, 0.12), "sphere": (ASPECT_RATIO, 1.2)})
"""What the outline of a solid shows no more of. Of 95 % of real rods no bay is deeper, in parts of the mean radius, of
four in five dumbbells one is; the outlines of other solids have bays where a neighbour bites, and are told right
nonetheless. Of 94 % of real spheres the outline is not longer, of 94 % of ellipsoids it is."""


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
        What is said by all that is seen together: both networks, and the numbers of the outline.
    outline_alone, solid_alone
        What each network says alone.
    fitting
        How probable it is that the outline is one that the most probable solid shows, shape (n,).
    networks
        SHA-256 of each network, by its name.
    """

    crops: Crops
    geometry: tuple[str, ...]
    outline: ClassPrediction
    solid: ClassPrediction
    outline_alone: ClassPrediction
    solid_alone: ClassPrediction
    fitting: Values
    networks: Mapping[str, str]


def shape_evidence(
    pixels: Pixels, labels: Labels, numbers: npt.NDArray[np.int64], outline: Classifier, solid: Classifier
) -> ShapeEvidence:
    """Look at particles, by their labels, with geometry and with both networks."""
    return evidence_of(crop_particles(pixels, labels, numbers), outline, solid)


def evidence_of(crops: Crops, outline: Classifier, solid: Classifier) -> ShapeEvidence:
    """Look at crops with geometry and with both networks."""
    networks = {"outline": outline.sha256, "solid": solid.sha256}
    numbers, outlines, solids = shape_numbers(crops), outline.predict(crops), solid.predict(crops)
    both = (
        outline.together(outlines, numbers, networks=networks),
        solid.together(solids, outlines.features, numbers, networks=networks),
    )
    fitting = outline_fits(*both, solid.card.outlines, numbers)
    return ShapeEvidence(crops, outlines_by_geometry(crops), *both, outlines, solids, fitting, networks)


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
    too_much = [(names == name) & (numbers[:, number] > most) for name, (number, most) in _AT_MOST.items()]
    return np.asarray((outline.probabilities * table[best]).sum(axis=1) * ~np.any(too_much, axis=0))
