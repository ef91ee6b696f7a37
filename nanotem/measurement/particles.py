"""Outlines, or labels alone, to a table: one row per particle, all in pixels."""

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import ndimage

from nanotem.errors import ParameterError
from nanotem.labels import at_frame
from nanotem.measurement.columns import COLUMNS, MEASURED_COLUMNS
from nanotem.measurement.flags import COARSE_SHAPE_BELOW_PX, FEW_PIXELS_BELOW_PX, add_flag
from nanotem.measurement.outlines import measure_outline
from nanotem.measurement.polygons import PolygonMeasures, measure_outlines
from nanotem.micrograph import Labels, Mask, Pixels
from nanotem.outlines import Outlines, Polygon

_PIXEL_VARIANCE = 1 / 12

_PIXEL_UNCERTAINTY = 1 / np.sqrt(12)
"""Of a diameter from labels alone: a rectangle of one pixel (JCGM 100:2008, F.2.2.1)."""

_COUNTED = (
    *("label", "row_px", "column_px", "area_px", "major_axis_px", "minor_axis_px", "orientation_deg"),
    *("perimeter_px", "feret_max_px", "feret_min_px", "hull_area_px", "mean_grey"),
    *("bbox_top_px", "bbox_left_px", "bbox_height_px", "bbox_width_px"),
)


def measure_particles(
    labels: Labels,
    pixels: Pixels,
    *,
    frame: Mask | None = None,
    outlines: Outlines | None = None,
    polygons: PolygonMeasures | None = None,
) -> pd.DataFrame:
    """Measure each particle.

    Holes are left out of the area and do not count in the perimeter. From labels alone, a label in several pieces is
    one particle, and its uncertainties are those of a pixel.

    Parameters
    ----------
    labels
        Shape (rows, columns), 0 background; the labels need not be consecutive.
    pixels
        Shape (rows, columns), the micrograph, for the mean grey value.
    frame
        Shape (rows, columns), False where an info strip or a scale bar hides the sample. Particles beside
        it are flagged `touches_frame`, as those at the image's edge always are. Without it the whole image
        is sample.
    outlines
        Outlines of the same particles: sizes and shapes are then those of its polygons, and `labels` (as
        `nanotem.outlines.rasterise` returns them) serve for grey values and the frame.
    polygons
        What `measure_outlines` says of the outlines, if it is known.

    Returns
    -------
    pandas.DataFrame
        One row per label, sorted by label. `nanotem.measurement.COLUMNS` defines the columns and their
        types; an image without particles gives zero rows.

    Raises
    ------
    ParameterError
        If the shapes differ.
    """
    for name, array in (("pixels", pixels), ("frame", frame)):
        if array is not None and array.shape != labels.shape:
            raise ParameterError(
                f"`{name}` (shape {array.shape}) must have the shape of `labels` (shape {labels.shape}).",
                "Pass arrays of the same micrograph, uncropped.",
            )
    if outlines is not None:
        return _with_flags(
            _typed(_from_outlines(outlines, labels, pixels, polygons or measure_outlines(outlines))),
            labels,
            frame,
            outlines,
        )
    rows = [
        _measure(label, labels[window] == label, pixels[window], window[0].start, window[1].start)
        for label, window in enumerate(ndimage.find_objects(labels), start=1)
        if window is not None
    ]
    counted = pd.DataFrame(np.reshape(np.array(rows, dtype=np.float64), (-1, len(_COUNTED))), columns=_COUNTED)
    counted = counted.assign(
        edge_uncertainty_px=_PIXEL_UNCERTAINTY / 2,
        diameter_uncertainty_px=_PIXEL_UNCERTAINTY,
        neighbour_share=_neighbour_share(labels, counted["label"].to_numpy(np.intp)),
    )
    return _with_flags(_typed(counted), labels, frame)


