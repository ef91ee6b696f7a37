"""The label image, read back by tifffile and by the reader of micrographs."""

from io import BytesIO

import numpy as np
import pytest
import tifffile
from drawn_analysis import LABELS

from nanotem.export.label_image import label_tiff
from nanotem.micrograph import Scale
from nanotem.readers import read_micrograph

MANY = np.where(LABELS == 70, 70_000, LABELS).astype(np.int32)


@pytest.mark.parametrize(("labels", "dtype"), [(LABELS, np.uint16), (MANY, np.int32)])
@pytest.mark.parametrize("nm_per_px", [0.37, 1e-3, 1234.5])
def test_labels_and_scale_come_back(labels: np.ndarray, dtype: type, nm_per_px: float) -> None:
    data = label_tiff(labels, Scale(nm_per_px, "typed"))
    read = tifffile.imread(BytesIO(data))
    assert read.dtype == dtype
    np.testing.assert_array_equal(read, labels)
    micrograph = read_micrograph(data, "labels.tif")
    assert micrograph.scale is not None
    assert micrograph.scale.nm_per_px == pytest.approx(nm_per_px, rel=1e-6)


def test_imagej_finds_the_unit() -> None:
    with tifffile.TiffFile(BytesIO(label_tiff(LABELS, Scale(0.5, "typed")))) as tiff:
        assert tiff.imagej_metadata is not None
        assert tiff.imagej_metadata["unit"] == "nm"
        assert tiff.pages.first.tags["XResolution"].value == (2, 1)
        assert tiff.pages.first.tags["ResolutionUnit"].value == tifffile.RESUNIT.NONE


def test_without_a_scale_there_is_none() -> None:
    assert read_micrograph(label_tiff(LABELS, None), "labels.tif").scale is None


def test_nothing_found_is_an_empty_image() -> None:
    assert not tifffile.imread(BytesIO(label_tiff(np.zeros((20, 30), np.int32), None))).any()
