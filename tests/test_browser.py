"""The app in Chromium: what a visitor does with mouse, keyboard and files."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
from server import HAS_BROWSER, browser_page, served_app
from ui.visitor import discs, png

from nanotem.ui.kit.frame import PAGES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not HAS_BROWSER, reason="needs Chromium and Playwright"),
]

PAGE_TITLES = [page.title for page in PAGES]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_app() as url:
        yield url


EVERY_PICTURE_IS_THERE = "[...document.images].every(image => image.complete && image.naturalWidth > 0)"
"""Streamlit takes a picture away as soon as another stands in its place: who presses on sooner asks for it in vain."""

IS_ANOTHER_MASK = "before => document.querySelector('img[alt^=\"6\"]')?.getAttribute('src') !== before"


@contextmanager
def visit(url: str) -> Iterator[Any]:
    """Open an address in a new browser; fail if a script breaks, a file is missing or another server is asked."""
    with browser_page() as page:
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if is_script_error(message) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url) if is_foreign(request.url, url) else None)
        page.on("response", lambda response: wrong.append(response.url) if is_missing(response) else None)
        page.goto(url)
        yield page
        assert page.get_by_test_id("stException").count() == 0
        page.wait_for_function(EVERY_PICTURE_IS_THERE)
        assert wrong == []


def is_script_error(message: Any) -> bool:
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def is_missing(response: Any) -> bool:
    """Whether a file of the app was refused; Streamlit itself tries addresses below /_stcore until one answers."""
    return response.status >= 400 and "/_stcore/" not in response.url


def is_foreign(requested: str, url: str) -> bool:
    address = urlsplit(requested)
    return address.scheme.startswith("http") and address.netloc != urlsplit(url).netloc


def go_to(page: Any, title: str) -> None:
    page.wait_for_function(EVERY_PICTURE_IS_THERE)
    page.get_by_role("link", name=title, exact=True).first.click()
    page.get_by_role("heading", level=1, name=title).wait_for()


def metric(page: Any, label: str) -> str:
    """Return the value of a metric, once it is there."""
    found = page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")
    return found.first.inner_text()


def counts(page: Any) -> tuple[int, int]:
    """Return how many particles were found and measured, once the page says it."""
    words = page.locator(".st-key-counts").filter(has_text=re.compile(r"Found \d+")).first.inner_text()
    found, measured = re.search(r"Found (\d+) · measured (\d+)", words).groups()
    return int(found), int(measured)


def test_from_an_example_to_a_file_with_its_particles(address) -> None:
    with visit(address) as page:
        page.get_by_role("button", name="Rods", exact=True).click()
        page.get_by_role("heading", name="rods.png").wait_for()
        assert float(metric(page, "Scale").split()[0]) == pytest.approx(0.4, rel=0.01)

        go_to(page, "Preprocess")
        masks = page.get_by_role("img", name=re.compile("^6"))
        slider = page.get_by_role("slider", name=re.compile("Otsu"))
        for _ in range(6):
            before = masks.get_attribute("src")
            slider.press("ArrowRight")
            page.wait_for_function(IS_ANOTHER_MASK, arg=before)
            page.wait_for_function(EVERY_PICTURE_IS_THERE)

        go_to(page, "Segmentation")
        n_particles, _ = counts(page)
        assert n_particles == pytest.approx(80, abs=10)

        go_to(page, "Sizes")
        metric(page, "Median")
        assert counts(page)[0] == n_particles
        bars = page.locator(".st-key-histogram .bars .point path")
        bars.first.wait_for(state="attached")
        heights = [(bar.bounding_box() or {"height": 0})["height"] for bar in bars.all()]
        bars.nth(int(np.argmax(heights))).click(force=True)
        page.get_by_text(re.compile(r"^\d+ particles are highlighted")).wait_for()

        page.get_by_role("tab", name="Table").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Particles as CSV").click()
        assert download.value.suggested_filename == "rods.particles.csv"
        particles = pd.read_csv(download.value.path())
        assert len(particles) == n_particles
        np.testing.assert_allclose(particles["diameter_nm"], 0.4 * particles["diameter_px"], rtol=0.01)


def test_an_upload_with_a_typed_scale(address) -> None:
    with visit(address) as page:
        file = {"name": "discs.png", "mimeType": "image/png", "buffer": png(discs(4, 5, diameter_px=22, pitch_px=50))}
        page.locator("input[type=file]").first.set_input_files(file)
        page.get_by_role("heading", name="discs.png").wait_for()
        assert metric(page, "Scale") == "not set"
        page.get_by_text("Typed", exact=True).click()
        scale = page.get_by_label(re.compile("^Nanometres per pixel"))
        scale.fill("0.5")
        scale.press("Enter")
        page.get_by_text("0.5 nm / px").wait_for()

        go_to(page, "Sizes")
        value, unit = metric(page, "Median").split()
        assert (float(value), unit) == (pytest.approx(11, rel=0.12), "nm")
        assert counts(page) == (20, 20)


def test_a_link_to_a_page_opens_on_a_server_that_nobody_visited() -> None:
    with served_app() as fresh, visit(f"{fresh}/segmentation") as page:
        for title in PAGE_TITLES:
            page.get_by_role("link", name=title, exact=True).first.wait_for()
        assert page.get_by_role("link", name="app", exact=True).count() == 0
        page.get_by_role("heading", level=1, name="Segmentation").wait_for()
        assert page.title() == "Segmentation · nanotem"
        page.get_by_role("link", name="Go to Image").click()
        page.get_by_role("heading", level=1, name="nanotem").wait_for()


def test_every_page_is_named_beside_the_sidebar_of_a_small_laptop(address) -> None:
    with visit(address) as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        go_to(page, "Film")
        page.get_by_test_id("stSidebar").get_by_text("Farthest step (px)").wait_for()
        links = page.get_by_test_id("stTopNavLink").filter(visible=True)
        links.nth(len(PAGE_TITLES) - 1).wait_for(timeout=10_000)
        assert links.all_inner_texts() == PAGE_TITLES
