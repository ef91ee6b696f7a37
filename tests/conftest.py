"""Nothing is sent: no test, and no process that one starts, opens a connection off this machine."""

import importlib.util
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

WATCH = Path(__file__).parent / "watch"
LIST = "NANOTEM_TEST_CONNECTIONS"


def pytest_configure() -> None:
    """Have this process watched, and all that it starts; those of a run on several cores share one list."""
    if LIST in os.environ:
        return
    os.environ[LIST] = str(Path(tempfile.mkdtemp(prefix="nanotem-tests-")) / "connections")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(WATCH), os.environ.get("PYTHONPATH", "")]))
    spec = importlib.util.spec_from_file_location("watch", WATCH / "sitecustomize.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


@pytest.fixture(autouse=True)
def nothing_is_sent() -> Iterator[None]:
    """Fail where a connection off this machine was asked for."""
    yield
    listed = Path(os.environ[LIST])
    if listed.exists():
        asked = listed.read_text()
        listed.unlink()
        pytest.fail(f"A connection off this machine was asked for: {asked}")
