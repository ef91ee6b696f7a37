"""Arrays as pictures for people: previews, coloured labels, outlines."""

import base64
from collections.abc import Collection
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.labels import grown, numbers_in, touching_pairs
from nanotem.micrograph import GreyImage, Labels, Mask, Pixels

Picture = npt.NDArray[np.uint8]
"""Shape (rows, columns, 3), red, green, blue."""

PREVIEW_PX = 1200
"""Longest side of a picture that is sent to the browser."""

LABEL_COLOURS = (
    (255, 176, 0),
    (100, 143, 255),
    (220, 38, 127),
    (0, 190, 160),
    (254, 97, 0),
    (170, 120, 255),
    (240, 228, 66),
    (86, 220, 255),
)
"""Colours of neighbouring particles, told apart by colour-blind people too."""

_NEIGHBOUR_REACH_PX = 9
_DOT_SHARE = 0.004


def preview_scale(shape: tuple[int, ...], *, longest_px: int = PREVIEW_PX) -> float:
    """Return preview pixels per image pixel, at most 1."""
    return min(1.0, longest_px / max(shape[:2]))


def grey_picture(image: Pixels | GreyImage | Mask, *, longest_px: int = PREVIEW_PX, stretch: bool = False) -> Picture:
    """Reduce an image and show it in grey.

    Parameters
    ----------
    image
        Any depth; masks are shown black and white, 8-bit and 0-to-255 images as they are.
    longest_px
        Longest side of the picture.
    stretch
        Stretch the levels between their 0.2 and 99.8 percentiles.
    """
    levels = image.astype(np.float32) * (255 if image.dtype == bool else 1)
    small = _shrink(levels, longest_px, cv2.INTER_AREA)
    if stretch:
        low, high = np.percentile(small, [0.2, 99.8])
        small = (small - low) * (255 / max(high - low, 1e-6))
    return cv2.cvtColor(np.clip(small, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)


def micrograph_picture(pixels: Pixels, *, longest_px: int = PREVIEW_PX) -> Picture:
    """Show a micrograph in grey: 8-bit levels as they are, any others stretched."""
    return grey_picture(pixels, longest_px=longest_px, stretch=pixels.dtype != np.uint8)


def basin_picture(basin: GreyImage, *, longest_px: int = PREVIEW_PX) -> Picture:
    """Show a distance map from dark (background) to yellow (deepest inside)."""
    small = _shrink(basin.astype(np.float32), longest_px, cv2.INTER_AREA)
    levels = (small * (255 / max(float(small.max()), 1e-6))).astype(np.uint8)
    return cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2RGB)


def label_picture(labels: Labels, *, longest_px: int = PREVIEW_PX) -> Picture:
    """Colour every label so that neighbours differ; background is black."""
    small = _shrink(labels, longest_px, cv2.INTER_NEAREST)
    return _colour_table(small)[small]


def seed_picture(seeds: Labels, *, longest_px: int = PREVIEW_PX) -> Picture:
    """Colour every seed like a label, single pixels enlarged to dots that can be seen."""
    reach = round(_DOT_SHARE * max(seeds.shape))
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    dots = cv2.dilate(seeds.astype(np.float32), window).astype(np.int32)
    return label_picture(np.where(seeds > 0, seeds, dots), longest_px=longest_px)


def outlined_picture(
    image: Pixels,
    labels: Labels,
    *,
    highlighted: Collection[int] | None = None,
    longest_px: int = PREVIEW_PX,
) -> Picture:
    """Draw the outline of every particle on the micrograph.

    Parameters
    ----------
    image, labels
        Micrograph and label image of the same shape.
    highlighted
        Labels to fill with colour; the others are outlined in grey. None outlines all in colour.
    longest_px
        Longest side of the picture. A small micrograph is enlarged as far as whole pixels go, so that its outlines are
        thin beside the particles.
    """
    times = max(longest_px // max(image.shape), 1)
    picture = _repeated(micrograph_picture(image, longest_px=longest_px), times)
    small = _repeated(_shrink(labels, longest_px, cv2.INTER_NEAREST), times)
    outline = _outline(small)
    if highlighted is None:
        picture[outline] = LABEL_COLOURS[0]
        return picture
    chosen = np.isin(small, list(highlighted))
    picture[outline & ~chosen] = (150, 150, 150)
    picture[chosen] = (0.55 * picture[chosen] + 0.45 * np.array(LABEL_COLOURS[0])).astype(np.uint8)
    picture[outline & chosen] = LABEL_COLOURS[0]
    return picture


def encode(picture: Picture) -> bytes:
    """Return a picture as JPEG bytes."""
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 90])[1])


def png(picture: Picture) -> bytes:
    """Return a picture as PNG bytes, every pixel as it is; one without colours needs a third of them."""
    is_grey = (picture == picture[..., :1]).all()
    return bytes(cv2.imencode(".png", picture[..., 0] if is_grey else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1])


def data_address(data: bytes, kind: Literal["jpeg", "png", "svg+xml"] = "jpeg") -> str:
    """Return the file of a picture as an address that holds it."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def neighbour_colours(labels: Labels) -> dict[int, int]:
    """Give every label one of a few colours so that labels close to each other differ (greedy graph colouring)."""
    neighbours: dict[int, set[int]] = {label: set() for label in numbers_in(labels).tolist()}
    for a, b in touching_pairs(grown(labels, reach_px=_NEIGHBOUR_REACH_PX // 2)).tolist():
        neighbours[a].add(b)
        neighbours[b].add(a)
    colours: dict[int, int] = {}
    for label in sorted(neighbours, key=lambda label: -len(neighbours[label])):
        taken = {colours[other] for other in neighbours[label] if other in colours}
        start = label % len(LABEL_COLOURS)
        order = [*range(start, len(LABEL_COLOURS)), *range(start)]
        colours[label] = next((colour for colour in order if colour not in taken), start)
    return colours


def _colour_table(labels: Labels) -> npt.NDArray[np.uint8]:
    """Return the colour of every label number; black for the background."""
    table = np.zeros((int(labels.max()) + 1, 3), np.uint8)
    for label, colour in neighbour_colours(labels).items():
        table[label] = LABEL_COLOURS[colour]
    return table


def _outline(labels: Labels) -> Mask:
    """Return the pixels of particles that touch something else."""
    values = labels.astype(np.float32)
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    return (labels > 0) & (cv2.erode(values, kernel) != cv2.dilate(values, kernel))


def _repeated(image: npt.NDArray[Any], times: int) -> npt.NDArray[Any]:
    """Make a square of every pixel."""
    return image if times == 1 else image.repeat(times, axis=0).repeat(times, axis=1)


def _shrink(image: npt.NDArray[Any], longest_px: int, interpolation: int) -> npt.NDArray[Any]:
    scale = preview_scale(image.shape, longest_px=longest_px)
    if scale == 1:
        return image
    size = tuple(max(round(side * scale), 1) for side in image.shape[::-1])
    if interpolation == cv2.INTER_NEAREST:
        rows = ((np.arange(size[1]) + 0.5) / scale).astype(int).clip(0, image.shape[0] - 1)
        columns = ((np.arange(size[0]) + 0.5) / scale).astype(int).clip(0, image.shape[1] - 1)
        return image[np.ix_(rows, columns)]
    return np.asarray(cv2.resize(image, size, interpolation=interpolation))
