"""Blurred, noisy bodies of known size with their labels at half of the contrast."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage, Labels

_FINE = 6


def body(kind: str, row: float, column: float, size_px: float, *, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return the contrast of a disc, a thin sphere, a square turned by 20° or a sloping pyramid, without blur."""
    y, x = ((np.arange(n * _FINE) + 0.5) / _FINE - 0.5 - centre for n, centre in zip(shape, (row, column), strict=True))
    y, x = np.meshgrid(y, x, indexing="ij", sparse=True)
    half = size_px / 2
    turn = np.radians(20)
    side = np.maximum(np.abs(x * np.cos(turn) + y * np.sin(turn)), np.abs(y * np.cos(turn) - x * np.sin(turn)))
    fine = {
        "disc": lambda: (np.hypot(y, x) < half).astype(float),
        "sphere": lambda: np.sqrt(np.clip(1 - (y**2 + x**2) / half**2, 0, None)),
        "square": lambda: (side < half).astype(float),
        "pyramid": lambda: np.clip(1 - side / half, 0, None),
    }[kind]()
    return np.asarray(fine.reshape(shape[0], _FINE, shape[1], _FINE).mean(axis=(1, 3)))


def scene(
    bodies: Sequence[tuple[str, float, float, float]],
    *,
    shape: tuple[int, int],
    blur_px: float = 1.0,
    contrast: float = -80.0,
    contrast_to_noise: float = 20.0,
    seed: int = 0,
) -> tuple[GreyImage, Labels]:
    """Draw bodies (kind, row, column, size); return the picture and labels from 1 in their order."""
    single = [body(kind, row, column, size, shape=shape) for kind, row, column, size in bodies]
    sharp = np.max(single, axis=0) if single else np.zeros(shape)
    blurred = cv2.GaussianBlur(sharp, (0, 0), blur_px)
    noise = np.random.default_rng(seed).normal(0, abs(contrast) / contrast_to_noise, shape)
    labels = np.zeros(shape, np.int32)
    for label, one in enumerate(single, start=1):
        labels[one > (0.35 if bodies[label - 1][0] == "pyramid" else 0.5)] = label
    return (150 + contrast * blurred + noise).astype(np.float32), labels


def grid(kind: str, size_px: float, n: int, *, pitch_px: float) -> list[tuple[str, float, float, float]]:
    """Return n bodies in two rows, each shifted by its own part of a pixel."""
    return [
        (kind, pitch_px * (0.5 + k % 2) + 0.13 * k, pitch_px * (0.5 + k // 2) + 0.29 * k, size_px) for k in range(n)
    ]
