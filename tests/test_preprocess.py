from dataclasses import replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from drawing import Particle, disc_grid, draw, draw_mask, with_gradient, with_noise

from nanotem.evaluation import evaluate
from nanotem.labels import regions
from nanotem.micrograph import GreyImage, Mask, Pixels
from nanotem.preprocess import (
    Denoised,
    binarise,
    clean,
    denoise,
    enhance,
    estimate_background,
    find_polarity,
    flatten,
    preprocess,
    to_grey,
)
from nanotem.preprocess.noise import without_noise
from nanotem.preprocess.params import (
    BackgroundParams,
    CleanParams,
    ContrastParams,
    DenoiseParams,
    PreprocessParams,
    ThresholdParams,
)

SHAPE = (200, 240)
DISCS = disc_grid(5, 6, pitch_px=40, diameter_px=20)
DARK, TRUE = draw(SHAPE, DISCS, particle=60, background=180)
BRIGHT, _ = draw(SHAPE, DISCS, particle=180, background=60)
NOTHING = np.zeros(SHAPE, bool)

NO_DENOISE = DenoiseParams(method="none")
NO_FLATTEN = BackgroundParams(flatten=False)
NO_CLEAN = CleanParams(open_iter=0, fill_holes=False)
OTSU_ITSELF = ThresholdParams(otsu_factor=1)


def in_8_bits(image: GreyImage) -> npt.NDArray[np.uint8]:
    """Round to whole grey levels, as a camera does."""
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def finds_every_disc(mask: Mask) -> bool:
    """Whether each disc of `TRUE` is one region of a mask, and nothing else is there."""
    score = evaluate(regions(mask), TRUE)
    return score.f1_50 == 1


def box(top: int, left: int, bottom: int, right: int, *, shape: tuple[int, int] = (60, 60)) -> Mask:
    """Return True in one rectangle, ends excluded."""
    mask = np.zeros(shape, bool)
    mask[top:bottom, left:right] = True
    return mask


class TestWhole:
    @pytest.mark.parametrize(("image", "polarity"), [(DARK, "dark"), (BRIGHT, "bright")])
    def test_particles_are_found_whichever_side_of_the_grey_scale_they_are_on(
        self, image: GreyImage, polarity: str
    ) -> None:
        stages = preprocess(in_8_bits(with_noise(image, 8)), PreprocessParams())
        assert stages.polarity == polarity
        assert finds_every_disc(stages.mask)

    @pytest.mark.parametrize("diameter_px", [8, 12, 20, 40])
    def test_the_outline_at_otsus_level_has_the_drawn_diameter(self, diameter_px: int) -> None:
        side = 8 * diameter_px
        image, true = draw((side, side), disc_grid(4, 4, pitch_px=2 * diameter_px, diameter_px=diameter_px))
        stages = preprocess(with_noise(image, 5), PreprocessParams(threshold=OTSU_ITSELF))
        score = evaluate(regions(stages.mask), true)
        assert score.f1_75 == 1
        assert abs(score.diameter_bias) * diameter_px < 0.5

    def test_every_stage_has_the_shape_of_the_micrograph(self) -> None:
        stages = preprocess(in_8_bits(DARK), PreprocessParams())
        for name in ("grey", "denoised", "bright", "flattened", "contrasted"):
            assert getattr(stages, name).shape == SHAPE
            assert getattr(stages, name).dtype == np.float32
        for name in ("binary", "mask"):
            assert getattr(stages, name).shape == SHAPE
            assert getattr(stages, name).dtype == bool

    def test_steps_that_are_switched_off_change_nothing(self) -> None:
        params = PreprocessParams(denoise=NO_DENOISE, background=NO_FLATTEN, clean=NO_CLEAN)
        stages = preprocess(in_8_bits(BRIGHT), params)
        np.testing.assert_array_equal(stages.contrasted, in_8_bits(BRIGHT))
        np.testing.assert_array_equal(stages.mask, stages.contrasted > stages.level)

    @pytest.mark.parametrize(
        "other_depth",
        [
            lambda levels: levels.astype(np.uint16) * 257,
            lambda levels: levels.astype(np.int16) - 128,
            lambda levels: levels.astype(np.uint32) * 10_000_019,
            lambda levels: levels.astype(np.float32) / 255,
            lambda levels: levels * 1e-9,
        ],
        ids=["uint16", "int16", "uint32", "float32", "float64"],
    )
    @pytest.mark.parametrize("image", [DARK, BRIGHT], ids=["dark", "bright"])
    def test_the_depth_of_the_pixels_does_not_change_the_mask(self, image: GreyImage, other_depth: Any) -> None:
        levels = in_8_bits(with_noise(image, 8))
        expected = preprocess(levels, PreprocessParams()).mask
        np.testing.assert_array_equal(preprocess(other_depth(levels), PreprocessParams()).mask, expected)

    def test_the_pixels_are_not_changed(self) -> None:
        levels = in_8_bits(DARK)
        levels.setflags(write=False)
        preprocess(levels, PreprocessParams(contrast=ContrastParams(method="automatic", sharpen=True)))
        np.testing.assert_array_equal(levels, in_8_bits(DARK))

    def test_a_picture_that_was_denoised_before_is_taken_as_it_is(self) -> None:
        stages = preprocess(in_8_bits(DARK), PreprocessParams(), denoised=Denoised(BRIGHT))
        assert stages.denoised is BRIGHT
        assert stages.polarity == "bright"


