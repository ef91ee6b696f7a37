"""Boosted trees that tell true proposals, as plain arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nanotem.segmentation.judge.trees import Trees
from nanotem.training.judge.config import JudgeConfig
from nanotem.training.judge.example import JudgeExample

TRUE_OVERLAP = 0.5
"""A proposal is true if it shares more than this with a particle, as F1 counts it."""


def fit_trees(examples: Sequence[JudgeExample], config: JudgeConfig) -> Trees:
    """Learn from examples, in bags of other proposals each, whose logits are averaged."""
    bags = [_fit_bag(examples, config, seed) for seed in range(config.seed, config.seed + config.n_bags)]
    offsets = np.cumsum([0, *(len(one.feature) for one in bags[:-1])])
    return Trees(
        np.concatenate([one.feature for one in bags]),
        np.concatenate([one.threshold for one in bags]),
        np.concatenate([one.left + offset for one, offset in zip(bags, offsets, strict=True)]).astype(np.int32),
        np.concatenate([one.right + offset for one, offset in zip(bags, offsets, strict=True)]).astype(np.int32),
        (np.concatenate([one.value for one in bags]) / len(bags)).astype(np.float32),
        np.concatenate([one.roots + offset for one, offset in zip(bags, offsets, strict=True)]).astype(np.int32),
        float(np.mean([one.base for one in bags])),
    )


def _fit_bag(examples: Sequence[JudgeExample], config: JudgeConfig, seed: int) -> Trees:
    """Learn from a part of the proposals; micrographs with many of them count by the root of their number.

    On one thread: folds learn side by side, and more threads than cores wait for each other, minutes on end.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    rng = np.random.default_rng(seed)
    features, is_true, weights = [], [], []
    for example in examples:
        weight = 1.0 if example.is_real else config.drawn_weight
        for heard in (example.glance, example.closer):
            n = len(heard.overlap)
            rows = rng.choice(n, min(n, config.n_rows), replace=False)
            features.append(heard.features[rows])
            is_true.append(heard.overlap[rows] > TRUE_OVERLAP)
            weights.append(np.full(len(rows), weight / np.sqrt(max(len(rows), 1))))
    model = HistGradientBoostingClassifier(
        max_iter=config.n_trees,
        learning_rate=config.learning_rate,
        max_leaf_nodes=config.n_leaves,
        max_features=0.5,
        min_samples_leaf=30,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=seed % 2**32,
    )
    every_weight = np.concatenate(weights)
    with threadpool_limits(1):
        model.fit(np.concatenate(features), np.concatenate(is_true), sample_weight=every_weight / every_weight.mean())
    return trees_of(model)


def trees_of(model: Any) -> Trees:
    """Return the trees of scikit-learn's HistGradientBoostingClassifier for two classes."""
    nodes = [predictors[0].nodes for predictors in model._predictors]
    starts = np.cumsum([0, *(len(some) for some in nodes[:-1])]).astype(np.int32)
    every = np.concatenate(nodes)
    start = np.repeat(starts, [len(some) for some in nodes])
    is_leaf = every["is_leaf"].astype(bool)
    threshold = every["num_threshold"].astype(np.float32)
    below = threshold > every["num_threshold"]  # rounded up: what lay between must go on going right
    threshold[below] = np.nextafter(threshold[below], np.float32(-np.inf))
    return Trees(
        np.where(is_leaf, -1, every["feature_idx"]).astype(np.int32),
        np.where(is_leaf, 0, threshold).astype(np.float32),
        np.where(is_leaf, 0, every["left"] + start).astype(np.int32),
        np.where(is_leaf, 0, every["right"] + start).astype(np.int32),
        np.where(is_leaf, every["value"], 0).astype(np.float32),
        starts,
        float(np.ravel(model._baseline_prediction)[0]),
    )
