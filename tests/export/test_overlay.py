"""The overlays, read back by OpenCV and an XML parser."""

import base64
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from drawn_analysis import AREAS, LABELS, blank_analysis, drawn_analysis

from nanotem.export.boundaries import traced_rings
from nanotem.export.overlay import overlay_png, overlay_svg

SVG = "{http://www.w3.org/2000/svg}"


def svg(name: str = "drawn.png") -> ElementTree.Element:
    analysis = drawn_analysis(name=name)
    return ElementTree.fromstring(overlay_svg(analysis.micrograph, traced_rings(analysis.outlines), analysis.particles))


def test_the_png_has_full_resolution_and_colour_on_outlines_alone() -> None:
    picture = cv2.imdecode(np.frombuffer(overlay_png(drawn_analysis().micrograph, LABELS), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (*LABELS.shape, 3)
    coloured = np.ptp(picture.astype(int), axis=2) > 50
    assert coloured[LABELS > 0].any()
    assert not coloured[LABELS == 0].any()
    assert not coloured[100:103, 60].any()


def test_the_svg_has_one_outline_and_number_per_particle() -> None:
    root = svg()
    assert root.get("viewBox") == "0 0 220 150"
    assert [path.get("id") for path in root.iter(f"{SVG}path")] == [f"particle-{label}" for label in AREAS]
    assert [text.text for text in root.iter(f"{SVG}text")] == [str(label) for label in AREAS]


def test_an_outline_of_the_svg_encloses_the_area_of_the_particle() -> None:
    areas = drawn_analysis().particles.set_index("label")["area_px"]
    for path in svg().iter(f"{SVG}path"):
        rings = [ring.removeprefix("M").split() for ring in path.get("d").removesuffix("Z").split("Z ")]
        corners = [np.array([corner.split(",") for corner in ring], np.float32) for ring in rings]
        area = sum(cv2.contourArea(ring, oriented=True) for ring in corners)
        assert abs(area) == pytest.approx(areas[int(path.get("id").removeprefix("particle-"))], rel=1e-3)


def test_the_picture_is_embedded_at_full_resolution() -> None:
    (image,) = svg().iter(f"{SVG}image")
    data = base64.b64decode(image.get("href").removeprefix("data:image/png;base64,"))
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape == (*LABELS.shape, 3)


def test_a_hostile_name_stays_a_title() -> None:
    root = svg("</title><script>&\x00.png")
    assert root.find(f"{SVG}title").text == "title__script_&_"
    assert not list(root.iter(f"{SVG}script"))


def test_nothing_found_is_the_picture_alone() -> None:
    blank = blank_analysis()
    root = ElementTree.fromstring(overlay_svg(blank.micrograph, {}, blank.particles))
    assert not list(root.iter(f"{SVG}path"))
    assert len(list(root.iter(f"{SVG}image"))) == 1