class TestIgnore:
    STRIP = np.zeros(SHAPE, bool)
    STRIP[160:] = True
    FAR_FROM_STRIP = (slice(0, 150), slice(None))

    @pytest.mark.parametrize("image", [DARK, BRIGHT], ids=["dark", "bright"])
    @pytest.mark.parametrize("strip_level", [0, 255])
    def test_an_info_strip_is_no_particle_and_disturbs_no_other(self, image: GreyImage, strip_level: int) -> None:
        expected = preprocess(in_8_bits(image), PreprocessParams(), ignore=self.STRIP)
        disturbed = in_8_bits(image)
        disturbed[self.STRIP] = strip_level
        stages = preprocess(disturbed, PreprocessParams(), ignore=self.STRIP)
        assert stages.polarity == expected.polarity
        assert stages.level == pytest.approx(expected.level, abs=6)
        assert not stages.mask[self.STRIP].any()
        np.testing.assert_array_equal(stages.mask[self.FAR_FROM_STRIP], expected.mask[self.FAR_FROM_STRIP])

    def test_the_same_strip_is_found_where_it_is_not_ignored(self) -> None:
        disturbed = in_8_bits(DARK)
        disturbed[self.STRIP] = 0
        assert preprocess(disturbed, PreprocessParams()).mask[self.STRIP].all()

    def test_an_info_strip_does_not_disturb_the_local_threshold(self) -> None:
        local = ThresholdParams(method="local", block_size_px=81)
        params = PreprocessParams(denoise=NO_DENOISE, threshold=local)
        expected = preprocess(in_8_bits(DARK), params, ignore=self.STRIP).mask
        disturbed = in_8_bits(DARK)
        disturbed[self.STRIP] = 255
        found = preprocess(disturbed, params, ignore=self.STRIP).mask
        np.testing.assert_array_equal(found[self.FAR_FROM_STRIP], expected[self.FAR_FROM_STRIP])

    @pytest.mark.parametrize("method", ["none", "automatic"])
    def test_an_image_of_which_everything_is_ignored_has_no_particles(self, method: Any) -> None:
        params = PreprocessParams(contrast=ContrastParams(method=method))
        assert not preprocess(in_8_bits(DARK), params, ignore=~NOTHING).mask.any()


