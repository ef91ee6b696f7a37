"""Boosted decision trees as plain arrays: what was learned elsewhere is asked without the library that learned it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_ROWS_AT_ONCE = 1000
"""Times 400 trees, that is 2 MB per array: they stay in the cache of a processor."""


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
            rows = np.arange(len(some))[:, None]
            node = np.tile(self.roots, (len(some), 1))
            while (self.feature[node] >= 0).any():
                goes_left = some[rows, self.feature[node]] <= self.threshold[node]
                following = np.where(goes_left, self.left[node], self.right[node])
                node = np.where(self.feature[node] >= 0, following, node)
            total[start : start + _ROWS_AT_ONCE] += self.value[node].sum(axis=1)
        return 1 / (1 + np.exp(-total))
