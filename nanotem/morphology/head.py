"""One model of all that is seen of a particle: features of the networks and numbers of the outline, weighted."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.morphology.reliability import Values, probabilities_of


@dataclass(frozen=True, eq=False)
class Head:
    """A multinomial logistic model, kept as a plain table; no class is ruled out by any one thing that is seen.

    Attributes
    ----------
    table
        Shape (inputs + 1, classes): weight of each input for each class, and in the last row what is added.
    temperature
        Divides the sums before softmax; fitted after all is combined, on particles of other images.
    plausible_threshold
        Score up to which a class is plausible, likewise.
    """

    table: Values
    temperature: float
    plausible_threshold: float

    def probabilities(self, seen: Values) -> Values:
        """Return calibrated probabilities, shape (n, classes), for what is seen, shape (n, inputs)."""
        return probabilities_of(seen @ self.table[:-1] + self.table[-1], self.temperature)


def beside(*seen: npt.NDArray[np.floating]) -> Values:
    """Return what is seen of the same particles in several ways as one table, shape (n, inputs)."""
    return np.hstack([np.asarray(one, np.float64) for one in seen])
