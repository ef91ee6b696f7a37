"""The heads of the two classifiers: trained on features of the frozen networks, of drawn and of real particles.

    python -m nanotem.training.shapes.heads --data FOLDER --work FOLDER [--models FOLDER]

Labels and features are kept in the folder of work, so that fitting takes seconds.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from nanotem.morphology.card import read_card, read_model
from nanotem.morphology.crops import CROP_VERSION
from nanotem.morphology.reliability import Values, probabilities_of
from nanotem.networks.folders import MODELS
from nanotem.training.shapes.calibration import Classes, conformal_threshold, fit_temperature
from nanotem.training.shapes.examples import N_VARIATIONS, UNTOLD, gather
from nanotem.training.shapes.fitting import fit_head
from nanotem.training.shapes.held_out import HeldOut, described, familiarity_of, held_out
from nanotem.training.shapes.saving import save_head

_COVERAGE = 0.9


def calibrated(logits: Values, classes: Classes, seed: int = 1) -> dict[str, float]:
    """Return temperature and threshold of the plausible classes, for held-out logits."""
    temperature = fit_temperature(logits, classes)
    probabilities = probabilities_of(logits, temperature)
    rng = np.random.default_rng(seed)
    threshold = conformal_threshold(probabilities, classes, coverage=_COVERAGE, rng=rng)
    return {"temperature": temperature, "plausible_threshold": threshold}


def main() -> None:
    """Fit both heads, calibrate them on held-out micrographs, and add them to the models."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the published micrographs")
    parser.add_argument("--work", type=Path, required=True, help="folder where features are kept")
    parser.add_argument("--models", type=Path, default=MODELS)
    arguments = parser.parse_args()
    shown = read_card(arguments.models, "solid").outlines
    judged = held_out(gather(arguments.data, arguments.work, arguments.models), shown)
    for task in ("outline", "solid"):
        add_head(arguments.models, judged, task)


def add_head(models: Path, judged: HeldOut, task: str) -> None:
    """Fit a head, calibrate it on held-out micrographs, and write it beside its network with what is known of it."""
    examples = judged.examples
    stored = read_model(models, task, crop_version=CROP_VERSION)
    arrays = replace(stored.arrays, head=fit_head(examples[examples.variation <= N_VARIATIONS], task))
    if task == "solid":
        known = familiarity_of(examples)
        arrays = replace(arrays, means=known.means, whitening=known.whitening)
    told = judged.found & (examples.classes(task) != UNTOLD)
    sees = {"outline": read_model(models, "outline", crop_version=CROP_VERSION).card.sha256} if task == "solid" else {}
    head = calibrated(judged.logits[task][told], examples.classes(task)[told])
    save_head(models, replace(described(stored.card, judged), head=head, head_sees=sees), arrays)


if __name__ == "__main__":
    main()
