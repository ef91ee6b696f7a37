"""What microscope and camera make of a thickness."""

from dataclasses import dataclass, fields
from math import pi, sqrt
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.synthetic.polyhedra import Values

_DIVISORS = ("attenuation_nm", "blur_px", "dose", "power", "gamma", "fringe_px", "texture_px", "edges_px")


@dataclass(frozen=True)
class Imaging:
    """The microscope and its camera.

    Parameters
    ----------
    mode
        Bright field, I = I₀ exp(-t / λ): particles are dark. HAADF, I = tⁿ: particles are bright.
    attenuation_nm
        λ of bright field: the smaller, the darker the particles (12 nm: gold at 200 kV).
    power
        n of HAADF: 1 for a thickness that is recorded in proportion; the composition's exponent is a constant factor.
    crystal_contrast
        Standard deviation, in ln, of a factor on the darkness of each grain: orientation of its lattice.
    edges, edges_px
        Brightness of facet edges, where the thickness changes its slope, relative to the contrast; and their width.
    gradient
        Change of the illumination from corner to corner, as a share.
    texture, texture_px
        Standard deviation of the support's granularity, as a share of the background, and its width.
    fringe, fringe_px
        Strength and width of the bright rim that underfocus puts around particles; negative for overfocus.
    blur_px
        Standard deviation of the point spread function.
    dose
        Electrons per pixel in the background (HAADF: in the brightest place): the fewer, the noisier.
    readout
        Standard deviation of the camera's noise, as a share of the background.
    gamma
        Exponent on the recorded grey level.
    background_grey
        Grey level of the empty support in bright field; of the brightest place in HAADF.
    jpeg_quality
        Compression, 1 to 100; 0 for none.

    Raises
    ------
    ParameterError
        If a value is negative (except `fringe`), or one of those that divide is 0.
    """

    mode: Literal["bright field", "HAADF"] = "bright field"
    attenuation_nm: float = 12.0
    power: float = 1.0
    crystal_contrast: float = 0.25
    edges: float = 0.0
    edges_px: float = 1.0
    gradient: float = 0.12
    texture: float = 0.02
    texture_px: float = 1.2
    fringe: float = 0.15
    fringe_px: float = 3.0
    blur_px: float = 0.8
    dose: float = 400.0
    readout: float = 0.01
    gamma: float = 1.0
    background_grey: float = 175.0
    jpeg_quality: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("mode", "fringe"):
                continue
            if value < 0 or (value == 0 and field.name in _DIVISORS):
                raise ParameterError(f"{field.name} is {value:g}, which is too small.", "Give a number above 0.")


def expose(thickness_nm: Values, imaging: Imaging, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return the 8-bit image of a thickness.

    Parameters
    ----------
    thickness_nm
        Along the beam, weighted by how strongly each grain scatters; shape (rows, columns).
    imaging
        Microscope and camera.
    rng
        Source of all chance: the same state gives the same pixels.
    """
    shape = thickness_nm.shape
    down, across = np.ogrid[-0.5 : 0.5 : shape[0] * 1j, -0.5 : 0.5 : shape[1] * 1j]
    towards = rng.uniform(0, 2 * pi)
    illumination = 1 + imaging.gradient / sqrt(2) * (np.sin(towards) * down + np.cos(towards) * across)
    grain = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), imaging.texture_px)
    support = 1 + imaging.texture / max(float(grain.std()), 1e-6) * grain
    beam = _signal(thickness_nm, support, imaging) * illumination.astype(np.float32)
    beam = beam + imaging.fringe * (beam - cv2.GaussianBlur(beam, (0, 0), imaging.fringe_px))
    beam = np.maximum(cv2.GaussianBlur(beam, (0, 0), imaging.blur_px), 0)
    recorded = rng.poisson(imaging.dose * beam) / imaging.dose + rng.normal(0, imaging.readout, shape)
    if imaging.gamma != 1:
        recorded = np.maximum(recorded, 0) ** imaging.gamma
    pixels = np.asarray(np.clip(np.rint(imaging.background_grey * recorded), 0, 255), np.uint8)
    return _compressed(pixels, imaging.jpeg_quality) if imaging.jpeg_quality else pixels


def _signal(thickness_nm: Values, support: Values, imaging: Imaging) -> Values:
    """Return the share of the beam that is recorded, without noise and blur."""
    if imaging.mode == "bright field":
        contrast = np.exp(-thickness_nm * np.float32(1 / imaging.attenuation_nm))
        signal, span = contrast * support, 1 - float(contrast.min())
    else:
        thickest = max(float(thickness_nm.max()), 1e-6)
        signal = 0.9 * (thickness_nm / thickest) ** imaging.power + 0.1 * support
        span = 0.9
    if imaging.edges:
        signal = signal + imaging.edges * span * _ridges(thickness_nm, imaging.edges_px)
    return np.asarray(signal, np.float32)


def _ridges(thickness_nm: Values, width_px: float) -> Values:
    """Return where the slope of the thickness changes, 0 to 1: facet edges and the outline."""
    bend = np.abs(cv2.Laplacian(cv2.GaussianBlur(thickness_nm, (0, 0), width_px), cv2.CV_32F))
    return np.asarray(np.minimum(bend / max(float(np.percentile(bend, 99.5)), 1e-6), 1))


def _compressed(pixels: npt.NDArray[np.uint8], quality: int) -> npt.NDArray[np.uint8]:
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