class TestBlank:
    @pytest.mark.parametrize("threshold", ["otsu", "local"])
    @pytest.mark.parametrize("contrast", ["none", "automatic"])
    @pytest.mark.parametrize(
        "pixels",
        [
            np.zeros((64, 64), np.uint8),
            np.full((64, 64), 117, np.uint8),
            np.full((64, 64), 255, np.uint8),
            np.full((700, 600), 3000, np.uint16),
            np.full((64, 64), 4_000_000_000, np.uint32),
            np.full((64, 64), 0.1, np.float32),
        ],
        ids=lambda pixels: f"{pixels.dtype}={pixels[0, 0]}",
    )
    def test_an_image_of_one_grey_has_no_particles(self, pixels: Pixels, threshold: Any, contrast: Any) -> None:
        params = PreprocessParams(threshold=ThresholdParams(method=threshold), contrast=ContrastParams(method=contrast))
        stages = preprocess(pixels, params)
        assert not stages.mask.any()
        assert np.isfinite(stages.contrasted).all()

    def test_a_large_image_of_one_grey_has_no_particles(self) -> None:
        for level in (87, 129, 213):
            assert not preprocess(np.full((700, 700), level, np.uint8), PreprocessParams()).mask.any()

    @pytest.mark.parametrize("method", ["otsu", "local", "manual"])
    @pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 9), (5, 700)])
    def test_tiny_and_narrow_images_pass_through(self, shape: tuple[int, int], method: Any) -> None:
        levels = np.random.default_rng(5).integers(0, 256, shape).astype(np.uint8)
        mask = preprocess(levels, PreprocessParams(threshold=ThresholdParams(method=method))).mask
        assert mask.shape == shape


class TestToGrey:
    def test_8_bit_levels_are_kept(self) -> None:
        levels = np.arange(40, 80, dtype=np.uint8).reshape(5, 8)
        np.testing.assert_array_equal(to_grey(levels), levels)

    @pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.int32, np.float32, np.float64])
    def test_other_depths_are_spread_over_0_to_255_with_their_fractions(self, dtype: Any) -> None:
        grey = to_grey(np.linspace(1000, 3000, 10_001).reshape(73, 137).astype(dtype))
        assert grey.dtype == np.float32
        np.testing.assert_allclose(grey.ravel(), np.linspace(0, 255, 10_001), atol=0.2)

    def test_one_hot_pixel_does_not_darken_all_others(self) -> None:
        pixels = np.linspace(0, 1000, 250_000).reshape(500, 500)
        pixels[250, 250] = 60_000
        assert to_grey(pixels)[-1, -1] == pytest.approx(255, abs=1)

    def test_a_few_pixels_that_stand_out_are_not_lost(self) -> None:
        pixels = np.zeros((500, 500), np.uint16)
        pixels[250, 250] = 7
        grey = to_grey(pixels)
        assert grey[0, 0] == 0
        assert grey[250, 250] == pytest.approx(255)


