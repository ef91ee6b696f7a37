import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.readers.choice import Choice, StoredImage, take, what_it_shows
from nanotem.readers.decoded import Decoded


def stored(name: str, what: str = "", n_frames: int = 1) -> StoredImage:
    return StoredImage((20, 30), lambda frame: Decoded(np.full((20, 30), frame)), name, n_frames, what)


@pytest.mark.parametrize("name", ["SuperXG21", "EDS", "Au", "Au-L", "Pt_La", "Ti Ka1", "X-ray line intensity of EDS"])
def test_element_maps_are_known_by_their_names(name):
    assert what_it_shows(name) == "element map"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("EELS Spectrum Image", "map or spectrum"),
        ("thickness", "map or spectrum"),
        ("FFT of HAADF", "Fourier transform"),
        ("SAED 300 mm", "diffraction"),
        ("Preview", "preview"),
    ],
)
def test_what_else_is_no_image_of_the_specimen(name, what):
    assert what_it_shows("", name) == what


@pytest.mark.parametrize(
    "name", ["", "HAADF", "BF", "DF4-A", "BM-Ceta", "Gold on carbon", "sample 3", "iDPC", "nanorods"]
)
def test_other_names_are_of_images_of_the_specimen(name):
    assert what_it_shows(name) == ""


@pytest.mark.parametrize(
    ("names", "number"),
    [
        (["Au", "BF", "HAADF"], 3),
        (["survey", "DF2"], 2),
        (["a", "b"], 1),
        (["iDPC", "BM-Ceta"], 2),
        (["Au", "Pt"], 1),
    ],
)
def test_the_image_of_the_specimen_is_taken(names, number):
    decoded = take([stored(name, what_it_shows(name)) for name in names], Choice())
    assert decoded.number == number
    assert decoded.is_default


def test_a_person_chooses_image_and_frame():
    images = [stored("HAADF"), stored("BF", n_frames=5)]
    decoded = take(images, Choice(image=2, frame=4))
    assert (decoded.number, decoded.frame, decoded.is_default) == (2, 4, False)
    assert (decoded.image == 3).all()
    assert decoded.notes == (
        "Image 2 of 2, BF, was taken; the file also holds 1 HAADF (20 x 30 px).",
        "Frame 4 of 5 was taken.",
    )
    assert not take(images, Choice(frame=1, image=2)).is_default
    assert take(images, Choice(image=1)).is_default


def test_what_is_no_image_of_the_specimen_is_said():
    decoded = take([stored("Au", "element map")], Choice())
    assert decoded.notes == ("The image that was taken is no image of the specimen, but: element map.",)


def test_many_other_images_are_counted():
    (note,) = take([stored(f"area {number}") for number in range(1, 21)], Choice()).notes
    assert note.endswith("9 area 9 (20 x 30 px); and 11 more.")


@pytest.mark.parametrize("image", [0, 3, -1])
def test_an_image_that_is_not_there(image):
    with pytest.raises(ParameterError, match=f"Image {image} was asked for, the file holds 2") as caught:
        take([stored("HAADF"), stored("BF")], Choice(image=image))
    assert caught.value.hint == "Choose one of: 1 HAADF (20 x 30 px); 2 BF (20 x 30 px)."


@pytest.mark.parametrize("frame", [0, 6])
def test_a_frame_that_is_not_there(frame):
    with pytest.raises(ParameterError, match=f"Frame {frame} was asked for, the image has 5") as caught:
        take([stored("BF", n_frames=5)], Choice(frame=frame))
    assert "from 1 to 5" in caught.value.hint
