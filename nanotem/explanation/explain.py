"""Ask a network why."""

import numpy as np
import numpy.typing as npt

from nanotem.explanation.attribution import Attribution
from nanotem.explanation.explainer import Explainer
from nanotem.explanation.methods import Method, method_named
from nanotem.explanation.questions import Question
from nanotem.morphology.crops import Crops


def explain(
    explainer: Explainer,
    crops: Crops,
    *,
    target: str,
    contrast: str | None = None,
    method: str = "grad-cam",
) -> Attribution:
    """Say which pixels speak for a class.

    What a method "removes" becomes 0 in every channel, which is what background looks like: no particle is there.

    Parameters
    ----------
    explainer
        A model prepared for questions.
    crops
        Of `nanotem.morphology.crops.crop_particles`, shape (n, CROP_PX, CROP_PX, 2).
    target
        The class that is explained: the score is its logit.
    contrast
        "Why the target and not this one": the score is the difference of the two logits.
    method
        One of `METHODS`.

    Returns
    -------
    Attribution
        One map per crop; none for no crops. The same call gives the same maps.

    Raises
    ------
    ParameterError
        If there is no such method or class, or target and contrast are the same.
    """
    how, question = method_named(method), Question(target, contrast)
    weights = question.weights(explainer.classes)
    values = [_settled(how, explainer.ask(how, crop, weights), explainer.to_input(crop[None])[0]) for crop in crops]
    rows, columns, n_channels = explainer.model.input_shape[1:]
    apart = how.combine != "whole pixels"
    shape = (len(crops), rows, columns, n_channels if apart else 1)
    stacked = np.array(values, np.float32).reshape(shape)
    return Attribution(how, question, stacked, explainer.channels if apart else ())


def _settled(method: Method, values: npt.NDArray[np.float32], inputs: Crops) -> npt.NDArray[np.float32]:
    """Put the zero of RISE, which gives mean scores, where covering changes nothing: in the empty background."""
    if method.name != "rise":
        return values
    empty = ~inputs.any(axis=-1)
    return values - (np.median(values[empty]) if empty.any() else values.mean())
