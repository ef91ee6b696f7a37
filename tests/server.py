"""The app in a process of its own, visited with Chromium."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

_ROOT = Path(__file__).parents[1]
_START_S = 90

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HAS_BROWSER = CHROMIUM is not None and find_spec("playwright") is not None


@contextmanager
def served_app() -> Iterator[str]:
    """Run the app on a free port; yield its address."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ("--server.headless=true", "--server.address=127.0.0.1", "--server.fileWatcherType=none")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", *options]
    server = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        server.terminate()
        server.wait()


@contextmanager
def browser_page(*, width: int = 1500, height: int = 1400) -> Iterator[Any]:
    """Open an empty page in Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(300_000)
        yield page
        browser.close()


def _wait_for(address: str) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        try:
            urlopen(address, timeout=5).close()
            return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(f"The app did not answer at {address} within {_START_S} s.")
