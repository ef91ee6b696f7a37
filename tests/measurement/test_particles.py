import numpy as np
import pytest
from drawn_shapes import as_labels, disc, rectangle

from nanotem.errors import ParameterError
from nanotem.measurement import COLUMNS, has_flag, measure_particles
from nanotem.measurement.columns import MEASURED_COLUMNS


def measure_one(mask, **options):
    labels = as_labels(mask)
    table = measure_particles(labels, labels, **options)
    assert len(table) == 1
    return table.iloc[0]


def test_columns_come_in_the_order_of_the_registry():
    table = measure_particles(as_labels(disc(20, centre=(15, 15), side=31)), np.zeros((31, 31)))
    assert tuple(table) == MEASURED_COLUMNS
    assert list(MEASURED_COLUMNS)[:6] == [
        "label",
        "row_px",
        "column_px",
        "area_px",
        "diameter_px",
        "feret_max_px",
    ]
    assert tuple(table)[-1] == "flags"


def test_no_particles_give_no_rows_but_every_column_and_type():
    blank = measure_particles(np.zeros((30, 40), np.int32), np.zeros((30, 40), np.uint8))
    one = measure_particles(as_labels(disc(20, centre=(15, 15), side=31)), np.zeros((31, 31)))
    assert len(blank) == 0
    assert blank.dtypes.equals(one.dtypes)
    assert has_flag(blank, "touches_frame").dtype == bool


def test_a_disc_has_its_drawn_size_and_place():
    particle = measure_one(disc(30, centre=(24.3, 31.7), side=60))
    assert particle["diameter_px"] == pytest.approx(30, rel=0.01)
    assert particle["row_px"] == pytest.approx(24.3, abs=0.05)
    assert particle["column_px"] == pytest.approx(31.7, abs=0.05)
    assert particle["major_axis_px"] == pytest.approx(30, rel=0.02)
    assert particle["aspect_ratio"] == pytest.approx(1, abs=0.02)
    assert particle["roundness"] == pytest.approx(1, abs=0.03)
    assert particle["solidity"] == pytest.approx(1, abs=0.01)
    assert particle["extent"] == pytest.approx(np.pi / 4, rel=0.02)


@pytest.mark.parametrize(("turn_deg", "orientation"), [(0, 0), (30, -30), (60, -60), (120, 60), (150, 30)])
def test_a_rod_has_its_drawn_axes_and_angle(turn_deg, orientation):
    particle = measure_one(rectangle(60, 15, turn_deg=turn_deg, centre=(40.2, 39.7), side=80))
    assert particle["orientation_deg"] == pytest.approx(orientation, abs=0.5)
    assert particle["aspect_ratio"] == pytest.approx(4, rel=0.02)
    # The ellipse of equal second moments is longer than a rectangle by 2/√3.
    assert particle["major_axis_px"] == pytest.approx(60 * 2 / np.sqrt(3), rel=0.01)
    assert particle["extent"] == pytest.approx(1 / np.sqrt(1 + 1 / 16), abs=0.04)


def test_a_concave_particle_is_less_solid():
    cross = rectangle(60, 12, turn_deg=20, centre=(39.5, 39.5), side=80)
    cross |= np.rot90(cross)
    true_solidity = (2 * 60 * 12 - 144) / (60**2 - 4 * (24 * 24) / 2)
    assert measure_one(cross)["solidity"] == pytest.approx(true_solidity, rel=0.04)


def test_area_leaves_holes_out():
    ring = disc(40, centre=(24, 24), side=49) & ~disc(20, centre=(24, 24), side=49)
    particle = measure_one(ring)
    assert particle["area_px"] == ring.sum()
    assert particle["solidity"] == pytest.approx(0.75, abs=0.02)


def test_two_pieces_of_one_label_are_one_particle():
    pieces = disc(20, centre=(14, 14), side=60) | disc(20, centre=(14, 44), side=60)
    particle = measure_one(pieces)
    assert particle["area_px"] == pieces.sum()
    assert particle["column_px"] == pytest.approx(29, abs=0.05)
    assert particle["bbox_width_px"] == np.ptp(np.flatnonzero(pieces.any(axis=0))) + 1


