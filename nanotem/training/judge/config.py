"""Settings of a training of the judge."""

from dataclasses import dataclass

from nanotem.parameters import Parameters, knob


@dataclass(frozen=True)
class JudgeConfig(Parameters):
    """How the judge learns."""

    n_drawn: int = knob(1140, "Drawn micrographs", "As many of each kind in turn.", low=0, high=100_000)
    drawn_weight: float = knob(
        0.05, "Weight of drawn ones", "What a drawn micrograph counts beside a real one.", low=0, high=10
    )
    drawn_share: float = knob(
        0.03,
        "Share of drawn ones",
        "What a drawn or boxed one counts beside a labelled one in probabilities.",
        low=0,
        high=10,
    )
    n_rows: int = knob(200, "Proposals", "At most so many of each micrograph are learned from.", low=1, high=1_000_000)
    n_bags: int = knob(4, "Bags", "So many sets of trees, each from other proposals, are averaged.", low=1, high=100)
    n_trees: int = knob(200, "Trees", "Of each bag. More learn more, and more of what is chance.", low=1, high=10_000)
    n_leaves: int = knob(10, "Leaves", "Of each tree.", low=2, high=1000)
    learning_rate: float = knob(0.06, "Learning rate", "What each tree adds.", low=1e-4, high=1)
    n_folds: int = knob(
        5, "Folds", "Figures are those of micrographs that were left out, one part after the other.", low=2, high=100
    )
    seed: int = knob(
        1_500_000_000, "Seed", "Of the first drawn micrograph; no network learns from these.", low=0, high=2**31
    )
