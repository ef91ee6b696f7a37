"""Diameters and their weights, checked once before any statistics."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.weights import effective_number


@dataclass(frozen=True, eq=False)
class Sample:
    """Counted particles, sorted by diameter, weights positive."""

    diameters: FloatArray
    weights: FloatArray

    @property
    def n(self) -> int:
        """Number of particles."""
        return self.diameters.size

    @property
    def n_eff(self) -> float:
        """Effective number of particles, (Σw)²/Σw²."""
        return effective_number(self.weights)

    @property
    def likelihood_weights(self) -> FloatArray:
        """Weights that add up to the effective number, for log-likelihoods."""
        return self.weights * self.n_eff / self.weights.sum() if self.n else self.weights


def as_sample(diameters: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Sample:
    """Check and sort diameters; particles of weight 0 are left out.

    Parameters
    ----------
    diameters
        Shape (n,), any unit, above 0.
    weights
        Shape (n,), 0 or more; None counts each particle once.

    Raises
    ------
    ParameterError
        If the shapes differ, a diameter is not a number above 0, or a weight is negative or not finite.
    """
    d = np.asarray(diameters, dtype=np.float64).ravel()
    w = np.ones_like(d) if weights is None else np.asarray(weights, dtype=np.float64).ravel()
    if d.shape != w.shape:
        raise ParameterError(
            f"{w.size} weights for {d.size} diameters.", "Pass one weight for each diameter, or none at all."
        )
    for name, values, wrong in (("diameter", d, ~(d > 0)), ("weight", w, ~(w >= 0))):
        bad = wrong | ~np.isfinite(values)
        if bad.any():
            limit = "above 0" if name == "diameter" else "0 or more"
            raise ParameterError(
                f"A {name} of {values[bad][0]:g} is not a number {limit}.", "Leave such particles out first."
            )
    order = np.argsort(d, kind="stable")
    order = order[w[order] > 0]
    return Sample(d[order], w[order])