def test_a_single_pixel_gives_finite_numbers():
    mask = np.zeros((9, 9), bool)
    mask[4, 5] = True
    particle = measure_one(mask)
    assert np.isfinite(particle.drop("flags").astype(float)).all()
    assert particle["perimeter_px"] == pytest.approx(4)
    assert particle["aspect_ratio"] == 1


def test_labels_keep_their_numbers_however_large():
    labels = np.zeros((40, 40), np.int32)
    labels[5:10, 5:10], labels[20:30, 20:30], labels[32:35, 2:5] = 100_000, 7, 65_536
    pixels = np.where(labels == 7, 250, 10).astype(np.uint8)
    table = measure_particles(labels, pixels)
    assert table["label"].tolist() == [7, 65_536, 100_000]
    assert table["area_px"].tolist() == [100, 9, 25]
    assert table["mean_grey"].tolist() == [250, 10, 10]
    assert table.loc[0, ["bbox_top_px", "bbox_left_px", "bbox_height_px", "bbox_width_px"]].tolist() == [
        *(20, 20, 10, 10)
    ]


def test_a_neighbour_in_the_bounding_box_changes_nothing():
    labels = as_labels(rectangle(50, 8, turn_deg=45, centre=(30, 30), side=60))
    alone = measure_particles(labels, labels)
    labels[40:46, 10:16] = 2
    assert measure_particles(labels, labels).iloc[0].equals(alone.iloc[0])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.float32, np.int16])
def test_mean_grey_is_in_the_micrographs_own_numbers(dtype):
    labels = as_labels(disc(20, centre=(15, 15), side=31))
    pixels = np.arange(31 * 31).reshape(31, 31).astype(dtype)
    expected = pixels[labels > 0].astype(float).mean()
    assert measure_particles(labels, pixels)["mean_grey"][0] == pytest.approx(expected)


def test_size_flags_follow_the_diameter():
    labels = np.zeros((100, 100), np.int32)
    for label, (diameter, row) in enumerate([(8, 15), (15, 40), (30, 75)], start=1):
        labels[disc(diameter, centre=(row, 50), side=100)] = label
    flags = measure_particles(labels, labels)["flags"].tolist()
    assert flags == ["few_pixels coarse_shape", "coarse_shape", ""]


def test_particles_at_the_edge_touch_the_frame():
    labels = np.zeros((50, 60), np.int32)
    labels[0:5, 20:25], labels[20:25, 55:60], labels[1:6, 1:6], labels[45:50, 5:9] = 1, 2, 3, 4
    assert has_flag(measure_particles(labels, labels), "touches_frame").tolist() == [True, True, False, True]


def test_particles_beside_a_hidden_part_touch_the_frame():
    labels = np.zeros((50, 60), np.int32)
    labels[30:40, 10:20], labels[30:39, 25:35], labels[30:38, 40:50] = 1, 2, 3
    frame = np.ones(labels.shape, bool)
    frame[40:] = False
    table = measure_particles(labels, labels, frame=frame)
    assert has_flag(table, "touches_frame").tolist() == [True, True, False]


@pytest.mark.parametrize("name", ["pixels", "frame"])
def test_arrays_of_another_shape_are_refused(name):
    arrays = {"pixels": np.zeros((5, 5)), "frame": np.ones((5, 5), bool), name: np.zeros((5, 6), bool)}
    with pytest.raises(ParameterError, match=rf"`{name}` \(shape \(5, 6\)\).*\(shape \(5, 5\)\)"):
        measure_particles(np.zeros((5, 5), np.int32), arrays["pixels"], frame=arrays["frame"])


def test_every_number_is_defined_in_the_registry():
    assert set(MEASURED_COLUMNS) < set(COLUMNS)


def test_particles_of_a_crowded_image_all_come_out_alike():
    stamp = disc(24, centre=(16, 16), side=33)
    tiles = np.arange(1, 1601, dtype=np.int32).reshape(40, 40)
    labels = np.kron(tiles, stamp.astype(np.int32))
    table = measure_particles(labels, labels)
    assert len(table) == 1600
    assert table["area_px"].nunique() == 1
