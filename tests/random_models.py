"""Models with random weights, made in seconds: what they answer means nothing, but it is always the same."""

from pathlib import Path

import numpy as np

from nanotem.morphology.card import ModelArrays, ModelCard
from nanotem.morphology.classes import OUTLINE_CLASSES
from nanotem.morphology.crops import CROP_PX, CROP_VERSION
from nanotem.morphology.layers import FEATURES
from nanotem.morphology.tasks import task_named
from nanotem.training.shapes.networks import NETWORKS
from nanotem.training.shapes.saving import save_model

SHARP = 0.02
"""Temperature that makes most answers sure."""


def save_random_models(folder: Path, *, seed: int = 3) -> Path:
    """Write an outline and a solid model; every solid can have every outline, and nothing is unfamiliar."""
    import keras

    for name in ("outline", "solid"):
        keras.utils.set_random_seed(seed)
        task = task_named(name)
        n = len(task.classes)
        model = NETWORKS[name](n)
        n_features = model.get_layer(FEATURES).output.shape[-1]
        golden = task.to_input(np.random.default_rng(0).random((2, CROP_PX, CROP_PX, 2)).astype(np.float32))
        logits = np.asarray(model(golden, training=False), np.float32)
        arrays = ModelArrays(golden, logits, np.zeros((n, n_features)), np.eye(n_features))
        card = ModelCard(
            name=name,
            classes=task.classes,
            crop_version=CROP_VERSION,
            temperature=SHARP,
            plausible_threshold=0.9,
            coverage=0.9,
            least_probability=0.0,
            largest_distance=1e9,
            versions={"keras": keras.__version__},
            outlines={solid: dict.fromkeys(OUTLINE_CLASSES, 0.1) for solid in task.classes} if name == "solid" else {},
            training={"epochs": 0},
            figures={"n_test": 10 * n, "accuracy": 1 / n},
            curves={"accuracy": [0.2, 0.3], "val_accuracy": [0.1, 0.25]},
            confusion=(np.eye(n, dtype=int) * 7 + np.eye(n, k=1, dtype=int) * 3).tolist(),
        )
        save_model(folder, model, card, arrays)
    return folder
