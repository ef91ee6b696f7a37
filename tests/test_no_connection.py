import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = "import contextlib, socket\nwith contextlib.suppress(OSError): {}"


@pytest.mark.parametrize(
    ("asked", "is_listed"),
    [
        ("socket.getaddrinfo('nowhere.invalid', 80)", True),
        ("socket.create_connection(('192.0.2.1', 80), timeout=0.01)", True),
        ("socket.create_connection(('127.0.0.1', 9))", False),
        ("socket.socket(socket.AF_UNIX).connect('/nowhere')", False),
    ],
)
def test_a_connection_of_a_process_that_a_test_starts_would_be_seen(
    asked: str, is_listed: bool, tmp_path: Path
) -> None:
    here = os.environ | {"NANOTEM_TEST_CONNECTIONS": str(tmp_path / "list")}
    subprocess.run([sys.executable, "-c", ASK.format(asked)], env=here, check=True)
    assert (tmp_path / "list").exists() is is_listed
