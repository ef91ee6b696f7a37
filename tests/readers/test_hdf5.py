import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import pytest

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Micrograph
from nanotem.readers import read_micrograph


def read_hdf5_with(fill: Callable[[h5py.File], None], name: str = "image.h5") -> Micrograph:
    stream = BytesIO()
    with h5py.File(stream, "w") as file:
        fill(file)
    return read_micrograph(stream.getvalue(), name)


def add_velox(file: h5py.File, key: str, data: np.ndarray, result: dict[str, object]) -> None:
    group = file.create_group(f"Data/Image/{key}")
    group["Data"] = data
    metadata = np.zeros((500, data.shape[2]), np.uint8)
    text = json.dumps({"BinaryResult": result}).encode()
    metadata[: len(text)] = np.frombuffer(text, np.uint8)[:, np.newaxis]
    group["Metadata"] = metadata


def velox_pixel(unit: str) -> dict[str, object]:
    size = {"height": "2.5e-10", "width": "2.5e-10"}
    return {"PixelSize": size, "PixelUnitX": unit, "PixelUnitY": unit}


def test_velox_keeps_frames_last_and_metres(disk):
    stack = np.dstack([disk, 255 - disk]).astype(np.uint16)
    micrograph = read_hdf5_with(lambda file: add_velox(file, "a", stack, velox_pixel("m")), "image.emd")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.pixels.dtype == np.uint16
    assert micrograph.scale.nm_per_px == pytest.approx(0.25)
    assert micrograph.notes == ("Frame 1 of 2 was taken.",)


def test_velox_with_several_signals_gives_the_first_image(disk):
    def fill(file: h5py.File) -> None:
        fourier = np.zeros((64, 64, 1), [("realFloat", "<f4"), ("imagFloat", "<f4")])
        add_velox(file, "a", fourier, {})
        add_velox(file, "b", disk[..., np.newaxis], {})
        add_velox(file, "c", 255 - disk[..., np.newaxis], {})

    micrograph = read_hdf5_with(fill)
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.scale is None
    assert micrograph.notes == ("Image 1 of 2 was taken; the file also holds 2 (48 x 64 px).",)


def test_velox_diffraction_and_fourier_transforms_are_refused(disk):
    with pytest.raises(UnreadableFileError, match="diffraction"):
        read_hdf5_with(lambda file: add_velox(file, "a", disk[..., np.newaxis], velox_pixel("1/m")))
    fourier = np.zeros((64, 64, 1), [("realFloat", "<f4"), ("imagFloat", "<f4")])
    with pytest.raises(UnreadableFileError, match="complex"):
        read_hdf5_with(lambda file: add_velox(file, "a", fourier, {}))


def add_berkeley(file: h5py.File, data: np.ndarray, axes: list[tuple[str, str]], *, first: int = 1) -> None:
    group = file.create_group("data/image")
    group.attrs["emd_group_type"] = 1
    group["data"] = data
    for number, (name, unit) in enumerate(axes):
        axis = group.create_dataset(f"dim{first + number}", data=0.5 * np.arange(data.shape[number]))
        axis.attrs["name"] = np.bytes_(name)
        axis.attrs["units"] = unit


@pytest.mark.parametrize(
    ("turn", "axes"),
    [
        (np.array, [("Y", "[n_m]"), ("X", "[n_m]")]),
        (np.transpose, [("x", "nm"), ("y", "nm")]),
        (np.transpose, [("", "nm"), ("", "nm")]),
    ],
)
def test_berkeley_rows_are_the_axis_named_y(disk, turn, axes):
    micrograph = read_hdf5_with(lambda file: add_berkeley(file, turn(disk), axes))
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.scale.nm_per_px == pytest.approx(0.5)


def test_berkeley_axes_that_count_from_0_have_rows_first(disk):
    axes = [("Q", "A"), ("R", "A")]
    micrograph = read_hdf5_with(lambda file: add_berkeley(file, disk, axes, first=0))
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.scale.nm_per_px == pytest.approx(0.05)


def test_berkeley_stacks_give_their_first_frame(disk):
    stack = np.stack([disk, 255 - disk])
    axes = [("time", "s"), ("y", "nm"), ("x", "nm")]
    micrograph = read_hdf5_with(lambda file: add_berkeley(file, stack, axes))
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.notes == ("Frame 1 of 2 was taken.",)


def add_hyperspy(file: h5py.File, data: np.ndarray, navigate: list[bool], unit: str = "µm") -> None:
    group = file.create_group("Experiments/particles")
    group["data"] = data
    for number, is_navigation in enumerate(navigate):
        attributes = {"scale": 0.002, "units": unit, "navigate": is_navigation}
        group.create_group(f"axis-{number}").attrs.update(attributes)


