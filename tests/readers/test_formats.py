"""Real files of many programs, against the calibration that RosettaSciIO reads in them."""

import csv
import gzip
import zipfile
from pathlib import Path

import pytest

from nanotem.errors import NanotemError
from nanotem.micrograph import Micrograph
from nanotem.readers import read_file, to_nm

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
FORMATS = DATA / "formats"
TRUTH = FORMATS / "formats_truth_rosettasciio_0.15.0.csv"

pytestmark = pytest.mark.skipif(not TRUTH.exists(), reason="the collected files are absent")

REFUSED = {
    "dmTest_3D_int16_64,65,66.dm4": "3 nm high and 0.002 nm wide",
    "dmTest_float32_nonSquare_diffPixelSize.dm3": "0.2 nm high and 1 nm wide",
    "dmTest_float32_nonSquare_diffPixelSize.dm4": "0.2 nm high and 1 nm wide",
    "JEOL-SightX-TEM-mag-dummy.tif.gz": "gzip archive",
    "TVIPS_bin4.zip": "ZIP archive",
    "tiff_FEI_Helios.zip": "ZIP archive",
    "example_image.emd": "3 x 3 pixels",
    "fei_example_dpc_titles.emd": "2 x 2 pixels",
    "fei_example_tem_stack.emd": "3 x 3 pixels",
    "test-1.dm3": "2 x 2 pixels",
    "test-1.dm4": "2 x 2 pixels",
    "test-13.dm4": "complex numbers",
    "test_diffraction_pattern.dm3": "diffraction",
    "test_fft_packed_complex8.dm4": "complex numbers",
    "test_stackbuilder_imagestack.dm3": "2 x 16 pixels",
}
# RosettaSciIO lists the uncalibrated 8-bit preview of this file first; the raw data come after it.
CALIBRATED_BEHIND_A_PREVIEW = {"olympus_SIS.tif": ("uint16", 0.0239279)}


def truth_rows() -> list[dict[str, str]]:
    if not TRUTH.exists():
        return []
    with TRUTH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", truth_rows(), ids=lambda row: Path(row["file"]).name)
def test_a_file_is_read_as_the_table_says_or_refused_clearly(row):
    path = FORMATS / row["file"].removeprefix("collected/15_formats/")
    if path.name in REFUSED:
        with pytest.raises(NanotemError, match=REFUSED[path.name]) as caught:
            read_file(path)
        assert caught.value.message.startswith(path.name)
        assert caught.value.hint
        return
    micrograph = read_file(path)
    *_, rows, columns = (int(side) for side in row["shape_first"].split("x"))
    assert micrograph.shape == (rows, columns)
    dtype, nm_per_px = CALIBRATED_BEHIND_A_PREVIEW.get(path.name, (row["dtype_first"], stated_nm(row)))
    assert micrograph.pixels.dtype == dtype
    assert_scale(micrograph, nm_per_px)


def stated_nm(row: dict[str, str]) -> float | None:
    """Pixel width of the table in nm, None where it gives no unit ("y: 0.2 nm; x: 0.2 nm", "width: 1 ")."""
    value, _, unit = row["axes_first"].split("; ")[-1].split(": ")[1].partition(" ")
    return to_nm(float(value), unit)


def assert_scale(micrograph: Micrograph, nm_per_px: float | None) -> None:
    if nm_per_px is None:
        assert micrograph.scale is None
    else:
        assert micrograph.scale.nm_per_px == pytest.approx(nm_per_px, rel=1e-4)


def test_a_plain_hdf5_file_with_a_scale():
    micrograph = read_file(DATA / "stem_calibrated" / "nanoparticles_01.h5")
    assert micrograph.shape == (1024, 1024)
    assert micrograph.pixels.dtype == "uint32"
    assert micrograph.scale.nm_per_px == pytest.approx(0.3289, abs=1e-4)


def test_the_vendor_tiffs_inside_the_archives(tmp_path):
    unpacked = {
        "JEOL-SightX-TEM-mag-dummy.tif": ((556, 556), 1.8208),
        "TVIPS_bin4.tif": ((1024, 1024), 1.42080),
        "FEI-Helios-Ebeam-8bits.tif": ((471, 512), 3372.4),
        "FEI-Helios-Ebeam-16bits.tif": ((471, 512), 3372.4),
        "FEI-Helios-navcam-with-no-IRBeam-bad-floats.tif": ((551, 768), None),
    }
    unpack_all(FORMATS / "rosettasciio", tmp_path)
    for name, (shape, nm_per_px) in unpacked.items():
        micrograph = read_file(tmp_path / name)
        assert micrograph.shape == shape
        assert_scale(micrograph, nm_per_px)


def unpack_all(folder: Path, target: Path) -> None:
    for archive in folder.glob("*.zip"):
        zipfile.ZipFile(archive).extractall(target)
    for archive in folder.glob("*.gz"):
        (target / archive.stem).write_bytes(gzip.decompress(archive.read_bytes()))
