"""Regions, read back by read_roi and by roifile."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import read_roi
import roifile
from drawing import outlines_of
from drawn_analysis import LABELS, drawn_analysis

from nanotem.errors import UnreadableFileError
from nanotem.export import imagej
from nanotem.export.boundaries import traced_rings
from nanotem.export.imagej import read_rois, roi_zip

SHAPE = LABELS.shape


def area(points: list[tuple[float, float]]) -> float:
    x, y = np.array(points).T
    return float(x @ np.roll(y, -1) - np.roll(x, -1) @ y) / 2


def read_with_read_roi(path: Path, data: bytes) -> dict[str, dict]:
    path.write_bytes(data)
    return read_roi.read_roi_zip(str(path))


def test_every_particle_is_a_region_of_its_area(tmp_path: Path) -> None:
    analysis = drawn_analysis()
    regions = read_with_read_roi(tmp_path / "rois.zip", roi_zip(traced_rings(analysis.outlines)))
    areas = analysis.particles.set_index("label")["area_px"]
    assert list(regions) == ["01", "02", "03", "04", "70"]
    for name, region in regions.items():
        rings = region.get("paths") or [list(zip(region["x"], region["y"], strict=True))]
        assert abs(sum(map(area, rings))) == pytest.approx(areas[int(name)], rel=0.01)
    assert [region["type"] for region in regions.values()] == [*2 * ["polygon"], "composite", *2 * ["polygon"]]


def test_the_box_of_a_region_is_that_of_its_particle(tmp_path: Path) -> None:
    path = tmp_path / "rois.zip"
    path.write_bytes(roi_zip(outlines_of(LABELS)))
    for roi in roifile.roiread(path):
        rows, columns = np.nonzero(int(roi.name) == LABELS)
        assert (roi.top, roi.left) == (rows.min(), columns.min())
        assert (roi.bottom, roi.right) == (rows.max() + 1, columns.max() + 1)


def test_traced_outlines_keep_fractions_of_pixels_and_come_back_as_their_pixels(tmp_path: Path) -> None:
    analysis, path = drawn_analysis(), tmp_path / "rois.zip"
    rings = traced_rings(analysis.outlines)
    data = roi_zip(rings)
    path.write_bytes(data)
    areas = analysis.particles.set_index("label")["area_px"]
    for roi, inside in zip(roifile.roiread(path), read_rois(data, shape=SHAPE), strict=True):
        mask = analysis.labels == int(roi.name)
        assert inside.size == pytest.approx(mask.sum(), rel=0.02)
        if len(rings[int(roi.name)]) == 1:
            assert roi.roitype is roifile.ROI_TYPE.POLYGON
            assert abs(area(roi.coordinates())) == pytest.approx(areas[int(roi.name)], rel=1e-4)


def test_nothing_found_is_an_empty_archive() -> None:
    with zipfile.ZipFile(io.BytesIO(roi_zip({}))) as archive:
        assert archive.namelist() == []


def test_the_same_labels_give_the_same_bytes() -> None:
    assert roi_zip(outlines_of(LABELS)) == roi_zip(outlines_of(LABELS))


def places(roi: roifile.ImagejRoi) -> np.ndarray:
    (found,) = read_rois(roi.tobytes(), shape=SHAPE)
    return found


def test_a_rectangle_and_an_oval_are_filled() -> None:
    rectangle = roifile.ImagejRoi(roitype=roifile.ROI_TYPE.RECT, left=10, top=20, right=50, bottom=80)
    assert places(rectangle).size == 40 * 60
    oval = roifile.ImagejRoi(roitype=roifile.ROI_TYPE.OVAL, left=10, top=20, right=50, bottom=80)
    assert places(oval).size == pytest.approx(np.pi * 20 * 30, rel=0.01)


def test_fractions_of_pixels_are_kept() -> None:
    roi = roifile.ImagejRoi.frompoints(np.array([(10.6, 10.6), (20.6, 10.6), (20.6, 20.6), (10.6, 20.6)]))
    roi.roitype = roifile.ROI_TYPE.POLYGON
    assert places(roi).min() == 11 * SHAPE[1] + 11
    assert places(roi).size == 100


@pytest.mark.parametrize("kind", ["LINE", "POINT", "POLYLINE", "ANGLE"])
def test_a_region_without_an_area_is_refused(kind: str) -> None:
    roi = roifile.ImagejRoi.frompoints(np.array([(1, 1), (20, 20), (30, 5)]))
    roi.roitype = roifile.ROI_TYPE[kind]
    with pytest.raises(UnreadableFileError, match=rf"is a {kind.lower()}, which has no area.*Delete"):
        places(roi)


def archive_of(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.roi", content)
    return stream.getvalue()


def read(data: bytes) -> list[np.ndarray]:
    return list(read_rois(data, shape=SHAPE))


def test_an_archive_without_regions_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match=r"holds no \.roi file.*ROI manager"):
        read(archive_of())


def test_a_region_that_is_none_is_named() -> None:
    with pytest.raises(UnreadableFileError, match=r"second\.roi is no region of ImageJ"):
        read(archive_of(first=roifile.ImagejRoi.frompoints([(1, 1), (9, 1), (9, 9)]).tobytes(), second=b"Iout"))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = archive_of(bomb=b"Iout" + bytes(50_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableFileError, match=r"50,000,004 bytes.*limits.*label image"):
        read(bomb)


@pytest.mark.parametrize("limit", ["_MOST_ROIS", "_LARGEST_ZIP_BYTES"])
def test_too_many_regions_are_refused(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagej, limit, 4)
    with pytest.raises(UnreadableFileError, match=r"unpacks to 5 regions.*limits"):
        read(roi_zip(outlines_of(LABELS)))


def test_a_damaged_file_is_refused_or_read_but_never_breaks() -> None:
    rng = np.random.default_rng(0)
    whole, n_refused = roi_zip(outlines_of(LABELS)), 0
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        single = archive.read("03.roi")
    for data in (whole, single):
        for _ in range(150):
            damaged = bytearray(data)
            for place in rng.integers(4, len(data), 4):
                damaged[place] = rng.integers(256)
            try:
                read(bytes(damaged[: rng.integers(4, len(data) + 1)] if rng.random() < 0.3 else damaged))
            except UnreadableFileError:
                n_refused += 1
    assert 50 < n_refused < 300
