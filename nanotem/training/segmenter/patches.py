"""Patches of examples as the network is trained on: at the working scale, turned, and made harder."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage
from nanotem.segmentation.network.maps import FOREGROUND, REDUCTION, Maps
from nanotem.segmentation.network.scale import WORKING_PX
from nanotem.training.segmenter.example import Example

_ZOOMS = (0.55, 1.7)
_FINER = 2
_ON_PARTICLE = 0.75
_JPEG_RANGE = (-4.0, 4.0)


def draw_patch(example: Example, side_px: int, rng: np.random.Generator) -> tuple[GreyImage, Maps]:
    """Cut a patch at a random place, scale and turn, and change its grey levels at random.

    Parameters
    ----------
    example
        Where it is cut from.
    side_px
        Rows and columns of the patch; its maps have half as many.
    rng
        Source of all chance.

    Returns
    -------
    image
        Shape (side_px, side_px).
    maps
        Shape (side_px / 2, side_px / 2, 2).
    """
    zoom = WORKING_PX / example.diameter_px * float(np.exp(rng.uniform(*np.log(_ZOOMS))))
    onto_example = _placement(_centre(example, rng), side_px, zoom, rng)
    image = _cut(example.image.astype(np.float32), onto_example, side_px, side_px)
    maps = _cut(example.maps, onto_example, side_px, side_px // REDUCTION).astype(np.float32) * np.float32(1 / 255)
    return degrade(image, rng), maps


def degrade(image: GreyImage, rng: np.random.Generator) -> GreyImage:
    """Return a patch with other contrast, noise, blur, compression and background; rarely inverted."""
    if rng.random() < 0.3:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.8))
    if rng.random() < 0.3:
        low = float(image.min())
        span = max(float(image.max()) - low, 1e-3)
        image = low + span * ((image - low) / span) ** np.float32(np.exp(rng.uniform(-0.5, 0.5)))
    if rng.random() < 0.4:
        noise = rng.normal(0, 1, image.shape).astype(np.float32)
        if rng.random() < 0.5:
            noise = 2 * cv2.GaussianBlur(noise, (0, 0), 1.0)
        image = image + np.float32(rng.uniform(0, 0.6)) * noise
    if rng.random() < 0.3:
        image = image + _ramp(image.shape[0], rng)
    if rng.random() < 0.2:
        image = _compressed(image, int(rng.integers(15, 80)))
    image = image * np.float32(np.exp(rng.normal(0, 0.25))) + np.float32(rng.normal(0, 0.25))
    return np.asarray(-image if rng.random() < 0.07 else image, np.float32)


def _centre(example: Example, rng: np.random.Generator) -> tuple[float, float]:
    """Return row and column of a place, most often in a particle."""
    rows, columns = example.image.shape
    row, column = 0.0, 0.0
    for _ in range(20 if rng.random() < _ON_PARTICLE else 1):
        row, column = rng.uniform(0, rows), rng.uniform(0, columns)
        if example.maps[int(row), int(column), FOREGROUND]:
            break
    return float(row), float(column)


def _placement(
    centre: tuple[float, float], side_px: int, zoom: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return the affine map from (column, row) in the patch to those in the example."""
    angle, aspect = rng.uniform(0, 2 * np.pi), np.exp(rng.normal(0, 0.08))
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = turned @ np.diag([aspect * rng.choice([-1, 1]), 1 / aspect]) / zoom
    shift = np.array(centre[::-1]) - turned @ np.full(2, side_px / 2)
    return np.column_stack([turned, shift])


def _cut(
    picture: npt.NDArray[Any], onto_example: npt.NDArray[np.float64], side_px: int, to_px: int
) -> npt.NDArray[Any]:
    """Cut a patch at twice its resolution and average, so that nothing is aliased."""
    fine = _FINER * side_px
    matrix = onto_example.copy()
    matrix[:, :2] /= _FINER
    matrix[:, 2] += onto_example[:, :2] @ np.full(2, 0.5 / _FINER) - 0.5
    cut = cv2.warpAffine(
        picture,
        matrix,
        (fine, fine),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(cv2.resize(cut, (to_px, to_px), interpolation=cv2.INTER_AREA))


def _ramp(side_px: int, rng: np.random.Generator) -> GreyImage:
    down, across = np.mgrid[-1 : 1 : side_px * 1j, -1 : 1 : side_px * 1j]
    slope, towards = rng.uniform(0, 1.2), rng.uniform(0, 2 * np.pi)
    return np.asarray(slope * (np.sin(towards) * down + np.cos(towards) * across), np.float32)


def _compressed(image: GreyImage, quality: int) -> GreyImage:
    low, high = _JPEG_RANGE
    grey = np.clip((image - low) * (255 / (high - low)), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.float32) * np.float32((high - low) / 255) + low