class TestDenoise:
    NOISY = with_noise(DARK, 20)
    BACKGROUND = ~draw_mask(SHAPE, disc_grid(5, 6, pitch_px=40, diameter_px=32))
    CORES = draw_mask(SHAPE, disc_grid(5, 6, pitch_px=40, diameter_px=14))
    BIG, _ = draw((600, 600), disc_grid(5, 5, pitch_px=120, diameter_px=70))
    ALL = np.zeros((600, 600), bool)

    def test_none_returns_the_picture(self) -> None:
        assert denoise(self.NOISY, NO_DENOISE).grey is self.NOISY

    @pytest.mark.parametrize("sigma_px", [1.0, 1.5, 2.0])
    def test_gaussian_leaves_the_share_of_white_noise_that_theory_gives(self, sigma_px: float) -> None:
        flat = with_noise(np.full((300, 300), 128, np.float32), 20)
        smoothed = denoise(flat, DenoiseParams(sigma_px=sigma_px, contrast_to_noise=0)).grey
        assert smoothed.std() == pytest.approx(20 / (2 * np.sqrt(np.pi) * sigma_px), rel=0.05)
        assert smoothed.mean() == pytest.approx(flat.mean(), abs=0.1)

    def test_blur_grows_with_the_noise(self) -> None:
        sigmas_px = [without_noise(with_noise(self.BIG, n), DenoiseParams(), self.ALL)[1] for n in (3, 15, 30, 80)]
        assert sigmas_px == sorted(sigmas_px)
        assert sigmas_px[0] == 1
        assert sigmas_px[-1] == pytest.approx(1.5**3)

    def test_a_lower_contrast_to_noise_blurs_less(self) -> None:
        noisy = with_noise(self.BIG, 20)
        sigmas_px = [without_noise(noisy, DenoiseParams(contrast_to_noise=k), self.ALL)[1] for k in (0, 40, 200)]
        assert sigmas_px[0] == 1 < sigmas_px[1] < sigmas_px[2]

    def test_the_blur_that_was_applied_is_told(self) -> None:
        noisy = in_8_bits(with_noise(self.BIG, 30))
        stages = preprocess(noisy, PreprocessParams())
        assert stages.blur_px > 1
        np.testing.assert_array_equal(stages.denoised, cv2.GaussianBlur(stages.grey, (0, 0), stages.blur_px))
        assert preprocess(noisy, PreprocessParams(denoise=DenoiseParams(method="median"))).blur_px == 1

    def test_structure_without_noise_is_not_blurred_away(self) -> None:
        crowded, _ = draw((320, 320), disc_grid(20, 20, pitch_px=16, diameter_px=13))
        np.testing.assert_array_equal(
            denoise(crowded, DenoiseParams()).grey, denoise(crowded, DenoiseParams(contrast_to_noise=0)).grey
        )

    def test_the_median_removes_a_hot_pixel_and_nothing_else(self) -> None:
        flat = np.full((30, 30), 100, np.float32)
        flat[10, 12] = 255
        np.testing.assert_array_equal(denoise(flat, DenoiseParams(method="median")).grey, 100)

    @pytest.mark.parametrize(("width_px", "is_kept"), [(2, False), (4, True)])
    def test_the_median_removes_what_is_narrower_than_half_its_window(self, width_px: int, is_kept: bool) -> None:
        line = np.where(box(0, 20, 60, 20 + width_px), 200, 50).astype(np.float32)
        filtered = denoise(line, DenoiseParams(method="median", median_size_px=7)).grey
        assert (filtered.max() == 200) == is_kept

    def test_non_local_means_removes_noise_and_keeps_edges(self) -> None:
        params = DenoiseParams(method="nlm", h=40)
        smoothed = denoise(self.NOISY, params).grey
        assert smoothed.dtype == np.float32
        assert smoothed[self.BACKGROUND].std() < self.NOISY[self.BACKGROUND].std() / 4
        assert smoothed[self.BACKGROUND].mean() == pytest.approx(180, abs=1)
        assert smoothed[self.CORES].mean() == pytest.approx(60, abs=4)

    def test_non_local_means_removes_more_with_a_larger_h(self) -> None:
        spread = [
            denoise(self.NOISY, DenoiseParams(method="nlm", h=h)).grey[self.BACKGROUND].std() for h in (5, 20, 60)
        ]
        assert spread[0] > spread[1] > spread[2]


class TestPolarity:
    @pytest.mark.parametrize(("image", "polarity"), [(DARK, "dark"), (BRIGHT, "bright")])
    @pytest.mark.parametrize("rise", [-40, 0, 40])
    def test_background_hangs_together_and_reaches_the_frame(
        self, image: GreyImage, polarity: str, rise: float
    ) -> None:
        assert find_polarity(with_noise(with_gradient(image, rise), 8), NOTHING) == polarity

    @pytest.mark.parametrize(("particle", "background"), [(60, 180), (180, 60)])
    def test_particles_may_cover_most_of_the_image(self, particle: float, background: float) -> None:
        crowded = disc_grid(6, 6, pitch_px=40, diameter_px=37)
        image, labels = draw((240, 240), crowded, particle=particle, background=background)
        assert (labels > 0).mean() > 0.6
        assert find_polarity(image, np.zeros((240, 240), bool)) == ("dark" if particle < background else "bright")

    @pytest.mark.parametrize(("particle", "background"), [(60, 180), (180, 60)])
    def test_particles_may_take_most_of_the_frame_if_the_background_hangs_together(
        self, particle: float, background: float
    ) -> None:
        crowded = disc_grid(6, 6, pitch_px=40, diameter_px=34)
        image, _ = draw((240, 240), crowded, particle=particle, background=background)
        cut = image[14:-14, 14:-14]
        assert find_polarity(cut, np.zeros(cut.shape, bool)) == ("dark" if particle < background else "bright")

    @pytest.mark.parametrize(("particle", "background"), [(60, 180), (180, 60)])
    def test_of_two_phases_that_both_hang_together_the_frame_is_background(
        self, particle: float, background: float
    ) -> None:
        image, _ = draw((200, 200), [Particle(45, 100, 60)], particle=particle, background=background)
        strip = np.zeros((200, 200), bool)
        strip[90:] = True
        image[strip] = particle
        assert find_polarity(image, strip) == ("dark" if particle < background else "bright")

    @pytest.mark.parametrize("polarity", ["dark", "bright"])
    def test_what_is_given_overrules_what_would_be_found(self, polarity: Any) -> None:
        params = PreprocessParams(background=BackgroundParams(polarity=polarity, flatten=False))
        stages = preprocess(in_8_bits(DARK), params)
        assert stages.polarity == polarity
        assert (stages.bright[20, 20] > stages.bright[0, 0]) == (polarity == "dark")


