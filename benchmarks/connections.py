"""Whom the server speaks to while all its pages are used, and what it leaves in the home folder.

    python -m benchmarks.connections [--port 8661] [--keep TRACE]

The app is started under `strace`, with a home folder that is empty; a visitor in Chromium opens an example, goes to
every page, and presses what starts work there. Every call of `connect`, `sendto` and `sendmsg` of every process is
traced: printed are the addresses off this machine, which should be none, and the files in the home folder, of which
none should be telemetry.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import psutil  # type: ignore[import-untyped]

from benchmarks.visitors import disc_file
from nanotem.ui.kit.frame import PAGES

_EXAMPLE = "Gold spheres"
_WORK = {"Batch": ("Add to the study", "Run"), "Film": ("Draw an example film", "Run")}
"""The buttons that are pressed on a page, one after the other; the others begin by themselves."""

_BUSY = "[data-test-script-state=running], [data-testid=stSpinner], [data-testid=stProgress]"

_START_S, _WAIT_MS = 180, 180_000
_ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')


@contextmanager
def traced_app(port: int, trace: Path, home: Path) -> Iterator[str]:
    """Run the app under strace; yield its address."""
    strace = shutil.which("strace")
    if strace is None:
        raise SystemExit("strace is not installed.")
    command = [strace, "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg", "-o", str(trace)]
    command += [sys.executable, "-m", "nanotem", "app", "--port", str(port)]
    env = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
    app = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + _START_S
        while True:
            with suppress(URLError, ConnectionError):
                urlopen(f"{address}/_stcore/health", timeout=5).close()
                break
            if time.monotonic() > end:
                raise SystemExit(f"The app did not start within {_START_S} s.")
            time.sleep(0.5)
        yield address
    finally:
        for process in psutil.Process(app.pid).children(recursive=True):
            process.terminate()
        app.wait()


def journey(address: str) -> None:
    """Open an example, go to every page, and start the work there; print how long each took."""
    from playwright.sync_api import sync_playwright

    rng = np.random.default_rng(0)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(_WAIT_MS)
        page.goto(address)
        page.get_by_role("button", name=_EXAMPLE).first.click()
        _settled(page)
        for title in (one.title for one in PAGES):
            start = time.monotonic()
            page.get_by_role("link", name=title, exact=True).first.click()
            _settled(page)
            if title == "Batch":
                page.locator("input[type=file]").first.set_input_files([disc_file(20, rng), disc_file(30, rng)])
                _settled(page)
            for name in _WORK.get(title, ()):
                page.get_by_role("button", name=name, exact=False).first.click()
                _settled(page)
            print(f"{title}: {time.monotonic() - start:.0f} s", flush=True)
        browser.close()


def _settled(page: Any) -> None:
    """Wait until nothing has run for two seconds."""
    still = 0
    while still < 4:
        page.wait_for_timeout(500)
        is_busy = page.locator(_BUSY).count() > 0
        still = 0 if is_busy else still + 1


def addresses(trace: str) -> Counter[str]:
    """Return the internet addresses of a trace with how often each was used."""
    return Counter(four or six for four, six in _ADDRESS.findall(trace))


def main() -> None:
    """Print the addresses off this machine and the files in the home folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8661)
    parser.add_argument("--keep", type=Path, help="where the trace is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, trace = Path(folder, "home"), Path(folder, "trace")
        home.mkdir()
        with traced_app(options.port, trace, home) as address:
            journey(address)
        text = trace.read_text(errors="replace")
        if options.keep:
            options.keep.write_text(text)
        found = addresses(text)
        elsewhere = {one: n for one, n in found.items() if not ip_address(one).is_loopback}
        files = sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    print(
        f"{text.count('connect(')} connects; addresses on this machine: {sum(found.values()) - sum(elsewhere.values())}"
    )
    print(f"Addresses elsewhere: {elsewhere or 'none'}")
    print(f"Files in the home folder: {files or 'none'}")


if __name__ == "__main__":
    main()
