"""Patches of examples as the network is trained on: at the working scale, turned, and made harder."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage
from nanotem.segmentation.network.maps import FOREGROUND, REDUCTION, Maps
from nanotem.segmentation.network.scale import WORKING_PX
from nanotem.training.segmenter.example import Example

_NEAR, _AT_ALL_PX, _SHARE_NEAR = (0.55, 1.7), (5.0, 80.0), 0.6
"""Most patches show particles near the working size, where they are wanted in an analysis; the others at any size that
is found beside it in the same frame."""
_LARGEST_ZOOM = 6.0
_FRAMES = 1.5
"""A patch shows so many times the side of a frame at most, and mirror images of it beyond, unless the particles are so
large in their frame that they would come out too large."""
_FINER = 2
_ON_PARTICLE = 0.75
_INVERTED = 0.1
"""Where particles fill the frame, their polarity is often taken for the other one."""
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
        Shape (side_px / 2, side_px / 2, 3).
    """
    least_zoom = min(side_px / (_FRAMES * min(example.image.shape)), _NEAR[0] * WORKING_PX / example.diameter_px)
    zoom = float(np.clip(_shown_px(rng) / example.diameter_px, least_zoom, _LARGEST_ZOOM))
    onto_example = _placement(_centre(example, rng), side_px, zoom, rng)
    image = _cut(example.image, onto_example, side_px, side_px)
    maps = _cut(example.maps, onto_example, side_px, side_px // REDUCTION).astype(np.float32) * np.float32(1 / 255)
    return degrade(image, rng), maps


def _shown_px(rng: np.random.Generator) -> float:
    """Return the diameter that particles are to have in a patch."""
    sizes = WORKING_PX * np.array(_NEAR) if rng.random() < _SHARE_NEAR else np.array(_AT_ALL_PX)
    return float(np.exp(rng.uniform(*np.log(sizes))))


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
    return np.asarray(-image if rng.random() < _INVERTED else image, np.float32)


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
    """Cut a patch at twice the resolution that is asked for and average, so that nothing is aliased."""
    fine = _FINER * to_px
    place_px = side_px / fine
    window, matrix = _around(onto_example, side_px, picture.shape)
    near = picture[window]
    near = near.astype(np.float32) if near.dtype == np.float16 else near
    step = float(np.linalg.norm(matrix[:, 0])) * place_px
    if step > 1:
        size = tuple(max(round(side / step), 1) for side in near.shape[1::-1])
        shrunk = np.array(size) / near.shape[1::-1]
        near = cv2.resize(np.ascontiguousarray(near), size, interpolation=cv2.INTER_AREA)
        matrix = matrix * shrunk[:, None]
    matrix[:, 2] += matrix[:, :2] @ np.full(2, place_px / 2) - 0.5
    matrix[:, :2] *= place_px
    cut = cv2.warpAffine(
        near, matrix, (fine, fine), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(cv2.resize(cut, (to_px, to_px), interpolation=cv2.INTER_AREA))


def _around(
    onto_example: npt.NDArray[np.float64], side_px: int, shape: tuple[int, ...]
) -> tuple[tuple[slice, slice], npt.NDArray[np.float64]]:
    """Return the part of an example that a patch shows, if it lies inside, and the affine map onto this part."""
    corners = np.array([(0, 0), (0, side_px), (side_px, 0), (side_px, side_px)], float)
    places = corners @ onto_example[:, :2].T + onto_example[:, 2]
    low = np.floor(places.min(axis=0)).astype(int) - 3
    high = np.ceil(places.max(axis=0)).astype(int) + 4
    matrix = onto_example.copy()
    if (low < 0).any() or (high > shape[1::-1]).any():
        return (slice(None), slice(None)), matrix
    matrix[:, 2] -= low
    return (slice(low[1], high[1]), slice(low[0], high[0])), matrix


def _ramp(side_px: int, rng: np.random.Generator) -> GreyImage:
    down, across = np.mgrid[-1 : 1 : side_px * 1j, -1 : 1 : side_px * 1j]
    slope, towards = rng.uniform(0, 1.2), rng.uniform(0, 2 * np.pi)
    return np.asarray(slope * (np.sin(towards) * down + np.cos(towards) * across), np.float32)


def _compressed(image: GreyImage, quality: int) -> GreyImage:
    low, high = _JPEG_RANGE
    grey = np.clip((image - low) * (255 / (high - low)), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.float32) * np.float32((high - low) / 255) + low
