"""Boosted decision trees as plain arrays: what was learned elsewhere is asked without the library that learned it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_ROWS_AT_ONCE = 250
"""Times 800 trees, that is 2 MB per array: they stay in the cache of a processor."""


@dataclass(frozen=True, eq=False)
class Trees:
    """A sum of decision trees, one after the other in flat arrays.

    Attributes
    ----------
    feature
        Which feature a node looks at, -1 in a leaf.
    threshold
        A node goes left where the feature is at most this.
    left, right
        The nodes that follow.
    value
        What a leaf adds.
    roots
        The first node of every tree.
    base
        What the sum begins with.
    """

    feature: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float32]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: npt.NDArray[np.float32]
    roots: npt.NDArray[np.int32]
    base: float

    def __post_init__(self) -> None:
        n, inner = len(self.feature), np.flatnonzero(self.feature >= 0)
        lengths = {len(values) for values in (self.threshold, self.left, self.right, self.value)}
        follows = (self.left[inner] > inner) & (self.right[inner] > inner) if lengths == {n} else np.zeros(1, bool)
        if not follows.all() or max(self.left.max(), self.right.max(), self.roots.max()) >= n or self.roots.min() < 0:
            raise ValueError("the nodes are no trees")  # a node that leads back would be asked for ever

    def __call__(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the probability of each row of features, shape (rows, features): the logistic function of the sum.

        Examples
        --------
        >>> one = Trees(*(np.array(v) for v in ([0, -1, -1], [0.5, 0, 0], [1, 0, 0], [2, 0, 0], [0, -9, 9], [0])), 0.0)
        >>> one(np.array([[0.0], [1.0]], np.float32)).round(3).tolist()
        [0.0, 1.0]
        """
        total = np.full(len(features), self.base)
        for start in range(0, len(features), _ROWS_AT_ONCE):
            some = features[start : start + _ROWS_AT_ONCE]
            total[start : start + _ROWS_AT_ONCE] += self.value[self._leaves(some)].sum(axis=1)
        return 1 / (1 + np.exp(-total))

    def _leaves(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
        """Return where each row ends in each tree: all that are in no leaf go down one level at a time."""
        is_leaf = self.feature < 0
        nodes = np.arange(len(self.feature))
        following = np.stack([np.where(is_leaf, nodes, side) for side in (self.left, self.right)], axis=1).ravel()
        asked = np.where(is_leaf, 0, self.feature).astype(np.intp)
        values, (n_rows, n_features) = features.ravel(), features.shape
        node = np.tile(self.roots.astype(np.intp), n_rows)
        beginning = np.repeat(np.arange(n_rows) * n_features, self.roots.size)
        found, place = node.copy(), np.arange(node.size)
        while place.size:
            goes_right = ~(values.take(beginning + asked.take(node)) <= self.threshold.take(node))
            node = following.take(2 * node + goes_right)
            found[place] = node
            further = np.flatnonzero(~is_leaf.take(node))
            node, beginning, place = node[further], beginning[further], place[further]
        return found.reshape(n_rows, -1)
