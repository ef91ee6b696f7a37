"""Settings of the training of a classifier."""

from dataclasses import dataclass

from nanotem.parameters import Parameters, knob


@dataclass(frozen=True)
class TrainingConfig(Parameters):
    """How a model is trained; the cards of the models that come along hold their own settings."""

    n_train: int = knob(
        200_000,
        "Drawn particles",
        "More make the model surer about rare views; the time grows in proportion.",
        low=0,
        high=10_000_000,
    )
    n_check: int = knob(
        6_000,
        "Particles for checking",
        "As many again for early stopping, for calibration and for the test; none of them is trained on.",
        low=20,
        high=1_000_000,
    )
    epochs: int = knob(24, "Epochs", "How often every particle is seen.", low=1, high=10_000)
    patience: int = knob(
        6, "Patience", "Training stops when so many epochs in a row bring no lower loss.", low=1, high=10_000
    )
    batch_size: int = knob(256, "Batch", "Particles per step.", low=2, high=4096)
    learning_rate: float = knob(
        2e-3, "Learning rate", "Largest step; it rises at first and falls to zero by a cosine.", low=1e-6, high=1
    )
    label_smoothing: float = knob(
        0.03, "Label smoothing", "Keeps the model from being surer than it can be.", low=0, high=0.5
    )
    weight_decay: float = knob(1e-3, "Weight decay", "Keeps weights small.", low=0, high=1)
    own_share: float = knob(
        0.5,
        "Share of own pictures",
        "With own pictures in class folders, so much of every epoch is drawn from them.",
        low=0,
        high=1,
    )
    seed: int = knob(1, "Seed", "The same seed gives the same particles and the same start.", low=0, high=2**31 - 1)
