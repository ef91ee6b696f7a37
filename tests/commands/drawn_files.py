"""Files of drawn discs and their labels."""

from pathlib import Path

import cv2
import numpy as np
import tifffile
from drawing import disc_grid, draw, with_noise

from nanotem.micrograph import Labels

DISCS, TRUE = draw((200, 300), disc_grid(2, 3, pitch_px=100, diameter_px=40))


def save_picture(path: Path, image: np.ndarray = DISCS) -> Path:
    """Write an image with some noise as 8 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), with_noise(image, 2).round().astype(np.uint8))
    return path


def save_labels(path: Path, labels: Labels = TRUE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, labels)
    return path