class TestFlatten:
    @pytest.mark.parametrize("rise", [120, -120, 200])
    def test_a_ramp_that_hides_discs_from_otsu_is_levelled(self, rise: float) -> None:
        ramp = with_gradient(DARK, rise)
        dark = BackgroundParams(polarity="dark")
        assert finds_every_disc(preprocess(ramp, PreprocessParams(background=dark)).mask)
        unlevelled = PreprocessParams(background=replace(dark, flatten=False))
        assert not finds_every_disc(preprocess(ramp, unlevelled).mask)

    def test_the_background_under_particles_is_that_around_them(self) -> None:
        ramp = with_gradient(np.full(SHAPE, 60, np.float32), 60)
        background = estimate_background(ramp + 100 * (TRUE > 0), 0.1, NOTHING)
        inner = (slice(None), slice(40, -40))
        np.testing.assert_allclose(background[inner], ramp[inner], atol=3)
        assert np.abs(background - ramp).max() < 8

    def test_the_mean_level_of_the_background_is_kept(self) -> None:
        flat = flatten(with_gradient(BRIGHT, 60), BackgroundParams(), NOTHING)
        assert np.median(flat[TRUE == 0]) == pytest.approx(60 + 30, abs=3)

    def test_a_smaller_scale_follows_the_background_more_closely(self) -> None:
        waves = 20 * np.sin(np.arange(SHAPE[1]) / 12).astype(np.float32) + BRIGHT
        residue = [
            flatten(waves, BackgroundParams(flatten_size=size), NOTHING)[TRUE == 0].std() for size in (0.03, 0.3)
        ]
        assert residue[0] < 0.6 * residue[1]

    def test_where_particles_leave_no_background_it_is_one_level(self) -> None:
        crowded = np.full((100, 100), 180, np.float32)
        for row, column in np.ndindex(3, 3):
            crowded[10 + row :: 20, 10 + column :: 20] = 60
        background = estimate_background(crowded, 0.1, np.zeros((100, 100), bool))
        assert np.ptp(background) == 0
        assert background[0, 0] == pytest.approx(60, abs=1)

    def test_switched_off_it_returns_the_picture(self) -> None:
        assert flatten(BRIGHT, NO_FLATTEN, NOTHING) is BRIGHT


