import numpy as np
import pytest

from nanotem.study.seal import BrokenSealError, sealed, unsealed


@pytest.mark.parametrize("text", ["", "a = 1", "µ\n\n", "# sha256 no seal\n", "name = '\udcff'"])
def test_a_sealed_text_comes_back(text: str) -> None:
    assert unsealed(sealed(text)) == text


def test_a_text_without_a_seal_is_taken_as_it_is() -> None:
    assert unsealed("a = 1\n") == "a = 1\n"


def test_a_person_removes_first_and_last_line() -> None:
    lines = sealed("a = 1\nb = 2\n").splitlines(keepends=True)
    assert unsealed("".join(lines[1:-1])).rstrip() == "a = 1\nb = 2"


def test_a_text_that_was_cut_off_is_seen() -> None:
    text = sealed("nm_per_px = 0.25\n")
    for length in range(text.index("\n") + 1, len(text) - 1):
        with pytest.raises(BrokenSealError):
            unsealed(text[:length])


def test_a_change_is_seen() -> None:
    text, rng = sealed("nm_per_px = 0.25\n"), np.random.default_rng(3)
    for place in rng.integers(len(text), size=100).tolist():
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        try:
            assert unsealed(changed).startswith("nm_per_px = 0.25\n")
        except BrokenSealError:
            continue
    with pytest.raises(BrokenSealError, match=r"checksum is wrong.*removing first and last line"):
        unsealed(text.replace("0.25", "0.35"))
