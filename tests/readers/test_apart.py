import subprocess
import sys
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from nanotem.errors import ParameterError, UnreadableFileError
from nanotem.readers import read_micrograph
from nanotem.readers.apart import Decoder

PNG = cv2.imencode(".png", np.random.default_rng(0).integers(0, 255, (64, 80), np.uint8))[1].tobytes()


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


def test_a_file_is_read_as_it_is_here(decoder: Decoder) -> None:
    here, apart = read_micrograph(PNG, "a.png"), decoder.read(PNG, "a.png")
    np.testing.assert_array_equal(apart.pixels, here.pixels)
    assert (apart.id, apart.name, apart.scale, apart.notes) == (here.id, here.name, here.scale, here.notes)


def test_errors_are_those_that_are_raised_here(decoder: Decoder) -> None:
    for data, options, kind in ((b"abc", {}, UnreadableFileError), (PNG, {"image": 7}, ParameterError)):
        with pytest.raises(kind) as here:
            read_micrograph(data, "a.png", **options)
        with pytest.raises(kind) as apart:
            decoder.read(data, "a.png", **options)
        assert str(apart.value) == str(here.value)


def test_a_file_that_takes_too_long_ends_its_process_and_the_next_one_is_read() -> None:
    slow = Decoder(seconds=0.01)  # less than it takes to start
    with pytest.raises(UnreadableFileError, match=r"a\.png: the file takes more than 0\.01 s or 3 GB"):
        slow.read(PNG, "a.png")
    slow._seconds = 60.0
    assert slow.read(PNG, "a.png").shape == (64, 80)
    slow.close()
    slow.close()


def test_memory_has_a_limit() -> None:
    code = """
import resource
from nanotem.readers.apart import serve
serve(2 * 10**9)
print(resource.getrlimit(resource.RLIMIT_AS))
"""
    said = subprocess.run([sys.executable, "-c", code], input=b"", capture_output=True, check=True).stderr
    assert said.decode().strip().splitlines()[-1] == "(2000000000, 2000000000)"
