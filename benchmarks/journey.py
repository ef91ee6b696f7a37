"""How long a visitor of a running app waits, in Chromium.

    nanotem app &
    python -m benchmarks.journey [--address http://localhost:8501] [--side 2048] [--visits 3]

From the click on an example, or from a dropped image, to progress in words, to the count, and to the histogram, each on
the first page; and from the click on Classification to its first picture. Numbers hold for a quiet machine: the load is
printed with them.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nanotem.synthetic.files import png
from nanotem.synthetic.simulate import simulate

EXAMPLE = "Gold spheres"
WAIT_MS = 180_000
WARM_S = 15
"""A server that runs is asked, not one that starts: its libraries are loaded within 5 to 10 s."""


def main() -> None:
    """Visit the app anew several times and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://localhost:8501")
    parser.add_argument("--side", type=int, default=2048, help="side of the image that is dropped, in px")
    parser.add_argument("--visits", type=int, default=3)
    options = parser.parse_args()
    drawn = simulate(n_particles=200, side_px=options.side, seed=77)
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        dropped = Path(folder) / "dropped.png"  # a file, as a visitor has it: bytes would be handed to Chromium as text
        dropped.write_bytes(png(drawn.pixels))
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with visit(chromium.new_page, options.address):
            time.sleep(WARM_S)
        runs = [example(chromium.new_page, options.address) for _ in range(options.visits)]
        report(f"Example {EXAMPLE!r}, 1024 px", runs)
        runs = [upload(chromium.new_page, options.address, dropped) for _ in range(options.visits)]
        report(f"Dropped image, {options.side} px", runs)
        chromium.close()


def example(new_page: Any, address: str) -> dict[str, float]:
    """Return seconds from the click on an example."""
    with visit(new_page, address) as page:
        button = page.get_by_role("button", name=EXAMPLE, exact=True)
        button.wait_for()
        return timed(page, button.click) | first_classification(page)


def upload(new_page: Any, address: str, file: Path) -> dict[str, float]:
    """Return seconds from the drop of a file."""
    with visit(new_page, address) as page:
        return timed(page, lambda: page.locator("input[type=file]").first.set_input_files(file))


def timed(page: Any, act: Any) -> dict[str, float]:
    """Act, and return the seconds until words, count and histogram are there."""
    begin = time.monotonic()
    act()
    seconds = {}
    for what, selector in {
        "words": ":is([data-testid=stSpinner], [data-testid=stCaptionContainer]:has-text('…')), button[aria-busy=true]",
        "count": "text=/^Found \\d+/",
        "histogram": ".st-key-answer-histogram .bars path",
    }.items():
        page.locator(selector).first.wait_for(state="attached", timeout=WAIT_MS)
        seconds[what] = time.monotonic() - begin
    return seconds


def first_classification(page: Any) -> dict[str, float]:
    """Return the seconds from the click on Classification until its page shows a picture or a chart."""
    begin = time.monotonic()
    page.get_by_role("link", name="Classification", exact=True).first.click()
    page.get_by_role("heading", level=1, name="Classification").wait_for(timeout=WAIT_MS)
    page.locator("[data-testid=stImage] img, .js-plotly-plot").first.wait_for(timeout=WAIT_MS)
    return {"Classification": time.monotonic() - begin}


@contextmanager
def visit(new_page: Any, address: str) -> Iterator[Any]:
    """Open the app as a new visitor."""
    page = new_page()
    page.goto(address)
    page.get_by_role("heading", level=1).first.wait_for(timeout=WAIT_MS)
    yield page
    page.close()


def report(title: str, runs: list[dict[str, float]]) -> None:
    """Print the median of each time."""
    medians = {what: statistics.median(run[what] for run in runs) for what in runs[0]}
    words = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in medians.items())
    print(f"{title}: {words} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")


if __name__ == "__main__":
    main()
