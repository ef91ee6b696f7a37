"""The steps from a micrograph to a mask of its particles, in order, with the picture of each."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from nanotem.micrograph import GreyImage, Mask, Pixels
from nanotem.preprocess.background import find_polarity, flatten
from nanotem.preprocess.grey import Denoised, denoise, enhance, to_grey
from nanotem.preprocess.levels import Background, background_outside
from nanotem.preprocess.params import PreprocessParams
from nanotem.preprocess.repair import clean
from nanotem.preprocess.threshold import add_faint, binarise, find_faint


@dataclass(frozen=True, eq=False)
class PreprocessStages:
    """The picture after every step, all of the shape of the micrograph.

    Attributes
    ----------
    pixels
        The micrograph.
    denoised
        Grey levels 0 to 255 without noise.
    flattened, contrasted
        After the background has been levelled, and after contrast and sharpening: from here on particles are bright.
    binary, mask
        After the threshold, and after the repairs: True in particles.
    faint
        Like `mask`, but from a level that noise sets: faint satellites on big particles are in it.
    polarity
        What was given or found.
    level
        The threshold on the scale of `contrasted`; nan if it varies over the image, infinite if nothing stands out.
    background
        Level and noise of `contrasted` outside particles.
    blur_px
        Standard deviation of the blur that removed the noise.
    ignored
        True where the picture is no micrograph.
    own_threshold
        Whether the recipe has a threshold of its own instead of Otsu's.
    params
        What the steps were told.
    """

    pixels: Pixels
    denoised: GreyImage
    flattened: GreyImage
    contrasted: GreyImage
    binary: Mask
    mask: Mask
    faint: Mask
    polarity: Literal["dark", "bright"]
    level: float
    background: Background
    blur_px: float
    ignored: Mask
    own_threshold: bool
    params: PreprocessParams

    @property
    def grey(self) -> GreyImage:
        """Grey levels 0 to 255 as recorded."""
        return to_grey(self.pixels)

    @property
    def bright(self) -> GreyImage:
        """The picture without noise, inverted if particles are dark."""
        return 255 - self.denoised if self.polarity == "dark" else self.denoised

    @property
    def levelled(self) -> GreyImage:
        """The picture with bright particles and a level background, and with all its noise: edges are as recorded."""
        background = self.bright - self.flattened
        recorded = self.grey
        if self.polarity == "dark":
            np.subtract(255, recorded, out=recorded)
        return np.subtract(recorded, background, out=background)

    @property
    def is_blurred(self) -> bool:
        """Whether the blur grew with the noise: structures as narrow as it are lost."""
        return self.params.denoise.method == "gaussian" and self.blur_px > self.params.denoise.sigma_px

    def finer(self) -> "PreprocessStages":
        """Return the same steps, of the same polarity, without the blur that the noise asked for."""
        finer = replace(
            self.params,
            denoise=replace(self.params.denoise, contrast_to_noise=0),
            background=replace(self.params.background, polarity=self.polarity),
        )
        return preprocess(self.pixels, finer, ignore=self.ignored)

    @property
    def is_automatic(self) -> bool:
        """Whether the polarity was found, not given."""
        return self.params.background.polarity == "automatic"

    @cached_property
    def reversed(self) -> "PreprocessStages":
        """The same steps with the other polarity."""
        other: Literal["dark", "bright"] = "bright" if self.polarity == "dark" else "dark"
        background = replace(self.params.background, polarity=other)
        denoised = Denoised(self.denoised, self.blur_px)
        params = replace(self.params, background=background)
        return preprocess(self.pixels, params, ignore=self.ignored, denoised=denoised)

    @property
    def contrast(self) -> GreyImage:
        """Grey level above the background."""
        return self.contrasted - np.float32(np.nan_to_num(self.background.level))


def preprocess(
    pixels: Pixels,
    params: PreprocessParams,
    *,
    ignore: Mask | None = None,
    denoised: Denoised | None = None,
) -> PreprocessStages:
    """Run every step in order.

    Parameters
    ----------
    pixels
        Grey image of any depth, shape (rows, columns), finite.
    params
        One group of parameters per step.
    ignore
        True where the picture is no micrograph (scale bar, its text, info strips): never a particle, and left out
        of every estimate.
    denoised
        Result of `denoise` for the same pixels and parameters, if it is already there: the only slow step.

    Returns
    -------
    PreprocessStages
        The mask is empty if nothing stands out.
    """
    if ignore is None:
        ignore = np.zeros(pixels.shape, bool)
    quiet, blur_px = denoised or denoise(to_grey(pixels), params.denoise, ignore=ignore)
    polarity = find_polarity(quiet, ignore) if params.background.polarity == "automatic" else params.background.polarity
    bright = 255 - quiet if polarity == "dark" else quiet
    flattened = flatten(bright, params.background, ignore)
    contrasted = enhance(flattened, params.contrast, ignore)
    binary, level = binarise(contrasted, params.threshold, ignore)
    mask = clean(binary & ~ignore, params.clean) & ~ignore
    faint = mask
    if params.threshold.find_faint:
        faint = find_faint(mask, contrasted, level, params.threshold, params.clean, ignore)
        mask = add_faint(mask, faint)
    background = background_outside(contrasted, mask, ignore)
    return PreprocessStages(
        *(pixels, quiet, flattened, contrasted, binary, mask, faint, polarity, level, background),
        blur_px=blur_px,
        ignored=ignore,
        own_threshold=params.threshold.method != "otsu",
        params=params,
    )