class TestContrast:
    RAMP = np.linspace(50, 150, 10_000, dtype=np.float32).reshape(100, 100)
    ALL = np.zeros((100, 100), bool)

    def test_none_returns_the_picture(self) -> None:
        assert enhance(self.RAMP, ContrastParams(), self.ALL) is self.RAMP

    def test_by_hand_multiplies_adds_and_saturates(self) -> None:
        levels = np.array([[0, 20, 60, 120, 200]], np.float32)
        params = ContrastParams(method="manual", alpha=2, beta=-50)
        enhanced = enhance(levels, params, np.zeros((1, 5), bool))
        np.testing.assert_array_equal(enhanced, [[0, 0, 70, 190, 255]])

    @pytest.mark.parametrize("percent", [2, 10, 20])
    def test_automatic_lets_half_of_the_share_saturate_at_each_end(self, percent: float) -> None:
        enhanced = enhance(self.RAMP, ContrastParams(method="automatic", clip_hist_percent=percent), self.ALL)
        assert 100 * (enhanced == 0).mean() == pytest.approx(percent / 2, abs=0.05)
        assert 100 * (enhanced == 255).mean() == pytest.approx(percent / 2, abs=0.05)
        assert enhanced[50].mean() == pytest.approx(128, abs=2)

    def test_automatic_without_clipping_fills_the_scale(self) -> None:
        enhanced = enhance(self.RAMP, ContrastParams(method="automatic", clip_hist_percent=0), self.ALL)
        np.testing.assert_allclose(enhanced.ravel(), np.linspace(0, 255, 10_000), atol=0.01)

    def test_automatic_leaves_out_what_is_ignored(self) -> None:
        strip = np.zeros((100, 100), bool)
        strip[90:] = True
        disturbed = np.where(strip, 255, self.RAMP).astype(np.float32)
        params = ContrastParams(method="automatic", clip_hist_percent=0)
        np.testing.assert_allclose(
            enhance(disturbed, params, strip)[:90], enhance(self.RAMP[:90], params, self.ALL[:90])
        )

    def test_sharpening_is_the_kernel_that_its_help_names(self) -> None:
        impulse = np.zeros((5, 5), np.float32)
        impulse[2, 2] = 10
        expected = np.zeros((5, 5))
        expected[1:4, 1:4] = [[0, -10, 0], [-10, 50, -10], [0, -10, 0]]
        sharpened = enhance(impulse, ContrastParams(sharpen=True), np.zeros((5, 5), bool))
        np.testing.assert_array_equal(sharpened, expected)


class TestThreshold:
    def test_otsu_lies_between_two_levels_and_its_share_is_counted_from_the_background(self) -> None:
        image = with_noise(BRIGHT, 5)
        _, otsu = binarise(image, OTSU_ITSELF, NOTHING)
        assert 60 + 20 < otsu < 180 - 20
        _, half = binarise(image, ThresholdParams(otsu_factor=0.5), NOTHING)
        assert half == pytest.approx(60 + (otsu - 60) / 2, abs=1)

    def test_a_lower_share_of_otsus_level_moves_outlines_outwards(self) -> None:
        blurred = denoise(with_noise(BRIGHT, 5), DenoiseParams(sigma_px=2)).grey
        masks = [binarise(blurred, ThresholdParams(otsu_factor=factor), NOTHING)[0] for factor in (1.2, 1, 0.8, 0.6)]
        for inner, outer in pairwise(masks):
            assert (outer | ~inner).all()
            assert outer.sum() > inner.sum()

    @pytest.mark.parametrize("level", [59.5, 100, 179.5, 180])
    def test_by_hand_is_what_is_brighter_than_the_level(self, level: float) -> None:
        mask, taken = binarise(BRIGHT, ThresholdParams(method="manual", level=level), NOTHING)
        assert taken == level
        np.testing.assert_array_equal(mask, level < BRIGHT)

    def test_local_finds_discs_on_a_ramp_that_one_level_cannot_divide(self) -> None:
        ramp = with_gradient(BRIGHT, 300)
        one_level, _ = binarise(ramp, OTSU_ITSELF, NOTHING)
        local, level = binarise(ramp, ThresholdParams(method="local", block_size_px=81), NOTHING)
        assert not finds_every_disc(one_level)
        assert finds_every_disc(local)
        assert np.isnan(level)

    def test_a_higher_offset_rejects_texture(self) -> None:
        texture = with_noise(np.full(SHAPE, 60, np.float32), 5)
        shares = [
            binarise(texture, ThresholdParams(method="local", offset=offset), NOTHING)[0].mean()
            for offset in (0, 5, 30)
        ]
        assert shares[0] == pytest.approx(0.5, abs=0.02)
        assert shares[1] == pytest.approx(0.159, abs=0.02)
        assert shares[2] == 0


