"""Probabilities of particles that lie in one image: what the others are counts too."""

from dataclasses import replace

import numpy as np

from nanotem.micrograph import Mask
from nanotem.morphology.classifier import ClassPrediction
from nanotem.morphology.reliability import Values

_PARTICLES_BEFOREHAND = 40.0
"""How many particles what was known before the image weighs: those of one image are mistaken alike. With 20, 40 and
100, 94.5, 94.2 and 93.2 % of the outlines of published micrographs are right, by themselves 91.6 %; of five of one
micrograph among forty of another 87 % are with each, by themselves 88 %."""
_LEAST_SHARE = 0.03
"""Classes that hardly anything was learned of count so much, else a trace of one in each particle would make it all of
them. It is that of the pentagon, the rarest outline of the networks that come along."""
_N_STEPS = 30
"""Of expectation and maximisation: after ten no answer of these micrographs changes, nor a probability by 0.001."""


def among_others(said: ClassPrediction, counted: Mask) -> ClassPrediction:
    """Return what is said of particles where the shares of the classes in their image count too.

    The shares among what a model learned from are not those of an image, whose particles are mostly alike: they are
    estimated from the particles and allowed for, in turn (Saerens, Latinne and Decaestecker 2002, Neural Computation
    14, 21). One round outline among hexagons is more likely a hexagon with worn corners than one among discs.

    Parameters
    ----------
    said
        Of the particles of one image, each by itself.
    counted
        Which of them are whole and large enough to be judged, shape (n,): the shares are estimated from these alone.

    Returns
    -------
    ClassPrediction
        The same where `said.shares` is not known. Plausible classes stay, and the most probable one is among them.
    """
    if said.shares is None or not counted.any():
        return said
    learned = np.maximum(said.shares, _LEAST_SHARE)
    here = learned
    for _ in range(_N_STEPS):
        shown = _shifted(said.probabilities[counted], here / learned).sum(axis=0)
        here = (shown + _PARTICLES_BEFOREHAND * learned) / (counted.sum() + _PARTICLES_BEFOREHAND)
    probabilities = _shifted(said.probabilities, here / learned)
    plausible = said.plausible.copy()
    plausible[np.arange(len(plausible)), probabilities.argmax(axis=1)] = True
    return replace(said, probabilities=probabilities, plausible=plausible)


def _shifted(probabilities: Values, ratios: Values) -> Values:
    weighted = probabilities * ratios
    return np.asarray(weighted / weighted.sum(axis=1, keepdims=True))
