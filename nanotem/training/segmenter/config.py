"""Settings of the training of the segmentation network."""

from dataclasses import dataclass

from nanotem.parameters import Parameters, knob


@dataclass(frozen=True)
class SegmenterConfig(Parameters):
    """How the segmentation network is trained; the card of the one that comes along holds its own settings."""

    n_drawn: int = knob(
        3000,
        "Drawn micrographs",
        "Of 15 kinds; others, four of every kind, are drawn for validation.",
        low=30,
        high=100_000,
    )
    real_share: float = knob(
        0.5, "Share of real patches", "With real micrographs, so much of every batch is cut from them.", low=0, high=1
    )
    correct_outlines: bool = knob(
        False,
        "Correct outlines",
        "Moves the outlines of real micrographs, where they were drawn outside the edge, to half of the contrast.",
    )
    keep_test_images: bool = knob(
        False,
        "Keep test images",
        "Leaves two in twelve real micrographs out, by a hash of their names, to measure accuracy on them.",
    )
    n_folds: int = knob(
        1,
        "Folds",
        "In so many parts real micrographs are divided; one part is left out. 1 leaves none out.",
        low=1,
        high=20,
    )
    fold: int = knob(1, "Fold", "The part of the real micrographs that is left out.", low=1, high=20)
    epochs: int = knob(300, "Epochs", "After each, curves are written and the weights compared.", low=1, high=10_000)
    steps: int = knob(400, "Steps", "Batches per epoch.", low=1, high=100_000)
    n_validation: int = knob(
        32, "Validation patches", "Of every kind; they decide which epoch is the best.", low=1, high=100_000
    )
    batch_size: int = knob(16, "Batch", "Patches per step.", low=2, high=1024)
    patch_px: int = knob(
        160, "Patch (px)", "Rows and columns; particles are about 28 px wide in it.", low=64, high=1024, step=16
    )
    learning_rate: float = knob(
        2e-3, "Learning rate", "Largest step; it rises at first, and falls to zero in the end.", low=1e-6, high=1
    )
    weight_decay: float = knob(1e-4, "Weight decay", "Keeps weights small.", low=0, high=1)
    seed: int = knob(1, "Seed", "The same seed gives the same drawn micrographs and patches.", low=0, high=2**31 - 1)