class TestClean:
    PLATE = box(15, 15, 45, 45)

    def test_no_step_returns_the_mask(self) -> None:
        mask = np.random.default_rng(6).random((40, 50)) < 0.5
        np.testing.assert_array_equal(clean(mask, NO_CLEAN), mask)

    def test_opening_removes_specks_and_bridges(self) -> None:
        two_plates = self.PLATE | box(15, 50, 45, 58)
        rough = two_plates | box(29, 45, 31, 50) | box(5, 5, 7, 7)
        opened = clean(rough, replace(NO_CLEAN, open_iter=1))
        assert regions(rough).max() == 2
        assert regions(opened).max() == 2
        assert not opened[29:31, 46:49].any()
        assert not opened[5:7, 5:7].any()

    def test_more_openings_remove_thicker_bridges(self) -> None:
        bridged = self.PLATE | box(28, 45, 32, 58)
        assert clean(bridged, replace(NO_CLEAN, open_iter=1))[30, 50]
        assert not clean(bridged, replace(NO_CLEAN, open_iter=2))[30, 50]

    def test_a_larger_kernel_removes_thicker_bridges(self) -> None:
        bridged = self.PLATE | box(28, 45, 32, 58)
        assert not clean(bridged, replace(NO_CLEAN, open_iter=1, kernel_size=7))[30, 50]

    def test_closing_bridges_cracks(self) -> None:
        cracked = self.PLATE & ~box(29, 0, 31, 60)
        closed = clean(cracked, replace(NO_CLEAN, close_iter=1))
        assert (regions(cracked).max(), regions(closed).max()) == (2, 1)
        np.testing.assert_array_equal(closed[15:45, 16:44], self.PLATE[15:45, 16:44])

    def test_the_frame_is_no_edge_for_opening_and_closing(self) -> None:
        half = box(0, 0, 30, 60)
        np.testing.assert_array_equal(clean(half, CleanParams(open_iter=2, close_iter=2, kernel_size=7)), half)


class TestFillHoles:
    FILL = replace(NO_CLEAN, fill_holes=True)

    @pytest.mark.parametrize("hole_px", [6, 20, 40])
    def test_the_bright_centre_of_a_particle_is_filled(self, hole_px: int) -> None:
        disc = draw_mask((100, 100), [Particle(50, 50, 60)])
        ring = disc & ~draw_mask((100, 100), [Particle(50, 50, hole_px)])
        np.testing.assert_array_equal(clean(ring, self.FILL), disc)
        np.testing.assert_array_equal(clean(ring, NO_CLEAN), ring)

    def test_the_gap_of_three_touching_discs_stays_open(self) -> None:
        centres = [(60, 40), (60, 100), (60 + 30 * np.sqrt(3), 70)]
        trio = draw_mask((160, 140), [Particle(row, column, 61) for row, column in centres])
        background = regions(~trio)
        gap = background == background[78, 70]
        assert 50 < gap.sum() < 300
        np.testing.assert_array_equal(clean(trio, self.FILL), trio)

    def test_a_hole_of_a_few_pixels_is_filled_whatever_its_shape(self) -> None:
        plate = box(10, 10, 50, 50)
        cross = box(25, 20, 26, 25) | box(23, 22, 28, 23)
        np.testing.assert_array_equal(clean(plate & ~cross, self.FILL), plate)

    def test_a_convex_bay_of_the_frame_is_no_hole(self) -> None:
        arch = box(0, 10, 50, 50) & ~box(0, 20, 30, 40)
        np.testing.assert_array_equal(clean(arch, self.FILL), arch)

    def test_background_that_leaves_only_at_corners_is_a_hole(self) -> None:
        diamond = np.add.outer(np.abs(np.arange(41) - 20), np.abs(np.arange(41) - 20))
        np.testing.assert_array_equal(clean(diamond == 12, self.FILL), diamond <= 12)


class TestClearBorder:
    def test_what_touches_any_side_is_dropped_and_the_rest_is_kept(self) -> None:
        inner = box(20, 20, 40, 40)
        touching = box(0, 5, 8, 12) | box(52, 5, 60, 12) | box(25, 0, 30, 8) | box(25, 52, 30, 60)
        cleared = clean(inner | touching, replace(NO_CLEAN, clear_border=True))
        np.testing.assert_array_equal(cleared, inner)

    def test_a_region_is_dropped_whole_even_if_it_hangs_on_by_a_corner(self) -> None:
        region = box(0, 0, 10, 10) | box(10, 10, 30, 30)
        assert not clean(region, replace(NO_CLEAN, clear_border=True)).any()

    def test_a_full_or_empty_mask_becomes_empty(self) -> None:
        for mask in (np.ones((8, 9), bool), np.zeros((8, 9), bool)):
            assert not clean(mask, CleanParams(clear_border=True)).any()
