"""Half a minute in Chromium: from a dropped image to its report, and a reload that loses nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server import HAS_BROWSER, browser_page, served_app
from ui.visitor import discs, tiff

from nanotem.ui.kit.frame import PAGES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not HAS_BROWSER, reason="needs Chromium and Playwright"),
]

WIDTHS = (390, 1280, 1440)
"""In px: a telephone, a small laptop, and the width at which the pages are walked."""

REDRAWN_MS = 700
"""Plots follow the width of the window after 0.1 to 0.3 s."""

TRIES = 6
"""With other work beside it a machine takes up to ten times as long."""

COVERED = Path(__file__).parent / "covered.js"
COUNTS = re.compile(r"Found (\d+) · measured (\d+) · cut by the frame (\d+)")
DROPPED = {"name": "gold.tif", "mimeType": "image/tiff", "buffer": tiff(discs(4, 5), nm_per_px=0.5)}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_app() as url:
        yield url


def test_from_a_dropped_image_to_its_report_with_two_clicks(address) -> None:
    with browser_page(width=1280, height=720) as page:
        page.goto(address)
        page.get_by_role("heading", level=1, name="nanotem").wait_for()
        page.locator("input[type=file]").first.set_input_files(DROPPED)
        assert COUNTS.search(page.get_by_text(COUNTS).inner_text()).groups() == ("20", "20", "0")
        mean, unit = page.get_by_test_id("stMetricValue").first.inner_text().split()
        assert (float(mean), unit) == (pytest.approx(10, rel=0.05), "nm")
        page.locator(".st-key-answer\\.histogram .bars, .st-key-answer-histogram .bars").first.wait_for()

        page.get_by_role("button", name="See the sizes").click()
        page.get_by_role("heading", level=1, name="Sizes").wait_for()
        page.get_by_text(COUNTS).wait_for()
        page.get_by_role("link", name="Report and files").click()
        page.get_by_role("heading", level=1, name="Export").wait_for()
        page.get_by_role("button", name="Make the report").wait_for()


def test_a_reload_keeps_the_work_and_another_visitor_does_not_see_it(address) -> None:
    with browser_page() as page:
        page.goto(address)
        page.locator("input[type=file]").first.set_input_files(DROPPED)
        page.get_by_text(COUNTS).wait_for()
        page.wait_for_url(re.compile(r"[?&]visit=[\w-]{32}$"))
        page.get_by_role("link", name="Segmentation", exact=True).first.click()
        page.locator(".editor canvas").wait_for()
        page.wait_for_url(re.compile(r"/segmentation\?visit="))
        page.locator(".editor").focus()
        page.keyboard.press("n")
        page.keyboard.press("Delete")
        page.get_by_text("Found 19 ·").wait_for()

        page.reload()
        page.get_by_text("Found 19 ·").wait_for()
        page.get_by_text("corrected by hand 1").wait_for()

        page.goto(address)
        page.get_by_text("Drop a micrograph here").wait_for()
        assert page.get_by_text(COUNTS).count() == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_no_number_is_cut_on_a_small_screen(address, width: int) -> None:
    with browser_page(width=width, height=720) as page:
        page.goto(address)
        page.locator("input[type=file]").first.set_input_files(DROPPED)
        page.get_by_test_id("stMetricValue").nth(1).wait_for()
        cut = """() => [...document.querySelectorAll('[data-testid=stMetricValue] *')]
            .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"""
        assert page.evaluate(cut) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def cut_or_covered(page: Any) -> list[str]:
    """Return what cannot be read once the figures are redrawn, which takes a machine with other work its time."""
    for _ in range(TRIES):
        page.wait_for_timeout(REDRAWN_MS)
        if not (unreadable := page.evaluate(COVERED.read_text())):
            break
    return unreadable


def test_every_page_can_be_read_on_every_screen_and_by_who_sees_badly_or_uses_no_mouse(address) -> None:
    """Nothing is cut or covered, nor what axe-core calls serious: too little contrast, pictures without words."""
    from axe_playwright_python.sync_playwright import Axe

    with browser_page(width=1440, height=900) as page:
        page.goto(address)
        page.locator("input[type=file]").first.set_input_files(DROPPED)
        page.get_by_text(COUNTS).wait_for()
        found: dict[tuple[str, str], list[str]] = {}
        covered: dict[tuple[str, int], list[str]] = {}
        for title in (one.title for one in PAGES):
            page.get_by_role("link", name=title, exact=True).first.click()
            page.wait_for_function("title => document.title.startsWith(title)", arg=title)
            page.get_by_test_id("stStatusWidget").wait_for(state="hidden")
            page.get_by_text("What to look for on this page").wait_for()
            violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            for one in violations:
                if one["impact"] in ("serious", "critical"):
                    found[title, one["id"]] = [node["html"] for node in one["nodes"]]
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                if unreadable := cut_or_covered(page):
                    covered[title, width] = unreadable
        assert found == {}
        assert covered == {}
