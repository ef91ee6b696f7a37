"""From a micrograph to a mask of its particles."""

from nanotem.preprocess.background import estimate_background, find_polarity, flatten
from nanotem.preprocess.grey import Denoised, denoise, enhance, to_grey
from nanotem.preprocess.repair import clean
from nanotem.preprocess.stages import PreprocessStages, preprocess
from nanotem.preprocess.threshold import add_faint, binarise

__all__ = [
    "Denoised",
    "PreprocessStages",
    "add_faint",
    "binarise",
    "clean",
    "denoise",
    "enhance",
    "estimate_background",
    "find_polarity",
    "flatten",
    "preprocess",
    "to_grey",
]
