"""Corrections by mouse and keyboard, in Chromium."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawing import Particle, disc_grid, draw, with_noise
from server import HAS_BROWSER, browser_page, served_app
from ui.visitor import png

from nanotem.analysis import analyse
from nanotem.edits.file import read_edits
from nanotem.readers import read_micrograph

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not HAS_BROWSER, reason="Chromium or Playwright is absent")]

_ANSWER_S = 120
_PATIENCE_MS = 400_000
"""For a machine that does other things at the same time."""

_GRID = disc_grid(20, 25, pitch_px=80, diameter_px=40)
_PAIRED, _DROPPED = _GRID[30:34], _GRID[-4:]
_PARTNERS = [one._replace(row=one.row + 36) for one in _PAIRED]
_REMOVED, _CUT = _GRID[130:134], _GRID[160:164]
_NEW = [Particle(1800, 300, 50), Particle(1800, 600, 50)]


class Editor:
    """The segmentation page with the image on its canvas, the whole image shown."""

    def __init__(self, page: Any, address: str, image: Path, *, side_px: int) -> None:
        self.page = page
        self.side_px = side_px
        self.seconds: list[float] = []
        page.goto(address)
        page.locator("input[type=file]").set_input_files(image)
        page.get_by_role("heading", name=image.name).wait_for()
        self.open("Segmentation")
        self.canvas = page.locator(".editor canvas")
        self.canvas.scroll_into_view_if_needed()

    def open(self, title: str) -> None:
        self.page.get_by_role("link", name=title, exact=True).first.click()
        self.page.locator(f'h1:has-text("{title}")').wait_for()
        self.page.locator(".st-key-counts").first.wait_for()

    @property
    def n_particles(self) -> int:
        return int(re.search(r"Found (\d+)", self.page.locator(".st-key-counts").first.inner_text())[1])

    def answered(self, act: Callable[[], object], n_expected: int) -> None:
        """Act, and wait for the count and the end of the page."""
        begin = time.monotonic()
        act()
        while self.n_particles != n_expected or not self._is_idle():
            assert time.monotonic() - begin < _ANSWER_S, f"{self.n_particles} particles instead of {n_expected}"
            time.sleep(0.01)
        self.seconds.append(time.monotonic() - begin)

    def _is_idle(self) -> bool:
        return self.page.locator('.stApp[data-test-script-state="notRunning"]').count() == 1

    def press(self, keys: str, n_expected: int) -> None:
        self.answered(lambda: self.page.keyboard.press(keys), n_expected)

    def select(self, *particles: Particle) -> None:
        self.page.keyboard.press("v")
        for number, one in enumerate(particles):
            self.canvas.click(position=self.on_canvas(one.row, one.column), modifiers=["Shift"] if number else [])

    def drag(self, points: list[tuple[float, float]]) -> None:
        box = self.canvas.bounding_box()
        places = [self.on_canvas(*point) for point in points]
        for number, place in enumerate(places):
            self.page.mouse.move(box["x"] + place["x"], box["y"] + place["y"])
            if number == 0:
                self.page.mouse.down()
        self.page.mouse.up()

    def table(self, folder: Path) -> pd.DataFrame:
        """Download the table of the page Sizes."""
        self.open("Sizes")
        self.page.get_by_role("tab", name="Table").click()
        return pd.read_csv(self.download("Particles as CSV", folder), keep_default_na=False)

    def download(self, button: str, folder: Path) -> Path:
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=button).click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path

    def load(self, corrections: Path, n_expected: int) -> None:
        self.page.get_by_role("button", name="Load corrections").click()
        self.page.locator("input[type=file]").set_input_files(corrections)
        replace = self.page.get_by_role("button", name="Replace the corrections by these")
        self.answered(replace.click, n_expected)

    def on_canvas(self, row: float, column: float) -> dict[str, float]:
        """Return where a pixel of the image is on the canvas."""
        box = self.canvas.bounding_box()
        scale = min(box["width"], box["height"]) / self.side_px
        return {
            "x": (box["width"] - scale * self.side_px) / 2 + scale * (column + 0.5),
            "y": (box["height"] - scale * self.side_px) / 2 + scale * (row + 0.5),
        }


@pytest.fixture(scope="module")
def address():
    with served_app() as address:
        yield address


def circle(one: Particle) -> list[tuple[float, float]]:
    turns = np.linspace(0, 2 * np.pi, 25)
    radius = one.diameter_px / 2
    return [(one.row + radius * np.sin(turn), one.column + radius * np.cos(turn)) for turn in turns]


def make_twenty_edits(editor: Editor) -> None:
    """Correct 500 particles so that 504 remain."""
    n = 500
    for one, other in zip(_PAIRED, _PARTNERS, strict=True):
        editor.select(one, other)
        editor.press("m", n := n - 1)
    for one in _PAIRED:
        editor.select(one)
        editor.press("s", n := n + 1)
    for one in _REMOVED:
        editor.select(one)
        editor.press("Delete", n := n - 1)
    editor.page.keyboard.press("g")
    for one in _REMOVED[:2]:
        place = editor.on_canvas(one.row, one.column)
        editor.answered(lambda place=place: editor.canvas.click(position=place), n := n + 1)
    editor.page.keyboard.press("c")
    for one in _CUT:
        line = [(one.row, one.column - 30), (one.row, one.column + 30)]
        editor.answered(lambda line=line: editor.drag(line), n := n + 1)
    editor.page.keyboard.press("d")
    for one in _NEW:
        editor.answered(lambda one=one: editor.drag(circle(one)), n := n + 1)


def saved(folder: Path, side_px: int, particles: list[Particle]) -> Path:
    image = with_noise(draw((side_px, side_px), particles)[0], 3).round().astype(np.uint8)
    (folder / "discs.png").write_bytes(png(image))
    return folder / "discs.png"


def test_twenty_edits_come_back_from_a_file(address, tmp_path, record_property) -> None:
    drawn = [*(one for one in _GRID if one not in _DROPPED), *_PARTNERS]
    image = saved(tmp_path, 2048, drawn)
    with browser_page() as page:
        editor = Editor(page, address, image, side_px=2048)
        assert editor.n_particles == 500
        make_twenty_edits(editor)
        assert editor.n_particles == 504
        assert len(editor.seconds) == 20
        record_property("seconds_per_edit", editor.seconds)

        for _ in range(20):
            page.keyboard.press("Control+z")
        page.locator('.editor [data-action="undo"]:disabled').wait_for(timeout=_PATIENCE_MS)
        assert editor.n_particles == 500
        for _ in range(20):
            page.keyboard.press("Control+y")
        page.locator('.editor [data-action="redo"]:disabled').wait_for(timeout=_PATIENCE_MS)
        assert editor.n_particles == 504

        corrections = editor.download("Save corrections", tmp_path)
        first = editor.table(tmp_path)
        again = Editor(page, address, image, side_px=2048)
        again.load(corrections, 504)
        pd.testing.assert_frame_equal(again.table(tmp_path), first, check_exact=True)

    micrograph = read_micrograph(image.read_bytes(), image.name)
    edits = read_edits(corrections.read_text(), image_id=micrograph.id)
    pd.testing.assert_frame_equal(first, analyse(micrograph, edits=edits).particles, check_dtype=False)
    assert first["diameter_px"].iloc[-2:].to_numpy() == pytest.approx([50, 50], abs=2.5)


def test_a_correction_that_is_refused_says_why_and_the_next_one_is_carried_out(address, tmp_path) -> None:
    discs = disc_grid(4, 4, pitch_px=80, diameter_px=40)
    with browser_page() as page:
        editor = Editor(page, address, saved(tmp_path, 320, discs), side_px=320)
        assert editor.n_particles == 16
        editor.select(discs[5])
        page.keyboard.press("s")
        page.get_by_test_id("stToast").get_by_text("This particle has no neck.").wait_for()
        page.keyboard.press("g")
        editor.canvas.click(position=editor.on_canvas(80, 80))
        page.get_by_test_id("stToast").get_by_text("Nothing stands out from the background here.").wait_for()
        editor.select(discs[5])
        editor.press("Delete", 15)
        editor.press("Control+z", 16)


def test_quick_keys_are_all_carried_out(address, tmp_path) -> None:
    discs = disc_grid(4, 4, pitch_px=80, diameter_px=40)
    with browser_page() as page:
        editor = Editor(page, address, saved(tmp_path, 320, discs), side_px=320)
        editor.select(discs[0])
        for _ in range(5):
            page.keyboard.press("Delete")
            page.keyboard.press("n")
        editor.answered(lambda: None, 11)
        for _ in range(3):
            page.keyboard.press("Control+z")
        editor.answered(lambda: None, 14)