def test_hyperspy_stacks_give_their_first_frame(disk):
    stack = np.stack([disk, 255 - disk]).astype(np.float32)
    micrograph = read_hdf5_with(lambda file: add_hyperspy(file, stack, [True, False, False]), "image.hspy")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.scale.nm_per_px == pytest.approx(2)
    assert micrograph.notes == ("Frame 1 of 2 was taken.",)


def test_hyperspy_without_a_unit_has_no_scale(disk):
    micrograph = read_hdf5_with(lambda file: add_hyperspy(file, disk, [False, False], "<undefined>"))
    assert micrograph.scale is None
    assert micrograph.notes == ()


def test_hyperspy_spectra_are_refused(disk):
    with pytest.raises(UnreadableFileError, match="spectrum"):
        read_hdf5_with(lambda file: add_hyperspy(file, disk, [False, False], "eV"))
    with pytest.raises(UnreadableFileError, match="only spectra"):
        read_hdf5_with(lambda file: add_hyperspy(file, disk, [True, False], "nm"))
    with pytest.raises(UnreadableFileError, match="only spectra"):
        read_hdf5_with(lambda file: file.create_dataset("counts", data=np.zeros(1000)))


@pytest.mark.parametrize("scale", ["0.25", 0.25, np.array([0.25])])
def test_a_plain_data_set_may_carry_its_scale(disk, scale):
    def fill(file: h5py.File) -> None:
        dataset = file.create_dataset("data", data=disk.astype(np.uint32))
        dataset.attrs.update({"scale": scale, "scale_unit": "nm"})

    micrograph = read_hdf5_with(fill)
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.pixels.dtype == np.uint32
    assert micrograph.scale.nm_per_px == pytest.approx(0.25)


def test_a_scale_that_is_no_number_is_no_scale(disk):
    micrograph = read_hdf5_with(
        lambda file: file.create_dataset("data", data=disk).attrs.update({"scale": "wide", "scale_unit": "nm"})
    )
    assert micrograph.scale is None
    assert "nan" in micrograph.notes[0]


def test_a_plain_colour_image(disk):
    micrograph = read_hdf5_with(lambda file: file.create_dataset("rgb", data=np.dstack([disk] * 3)))
    np.testing.assert_array_equal(micrograph.pixels, disk)


def test_pixels_in_another_file_are_never_opened(disk, tmp_path):
    secret = tmp_path / "secret.bin"
    secret.write_bytes(disk.tobytes())
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["data"] = disk

    def fill_external(file: h5py.File) -> None:
        file.create_dataset("data", disk.shape, np.uint8, external=[(str(secret), 0, disk.size)])

    def fill_virtual(file: h5py.File) -> None:
        layout = h5py.VirtualLayout(disk.shape, np.uint8)
        layout[:] = h5py.VirtualSource(str(other), "data", disk.shape)
        file.create_virtual_dataset("data", layout)

    for fill in (fill_external, fill_virtual):
        with pytest.raises(UnreadableFileError, match="another file"):
            read_hdf5_with(fill)
    with pytest.raises(UnreadableFileError, match="no image"):
        read_hdf5_with(lambda file: file.__setitem__("data", h5py.ExternalLink(Path(other), "data")))


def test_coordinates_in_another_file_are_never_opened(disk, tmp_path):
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["dim1"] = np.arange(48.0)

    def fill(file: h5py.File) -> None:
        add_berkeley(file, disk, [("y", "nm"), ("x", "nm")])
        del file["data/image/dim1"]
        file["data/image/dim1"] = h5py.ExternalLink(other, "dim1")

    with pytest.raises(UnreadableFileError, match="dim1 is a link"):
        read_hdf5_with(fill)


def test_blocks_much_larger_than_the_image_are_refused():
    def fill(file: h5py.File) -> None:
        file.create_dataset("data", (64, 64), maxshape=(None, None), chunks=(20_000, 20_000), dtype="u1")

    with pytest.raises(UnreadableFileError, match="20000"):
        read_hdf5_with(fill)


@pytest.mark.parametrize("keys", [("a", "b"), ("b", "a")])
def test_velox_takes_the_image_of_the_specimen_and_lists_the_maps(disk, keys):
    def fill(file: h5py.File) -> None:
        add_velox(file, keys[0], 255 - disk[..., np.newaxis], {"Detector": "SuperXG2", **velox_pixel("m")})
        add_velox(file, keys[1], disk[..., np.newaxis], {"Detector": "HAADF", **velox_pixel("m")})

    micrograph = read_hdf5_with(fill)
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert [image.shows_specimen for image in micrograph.images] == [key == keys[1] for key in "ab"]
    assert "HAADF, was taken; the file also holds" in micrograph.notes[0]
    assert "SuperXG2 (element map, 48 x 64 px)" in micrograph.notes[0]


