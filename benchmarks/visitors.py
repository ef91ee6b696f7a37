"""Several visitors at once in Chromium, each with an image of their own, and what the server's memory does meanwhile.

    python -m benchmarks.visitors [--visitors 5] [--rounds 3] [--sessions 20] [--images 100] [--seed 0]

A server is started for it. First every visitor drops an image with another number of discs, and then, in a random
order, goes to a page or reloads it: each must see the count of their own image. Then images are dropped one after
another in one session, and sessions are opened with an image and closed; the server's memory is printed as it goes.
What a page asks for elsewhere than at the server is printed, too: it should be nothing.
"""

import argparse
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlparse
from urllib.request import urlopen

import cv2
import numpy as np
import psutil  # type: ignore[import-untyped]

from nanotem.synthetic.files import png

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

WAIT_MS = 120_000
_START_S = 120
_SIDE_PX, _PITCH_PX, _RADIUS_PX = 320, 40, 9
_PAGES = ("Segmentation", "Sizes")
_COUNT = re.compile(r"Found (\d+)")


def disc_file(n_discs: int, rng: np.random.Generator) -> "FilePayload":
    """Draw so many dark discs on a grid that fits 49, in noise of its own, as a file to drop."""
    grey = rng.normal(170, 5, (_SIDE_PX, _SIDE_PX)).astype(np.float32)
    places = rng.permutation(49)[:n_discs]
    for place in places.tolist():
        centre = (_PITCH_PX * (1 + place % 7), _PITCH_PX * (1 + place // 7))
        cv2.circle(grey, centre, _RADIUS_PX, 80, -1, cv2.LINE_AA)
    pixels = np.clip(cv2.GaussianBlur(grey, (0, 0), 1), 0, 255).astype(np.uint8)
    return {"name": f"{n_discs}.png", "mimeType": "image/png", "buffer": png(pixels)}


@contextmanager
def served_app() -> Iterator[tuple[str, psutil.Process]]:
    """Run the app on a free port; yield its address and its process."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + _START_S
        while True:
            try:
                urlopen(f"{address}/_stcore/health", timeout=5).close()
                break
            except (URLError, ConnectionError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)
        yield address, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait()


def memory_mb(server: psutil.Process) -> float:
    """Return what the server and its children hold."""
    return float(sum(one.memory_info().rss for one in (server, *server.children(recursive=True))) / 1e6)


class Visitor:
    """One visitor with an image whose count is known."""

    def __init__(self, browser: Any, address: str, n_discs: int, rng: np.random.Generator) -> None:
        self.n_discs = n_discs
        self.context = browser.new_context()
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.elsewhere: set[str] = set()
        self.page.on("request", lambda request: self._note(request.url, address))
        self.page.goto(address)
        self.page.get_by_role("heading", level=1, name="nanotem").wait_for()
        self.drop(n_discs, rng)

    def _note(self, url: str, address: str) -> None:
        asked = urlparse(url)
        if asked.scheme in ("http", "https", "ws", "wss") and asked.netloc != urlparse(address).netloc:
            self.elsewhere.add(asked.netloc)

    def drop(self, n_discs: int, rng: np.random.Generator) -> None:
        """Drop an image; nothing is waited for."""
        self.n_discs = n_discs
        self.page.locator("input[type=file]").first.set_input_files(disc_file(n_discs, rng))

    def sees_own(self) -> bool:
        """Wait until a count is shown, and tell whether it becomes that of the own image."""
        try:
            self.page.get_by_text(re.compile(rf"Found {self.n_discs}\b")).first.wait_for()
        except Exception:  # noqa: BLE001 - whatever stands there instead is printed
            print(f"  wanted {self.n_discs}, seen {_COUNT.findall(self.page.inner_text('body'))}")
            return False
        return True

    def act(self, rng: np.random.Generator) -> None:
        """Go to a random page, or reload the one that is open."""
        if rng.random() < 0.25:
            self.page.reload()
        else:
            self.page.get_by_role("link", name=str(rng.choice(_PAGES)), exact=True).first.click()


def main() -> None:
    """Print who saw what, and the memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    from playwright.sync_api import sync_playwright

    with served_app() as (address, server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        counts = rng.permutation(np.arange(10, 49))[: options.visitors].tolist()
        visitors = [Visitor(browser, address, n_discs, rng) for n_discs in counts]
        right = [visitor.sees_own() for visitor in visitors]
        for _ in range(options.rounds):
            for visitor in visitors:
                visitor.act(rng)
            right += [visitors[i].sees_own() for i in rng.permutation(len(visitors)).tolist()]
        elsewhere = set().union(*(visitor.elsewhere for visitor in visitors))
        print(f"{len(visitors)} visitors at once: own image seen {sum(right)} of {len(right)} times", flush=True)
        print(f"asked for elsewhere: {sorted(elsewhere) or 'nothing'}", flush=True)
        for visitor in visitors[1:]:
            visitor.context.close()
        report("images dropped in one session", server, 0)
        for number in range(options.images):
            visitors[0].page.goto(address)
            visitors[0].drop(int(rng.integers(10, 49)), rng)
            visitors[0].sees_own()
            report("images dropped in one session", server, number + 1, every=max(options.images // 10, 1))
        visitors[0].context.close()
        for number in range(options.sessions):
            visitor = Visitor(browser, address, int(rng.integers(10, 49)), rng)
            visitor.sees_own()
            visitor.context.close()
            report("sessions opened and closed", server, number + 1, every=max(options.sessions // 10, 1))
        browser.close()


def report(what: str, server: psutil.Process, number: int, *, every: int = 1) -> None:
    """Print the memory at every so-manieth."""
    if number % every == 0:
        print(f"{number} {what}: {memory_mb(server):.0f} MB", flush=True)


if __name__ == "__main__":
    main()
