"""What geometry and the two networks say of the shapes of particles."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels, Pixels
from nanotem.morphology.classifier import Classifier, ClassPrediction
from nanotem.morphology.crops import Crops, crop_particles
from nanotem.morphology.outline_geometry import outlines_by_geometry
from nanotem.morphology.shape_numbers import shape_numbers


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
    networks
        SHA-256 of each network, by its name.
    """

    crops: Crops
    geometry: tuple[str, ...]
    outline: ClassPrediction
    solid: ClassPrediction
    outline_alone: ClassPrediction
    solid_alone: ClassPrediction
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
    return ShapeEvidence(
        crops,
        outlines_by_geometry(crops),
        outline.together(outlines, numbers, networks=networks),
        solid.together(solids, outlines.features, numbers, networks=networks),
        outlines,
        solids,
        networks,
    )