def velox_display(file: h5py.File, key: str, label: str, *, new: bool) -> None:
    path = json.dumps({"dataPath": f"/Data/Image/{key}"})
    if new:
        file[f"SharedProperties/ImageSeriesDataReference/{key}"] = [path]
        shown = {"data": f"/SharedProperties/ImageSeriesDataReference/{key}", "id": label}
        file[f"Displays/ImageDisplay/{key}"] = [json.dumps(shown)]
    else:
        shown = {"dataPath": f"/Data/Image/{key}", "display": {"label": label, "id": "x"}}
        file[f"Presentation/Displays/ImageDisplay/{key}"] = [json.dumps(shown)]


@pytest.mark.parametrize("new", [False, True])
def test_velox_titles_tell_a_map_that_names_no_detector(disk, new):
    def fill(file: h5py.File) -> None:
        add_velox(file, "a", 255 - disk[..., np.newaxis], {"Detector": "HAADF"})
        add_velox(file, "b", disk[..., np.newaxis], {"Detector": "HAADF"})
        velox_display(file, "a", "Au", new=new)
        velox_display(file, "b", "HAADF%20image", new=new)
        file["Presentation/Displays/ImageDisplay/broken"] = ["{"]
        file["Presentation/Displays/ImageDisplay/list"] = ["[]"]
        file["Presentation/Displays/ImageDisplay/link"] = h5py.SoftLink("/Data")

    micrograph = read_hdf5_with(fill)
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert [(image.name, image.what) for image in micrograph.images] == [("Au", "element map"), ("HAADF image", "")]


def test_a_person_chooses_an_image_and_a_frame(disk):
    def fill(file: h5py.File) -> None:
        add_velox(file, "a", np.dstack([disk, disk, disk // 2]), {"Detector": "BF"})
        add_velox(file, "b", disk[..., np.newaxis], {"Detector": "HAADF"})

    stream = BytesIO()
    with h5py.File(stream, "w") as file:
        fill(file)
    micrograph = read_micrograph(stream.getvalue(), "two.emd", image=1, frame=3)
    np.testing.assert_array_equal(micrograph.pixels, disk // 2)
    assert (micrograph.image, micrograph.frame, micrograph.images[0].n_frames) == (1, 3, 3)


def test_hyperspy_colour_becomes_its_luminance(disk):
    colour = np.zeros(disk.shape, [("R", "u1"), ("G", "u1"), ("B", "u1")])
    for name in "RGB":
        colour[name] = disk
    micrograph = read_hdf5_with(lambda file: add_hyperspy(file, colour, [False, False]), "colour.hspy")
    np.testing.assert_array_equal(micrograph.pixels, disk)


@pytest.mark.parametrize("unit", ["1/m", "mrad"])
def test_a_file_of_only_diffraction_and_an_image_takes_the_image(disk, unit):
    def fill(file: h5py.File) -> None:
        add_velox(file, "a", disk[..., np.newaxis], velox_pixel(unit))
        add_velox(file, "b", 255 - disk[..., np.newaxis], velox_pixel("m"))

    micrograph = read_hdf5_with(fill)
    assert micrograph.image == 2
    assert micrograph.images[0].what == "diffraction"


@pytest.mark.parametrize("depth", [40, 3000])
def test_groups_nested_too_deep_are_refused(depth):
    def fill(file: h5py.File) -> None:
        group = file
        for _ in range(depth):
            group = group.create_group("g")

    with pytest.raises(UnreadableFileError, match="32 deep"):
        read_hdf5_with(fill)


def test_too_many_members_are_refused(disk):
    def fill(file: h5py.File) -> None:
        for number in range(20_001):
            file.create_group(str(number))

    with pytest.raises(UnreadableFileError, match="20,000 groups"):
        read_hdf5_with(fill)


def test_a_claim_of_metadata_that_was_never_written_is_refused(disk):
    def fill(file: h5py.File) -> None:
        file.create_dataset("Data/Image/a/Data", data=disk[..., np.newaxis])
        file.create_dataset("Data/Image/a/Metadata", (2_000_000_000, 1), "u1", chunks=(65_536, 1))

    with pytest.raises(UnreadableFileError, match="damaged"):
        read_hdf5_with(fill)


def test_an_image_that_was_not_written_to_its_end_is_refused(disk):
    def fill(file: h5py.File, n_rows: int) -> None:
        image = file.create_dataset("data", (2, *disk.shape), "u1", chunks=(1, 16, 64))
        image[0, :n_rows] = disk[:n_rows]

    np.testing.assert_array_equal(read_hdf5_with(lambda file: fill(file, 48)).pixels, disk)
    for n_rows in (0, 32):
        with pytest.raises(UnreadableFileError, match="not written to its end"):
            read_hdf5_with(lambda file, n_rows=n_rows: fill(file, n_rows))


def test_channels_and_depth_count_in_the_budget():
    with pytest.raises(UnreadableFileError, match="32 bytes, more than the limit of 400,000,000"):
        read_hdf5_with(lambda file: file.create_dataset("a", (10_000, 10_000, 4), "f8", chunks=(100, 1000, 4)))
