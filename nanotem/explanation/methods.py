"""The methods that can be asked, with what each shows, what it costs and how it is set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from nanotem.errors import ParameterError

Combine = Literal["sum", "largest", "whole pixels"]


@dataclass(frozen=True, eq=False)
class Method:
    """One way of asking a network why.

    Attributes
    ----------
    name, title
        For code and for people.
    group
        Quick ones take the gradient of one or some dozen crops, thorough ones ask the network hundreds of times.
    shows
        What the map shows and what it costs, in two sentences.
    xplique
        Class of `xplique.attributions`.
    parameters
        What that class is given; every number that changes the map.
    combine
        How contrast and mask become one map: the "sum" of both (an equal change of both channels), the "largest" of
        both, or "whole pixels" for methods that never tell the channels apart.
    signed
        Whether negative values speak against the class; else the map is only of strength.
    """

    name: str
    title: str
    group: Literal["quick", "thorough"]
    shows: str
    xplique: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    combine: Combine = "whole pixels"
    signed: bool = True


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.name: method
        for method in (
            Method(
                "saliency",
                "Saliency",
                "quick",
                "How strongly a small change of each pixel would change the score, in either direction. "
                "One gradient; grainy.",
                "Saliency",
                combine="largest",
                signed=False,
            ),
            Method(
                "gradient-input",
                "Gradient × Input",
                "quick",
                "The gradient times the pixel's value, so that empty background stays empty. "
                "One gradient; grainy, and blind where the crop is 0.",
                "GradientInput",
                combine="sum",
            ),
            Method(
                "guided-backprop",
                "Guided Backprop",
                "quick",
                "A gradient that passes only where it raises the score: it draws crisp edges. "
                "One gradient; look at its test against shuffled weights, since it may draw edges of any model.",
                "GuidedBackprop",
                combine="sum",
            ),
            Method(
                "grad-cam",
                "Grad-CAM",
                "quick",
                "Where the last feature maps speak for the class; with this network that is exactly where the score "
                "comes from. One gradient; as coarse as those maps, a few pixels of the particle each.",
                "GradCAM",
                signed=False,
            ),
            Method(
                "grad-cam++",
                "Grad-CAM++",
                "quick",
                "Like Grad-CAM, with weights that bring out several places at once. One gradient; coarse.",
                "GradCAMPP",
                signed=False,
            ),
            Method(
                "integrated-gradients",
                "Integrated Gradients",
                "quick",
                "The gradient summed up from an empty crop to this one: the values add up to the difference of their "
                "scores. 64 gradients.",
                "IntegratedGradients",
                {"steps": 64, "baseline_value": 0.0},
                "sum",
            ),
            Method(
                "smoothgrad",
                "SmoothGrad",
                "quick",
                "The gradient averaged over noisy copies of the crop, which removes much of its grain. 64 gradients.",
                "SmoothGrad",
                {"nb_samples": 64, "noise": 0.1},
                "sum",
            ),
            Method(
                "squaregrad",
                "SquareGrad",
                "quick",
                "The mean square of the gradient over noisy copies: strength without a sign, strong places stand out. "
                "64 gradients.",
                "SquareGrad",
                {"nb_samples": 64, "noise": 0.1},
                "sum",
                signed=False,
            ),
            Method(
                "vargrad",
                "VarGrad",
                "quick",
                "The variance of the gradient over noisy copies: where the answer depends on detail. 64 gradients.",
                "VarGrad",
                {"nb_samples": 64, "noise": 0.1},
                "sum",
                signed=False,
            ),
            Method(
                "occlusion",
                "Occlusion",
                "quick",
                "How much the score falls when a patch is made background. 225 answers of the network.",
                "Occlusion",
                {"patch_size": 8, "patch_stride": 4, "occlusion_value": 0.0},
            ),
            Method(
                "rise",
                "RISE",
                "thorough",
                "The mean score over random covers, at the places that stay visible, relative to empty background. "
                "1024 answers of the network; smooth, a little noisy.",
                "Rise",
                {"nb_samples": 1024, "grid_size": 8, "preservation_probability": 0.5, "mask_value": 0.0},
            ),
            Method(
                "lime",
                "LIME",
                "thorough",
                "The weights of a linear model that imitates the network when parts of the particle are taken away. "
                "512 answers of the network; one value per part.",
                "Lime",
                {"nb_samples": 512, "prob": 0.5},
            ),
            Method(
                "kernel-shap",
                "Kernel SHAP",
                "thorough",
                "A fair division of the score among the parts of the particle (Shapley values, estimated). "
                "1024 answers of the network; one value per part.",
                "KernelShap",
                {"nb_samples": 1024},
            ),
            Method(
                "sobol",
                "Sobol",
                "thorough",
                "The share of the score's variance that each place causes, alone and together with others. "
                "2112 answers of the network on a grid of 8 × 8.",
                "SobolAttributionMethod",
                {"grid_size": 8, "nb_design": 32},
                signed=False,
            ),
            Method(
                "hsic",
                "HSIC",
                "thorough",
                "How much the score depends on seeing each place, whatever the form of the dependence. "
                "512 answers of the network on a grid of 8 × 8.",
                "HsicAttributionMethod",
                {"grid_size": 8, "nb_design": 512},
                signed=False,
            ),
        )
    }
)
"""All methods by name, the quick ones first."""


def method_named(name: str) -> Method:
    """Return a method.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if name not in METHODS:
        raise ParameterError(f"There is no method {name!r}.", f"Choose one of: {', '.join(METHODS)}.")
    return METHODS[name]