def _neighbour_share(labels: Labels, wanted: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Return the share of each particle's pixel sides that another particle shares."""
    n_labels = int(labels.max(initial=0)) + 1
    sides, shared = np.zeros(n_labels), np.zeros(n_labels)
    for one, other in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        differ = one != other
        pair = np.stack([one[differ], other[differ]])
        sides += np.bincount(pair.ravel(), minlength=n_labels)
        shared += np.bincount(pair[:, (pair > 0).all(axis=0)].ravel(), minlength=n_labels)
    share: npt.NDArray[np.float64] = shared[wanted] / np.maximum(sides[wanted], 1)
    return share


def _typed(counted: pd.DataFrame) -> pd.DataFrame:
    table = _with_shape_numbers(counted).assign(flags="")
    return table[list(MEASURED_COLUMNS)].astype({name: COLUMNS[name].dtype for name in MEASURED_COLUMNS})


def _from_outlines(outlines: Outlines, labels: Labels, pixels: Pixels, one: PolygonMeasures) -> pd.DataFrame:
    """Return the values of `_COUNTED` and the uncertainties of every outline."""
    edges, numbers = outlines.edges, np.array(list(outlines.rings), np.intp)
    axes = _ellipse(one.column_variance, one.row_variance, one.covariance)
    lengths = one.perimeter_px, one.feret_max_px, one.feret_min_px, one.hull_area_px
    total = np.bincount(labels.ravel(), weights=pixels.ravel(), minlength=int(numbers.max(initial=0)) + 1)
    mean_grey = total[numbers] / np.maximum(np.bincount(labels.ravel(), minlength=len(total))[numbers], 1)
    boxes = _boxes([rings[0] for rings in outlines.rings.values()], labels.shape)
    values = numbers, one.row_px, one.column_px, one.area_px, *axes, *lengths, mean_grey, *boxes
    known = edges[["edge_uncertainty_px", "diameter_uncertainty_px", "neighbour_share"]].reset_index(drop=True)
    return known.assign(**dict(zip(_COUNTED, values, strict=True)))


def _boxes(rings: Sequence[Polygon], shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return first row, first column, height and width of the pixels that each ring touches, shape (4, rings)."""
    if not rings:
        return np.empty((4, 0))
    sizes = np.array([len(ring) for ring in rings])
    points, starts = np.concatenate(rings), np.cumsum(sizes) - sizes
    low, high = (np.floor(end.reduceat(points, starts, axis=0) + 0.5) for end in (np.minimum, np.maximum))
    low = np.clip(low, 0, np.array(shape) - 1)
    high = np.clip(high, low, np.array(shape) - 1)
    return np.concatenate([low.T, (high - low + 1).T])


def _measure(label: int, mask: Mask, pixels: Pixels, top: int, left: int) -> tuple[float, ...]:
    """Return the values of `_COUNTED` for one particle, cropped to its bounding box."""
    moments = cv2.moments(mask.view(np.uint8), binaryImage=True)
    area = moments["m00"]
    major, minor, orientation = _ellipse(
        moments["mu20"] / area + _PIXEL_VARIANCE,
        moments["mu02"] / area + _PIXEL_VARIANCE,
        moments["mu11"] / area,
    )
    outline = measure_outline(mask)
    return (
        *(label, top + moments["m01"] / area, left + moments["m10"] / area, area, major, minor, orientation),
        *(outline.perimeter_px, outline.feret_max_px, outline.feret_min_px, outline.hull_area_px),
        *(float(pixels[mask].mean(dtype=np.float64)), top, left, *mask.shape),
    )


Value = TypeVar("Value", float, npt.NDArray[np.float64])


def _ellipse(variance_x: Value, variance_y: Value, covariance: Value) -> tuple[Value, Value, Value]:
    """Return the axes (px) and the angle (degrees) of the ellipse with these second moments."""
    mean = (variance_x + variance_y) / 2
    spread = np.hypot((variance_x - variance_y) / 2, covariance)
    angle = np.degrees(np.arctan2(0.0 - 2 * covariance, variance_x - variance_y)) / 2
    return 4 * np.sqrt(mean + spread), 4 * np.sqrt(mean - spread), angle


def _with_shape_numbers(counted: pd.DataFrame) -> pd.DataFrame:
    """Add what follows from areas and lengths."""
    area, feret_max = counted["area_px"], counted["feret_max_px"]
    return counted.assign(
        diameter_px=np.sqrt(4 * area / np.pi),
        aspect_ratio=counted["major_axis_px"] / counted["minor_axis_px"],
        circularity=4 * np.pi * area / counted["perimeter_px"] ** 2,
        roundness=4 * area / (np.pi * feret_max**2),
        solidity=area / counted["hull_area_px"],
        # Feret max, a mean over directions, is 0.5 % small for a rod: a rectangle would pass 1.
        extent=np.minimum(area / (feret_max * counted["feret_min_px"]), 1.0),
    )


def _with_flags(
    table: pd.DataFrame, labels: Labels, frame: Mask | None, outlines: Outlines | None = None
) -> pd.DataFrame:
    """Set the flags that follow from the measurement."""
    for name, limit_px in (("few_pixels", FEW_PIXELS_BELOW_PX), ("coarse_shape", COARSE_SHAPE_BELOW_PX)):
        table = add_flag(table, name, table["label"][table["diameter_px"] < limit_px])
    table = add_flag(table, "touches_frame", at_frame(labels, frame))
    if outlines is None:
        return table
    edges = outlines.edges
    from_label = edges["is_from_label"]
    table = add_flag(table, "outline_not_resolved", edges.index[~edges["is_resolved"] & ~from_label].tolist())
    return add_flag(table, "outline_from_label", edges.index[from_label].tolist())
