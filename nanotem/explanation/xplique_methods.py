"""The methods of Xplique, set up so that they fit these crops and run without fault."""

from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.explanation.methods import Method
from nanotem.morphology.layers import FEATURES
from nanotem.optional import XPLIQUE, needs

_BATCH = 64
_N_PARTS = 60
_COMPACTNESS = 0.1


def build(method: Method, model: Any) -> Any:
    """Return the method of Xplique for a model that gives logits.

    `output_layer` is never passed: Xplique 1.3.3 ignores it.
    """
    with needs(XPLIQUE):
        from xplique import attributions

    options: dict[str, Any] = {"batch_size": _BATCH, **method.parameters}
    if method.combine != "whole pixels":
        options["reducer"] = None
    if method.xplique.startswith("GradCAM"):
        options["conv_layer"] = _pooled_layer(model)
    if method.name in ("lime", "kernel-shap"):
        options |= {"map_to_interpret_space": _parts_tensor, "ref_value": np.zeros(model.input_shape[-1], np.float32)}
    if method.name == "lime":
        options["interpretable_model"] = _ridge()
    if method.name == "hsic":
        options["estimator"] = _hsic_estimator()
    explainer = getattr(attributions, method.xplique)(model, **options)
    if method.name in ("sobol", "hsic"):
        _compile_nothing_per_crop(explainer)
    return explainer


def parts(crop: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Return about 60 compact parts that follow the edges of a crop (SLIC), shape (rows, columns), from 0."""
    from skimage.segmentation import slic

    return np.asarray(
        slic(crop.astype(float), n_segments=_N_PARTS, compactness=_COMPACTNESS, channel_axis=-1, start_label=0)
    )


def _parts_tensor(crop: Any) -> Any:
    import tensorflow as tf

    return tf.cast(parts(crop.numpy()), tf.int32)


def _ridge() -> Any:
    """Return a linear model of its own: Xplique's default is one object shared by all."""
    from sklearn.linear_model import Ridge

    return Ridge(alpha=2)


def _pooled_layer(model: Any) -> str:
    """Return the name of the layer whose maps are pooled into features.

    Xplique takes the last convolution, which in a residual network may be the one of the shortcut alone.
    """
    pooled = model.get_layer(FEATURES).input
    return str(next(layer.name for layer in model.layers if layer.output is pooled))


def _hsic_estimator() -> Any:
    """Return Xplique's estimator with the median distance of the scores as the width of its kernel.

    Its own width is the median score, which is right for probabilities; that of logits may be 0 or negative.
    """
    from xplique.attributions.global_sensitivity_analysis.hsic_estimators import BinaryEstimator
    from xplique.attributions.global_sensitivity_analysis.kernels import rbf

    class MedianDistance(BinaryEstimator):  # type: ignore[misc]
        def output_kernel_func(self, X: Any, Y: Any) -> Any:
            distances = np.abs(np.asarray(X) - np.asarray(Y))
            return rbf(X, Y, np.float32(max(np.median(distances), 1e-6)))

    return MedianDistance()


def _compile_nothing_per_crop(explainer: Any) -> None:
    """Call as plain Python what Xplique would compile anew for every crop."""
    explainer._batch_perturbations = type(explainer)._batch_perturbations.python_function
