import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.synthetic.fringes import Crystal, LatticeImaging, draw_crystals

CLEAN = LatticeImaging(support=0.0, dose=1e6, contrast=0.3)


def test_planes_are_drawn_where_the_truth_says() -> None:
    gold = Crystal("Au", (1, 1, 0), 7.0, 100, 100, 0.4)
    drawn = draw_crystals([gold], shape=(200, 200), nm_per_px=0.04, rng=np.random.default_rng(1), imaging=CLEAN)
    assert drawn.truth.iloc[0]["spacing_px"] == pytest.approx(0.40782 / np.sqrt(3) / 0.04)
    inside = drawn.pixels[60:140, 60:140].astype(float)
    power = np.abs(np.fft.rfft2((inside - inside.mean()) * np.outer(np.hanning(80), np.hanning(80)), (800, 800)))
    rows, columns = np.fft.fftfreq(800)[:, None], np.fft.rfftfreq(800)[None]
    power[np.hypot(rows, columns) < 0.1] = 0
    row, column = np.unravel_index(np.argmax(power), power.shape)
    spacing = 1 / np.hypot(rows[row, 0], columns[0, column])
    direction = np.degrees(np.arctan2(-rows[row, 0], columns[0, column])) % 180
    off = np.abs(drawn.truth["direction_deg"] - direction) % 180
    nearest = drawn.truth.iloc[int(np.argmin(np.minimum(off, 180 - off)))]
    assert nearest["spacing_px"] == pytest.approx(spacing, rel=0.02)


def test_a_twin_shares_its_twin_planes_and_nothing_else_among_the_coarse() -> None:
    twin = Crystal("Au", (1, 1, 0), 6.0, 90, 90, 0.2, grains="twin")
    truth = draw_crystals([twin], shape=(180, 180), nm_per_px=0.04, rng=np.random.default_rng(1)).truth
    coarse = truth[truth["spacing_px"] > 5]
    one, other = (set(coarse[coarse["grain"] == grain]["direction_deg"].round(2)) for grain in (0, 1))
    assert one & other == {round(90 - np.degrees(0.2), 2)}


def test_five_grains_are_a_fifth_of_a_turn_apart() -> None:
    star = Crystal("Au", (1, 1, 0), 6.0, 90, 90, grains="five-fold")
    truth = draw_crystals([star], shape=(180, 180), nm_per_px=0.04, rng=np.random.default_rng(1)).truth
    first = truth.groupby("grain")["direction_deg"].first().sort_values()
    assert np.diff(first) == pytest.approx(36)


def test_equal_states_of_chance_give_equal_pixels_and_disturbances_change_them() -> None:
    gold = Crystal("Au", (1, 0, 0), 4.0, 60, 60, seen=0.5)
    pixels = [
        draw_crystals([gold], shape=(120, 120), nm_per_px=0.05, rng=np.random.default_rng(3), imaging=imaging).pixels
        for imaging in (None, None, LatticeImaging(scan_lines=0.1), LatticeImaging(jpeg_quality=20))
    ]
    assert (pixels[0] == pixels[1]).all()
    assert (pixels[0] != pixels[2]).any()
    assert (pixels[0] != pixels[3]).any()


def test_a_crystal_at_the_edge_is_cut() -> None:
    gold = Crystal("Au", (1, 1, 0), 5.0, 0, 60)
    drawn = draw_crystals([gold], shape=(100, 120), nm_per_px=0.05, rng=np.random.default_rng(3))
    assert drawn.labels[0, 60] == 1
    assert drawn.micrograph.scale is not None
    assert drawn.micrograph.scale.nm_per_px == 0.05


def test_only_110_has_twin_planes_edge_on() -> None:
    with pytest.raises(ParameterError, match=r"Twins along \[1, 0, 0\]"):
        Crystal("Au", (1, 0, 0), 5.0, 60, 60, grains="twin")
