from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from nanotem.errors import NanotemError, ScaleError
from nanotem.micrograph import ImageInFile, Micrograph, Scale


@pytest.fixture
def micrograph() -> Micrograph:
    return Micrograph(np.arange(12, dtype=np.uint16).reshape(3, 4), id="ab12", name="gold.tif")


@pytest.mark.parametrize("nm_per_px", [1e-4, 0.33, 1e5])
def test_scale_accepts_its_limits_and_what_lies_between(nm_per_px: float) -> None:
    scale = Scale(nm_per_px, "file")
    assert scale.nm_per_px == nm_per_px
    assert scale.relative_uncertainty == 0


@pytest.mark.parametrize("nm_per_px", [0.0, -0.5, 9e-5, 2e5, np.inf, np.nan])
def test_scale_refuses_an_impossible_pixel_with_value_limits_and_remedy(nm_per_px: float) -> None:
    with pytest.raises(ScaleError) as caught:
        Scale(nm_per_px, "typed")
    assert caught.value.message == f"A scale of {nm_per_px:g} nm per pixel is outside 0.0001 to 100000."
    assert "scale bar" in caught.value.hint


def test_scale_refuses_an_unknown_source_and_names_the_known_ones() -> None:
    with pytest.raises(ScaleError, match="'guessed'") as caught:
        Scale(1.0, "guessed")  # type: ignore[arg-type]
    assert caught.value.hint == "Use one of file, scale bar, typed, example, lattice."


def test_scales_are_values() -> None:
    assert Scale(0.5, "file") == Scale(0.5, "file") != Scale(0.5, "typed")
    assert len({Scale(0.5, "file"), Scale(0.5, "file")}) == 1


def test_pixels_cannot_be_written(micrograph: Micrograph) -> None:
    with pytest.raises(ValueError, match="read-only"):
        micrograph.pixels[0, 0] = 1


def test_fields_cannot_be_replaced(micrograph: Micrograph) -> None:
    with pytest.raises(FrozenInstanceError):
        micrograph.name = "silver.tif"  # type: ignore[misc]


def test_shape_is_rows_then_columns(micrograph: Micrograph) -> None:
    assert micrograph.shape == (3, 4)


def test_a_micrograph_has_no_scale_and_no_notes_unless_given(micrograph: Micrograph) -> None:
    assert micrograph.scale is None
    assert micrograph.notes == ()


def test_with_scale_changes_the_scale_and_nothing_else(micrograph: Micrograph) -> None:
    scaled = micrograph.with_scale(Scale(0.25, "scale bar", relative_uncertainty=0.01))
    assert scaled.scale == Scale(0.25, "scale bar", 0.01)
    assert scaled.pixels is micrograph.pixels
    assert (scaled.id, scaled.name) == ("ab12", "gold.tif")
    assert micrograph.scale is None
    assert scaled.with_scale(None).scale is None


def test_an_error_reads_as_its_message_and_its_hint() -> None:
    error = NanotemError("The image is 3 px wide.", "Choose a larger one.")
    assert str(error) == "The image is 3 px wide. Choose a larger one."
    assert (error.message, error.hint) == ("The image is 3 px wide.", "Choose a larger one.")


def test_an_image_in_a_file_names_itself() -> None:
    image = ImageInFile(3, "HAADF", (512, 256))
    assert str(image) == "3 HAADF (512 x 256 px)"
    assert image.shows_specimen
    other = ImageInFile(1, "", (16, 20), n_frames=7, what="element map")
    assert str(other) == "1 (element map, 16 x 20 px, 7 frames)"
    assert not other.shows_specimen
