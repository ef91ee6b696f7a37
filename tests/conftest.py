"""What holds for every test: nothing is sent off this machine, and witnesses and text of a picture are asked once."""

import importlib.util
import os
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from nanotem.calibration.grey import Bytes
from nanotem.calibration.ocr import Text, read_text
from nanotem.segmentation.judge import testimony
from nanotem.segmentation.judge.testimony import Hearing, Testimony
from nanotem.segmentation.method import Foreground
from nanotem.segmentation.network.segmenter import Segmenter

WATCH = Path(__file__).parent / "watch"
LIST = "NANOTEM_TEST_CONNECTIONS"

MOST_HEARD = 4
"""Pictures whose testimonies are kept: 60 MB each at 1024 x 1024 px."""


def pytest_configure() -> None:
    """Have this process watched, and all that it starts; each worker of a run on several cores has a list of its own.

    A worker has been watched since it started; the list that the process which started it made is not the worker's.
    """
    is_watched = LIST in os.environ
    os.environ[LIST] = str(Path(tempfile.gettempdir()) / f"nanotem-tests-{uuid4().hex}")
    if is_watched:
        return
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(WATCH), os.environ.get("PYTHONPATH", "")]))
    spec = importlib.util.spec_from_file_location("watch", WATCH / "sitecustomize.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: a third of the time of two goes by in waiting for a browser."""
    return min((os.cpu_count() or 1) + 1, 4)


@pytest.fixture(autouse=True)
def nothing_is_sent() -> Iterator[None]:
    """Fail where a connection off this machine was asked for."""
    yield
    listed = Path(os.environ[LIST])
    if listed.exists():
        asked = listed.read_text()
        listed.unlink()
        pytest.fail(f"A connection off this machine was asked for: {asked}")


def identity(hearing: Hearing) -> bytes:
    """Return a hash of all that the witnesses look at."""
    image, segmenter, ignored = hearing._asked
    necks = (one.labels for one in hearing._glance.necks)
    return identity_of(segmenter, image, hearing.foreground.contrast, ignored, *necks)


def identity_of(segmenter: Segmenter, *arrays: np.ndarray | None) -> bytes:
    """Return a hash of a network and of what it looks at."""
    digest = sha256(segmenter.sha256.encode())
    for array in arrays:
        digest.update(b"" if array is None else array.tobytes())
    return digest.digest()


@pytest.fixture(autouse=True, scope="session")
def witnesses_are_heard_once() -> Iterator[None]:
    """Keep what witnesses say of a picture: the same examples are opened by hundreds of tests."""
    kept: OrderedDict[tuple[str, bytes], Testimony] = OrderedDict()

    def once(name: str, hear: Callable[[Hearing], Testimony]) -> Callable[[Hearing], Testimony]:
        def heard(hearing: Hearing) -> Testimony:
            key = name, identity(hearing)
            if key not in kept:
                kept[key] = hear(hearing)
            kept.move_to_end(key)
            if len(kept) > MOST_HEARD:
                kept.popitem(last=False)
            return kept[key]

        return heard

    seen: OrderedDict[bytes, testimony._Glance] = OrderedDict()

    def seen_once(foreground: Foreground, segmenter: Segmenter) -> testimony._Glance:
        of = (foreground.mask, foreground.contrast, foreground.faint, foreground.flattened, foreground.ignored)
        key = identity_of(segmenter, *of)
        if key not in seen:
            seen[key] = glance(foreground, segmenter)
        if len(seen) > MOST_HEARD:
            seen.popitem(last=False)
        return seen[key]

    glance = testimony._glance

    with pytest.MonkeyPatch.context() as patch:
        for name in ("at_a_glance", "looked_closer"):
            patch.setattr(Hearing, name, once(name, getattr(Hearing, name)))
        patch.setattr(testimony, "_glance", seen_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def text_is_read_once() -> Iterator[None]:
    """Keep what is written in a picture: every analysis without a scale reads it, for 0.2 s and more."""
    kept: dict[bytes, list[Text]] = {}

    def read(grey: Bytes, *, zoom: float) -> list[Text]:
        key = sha256(f"{grey.shape} {zoom!r}".encode() + grey.tobytes()).digest()
        if key not in kept:
            kept[key] = read_text(grey, zoom=zoom)
        return list(kept[key])

    with pytest.MonkeyPatch.context() as patch:
        for reader in ("read_scale", "read_label"):
            patch.setattr(import_module(f"nanotem.calibration.{reader}"), "read_text", read)
        yield
