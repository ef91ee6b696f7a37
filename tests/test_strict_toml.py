import sys

import pytest

from nanotem.strict_toml import read_toml


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read_toml("\ufeffa = 1\n") == {"a": 1}


@pytest.mark.parametrize("number", ["9223372036854775807", "-9223372036854775808", "1e308", "0x7fffffffffffffff"])
def test_what_a_computer_can_hold_is_read(number: str) -> None:
    assert set(read_toml(f"a = {number}")) == {"a"}


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1" + 400 * "0", "0x1" + 5000 * "0"])
@pytest.mark.parametrize("form", ["a = {}", "a = [1, {}]", "a = {{b = {}}}", "[[a]]\nb = [[{}]]"])
def test_whole_numbers_have_64_bits(number: str, form: str) -> None:
    with pytest.raises(ValueError, match="more than 64 bits"):
        read_toml(form.format(number))


def test_nesting_has_an_end() -> None:
    depth = 2 * sys.getrecursionlimit()
    with pytest.raises(ValueError, match="nested too deeply"):
        read_toml("a = " + depth * "[" + depth * "]")


@pytest.mark.parametrize(
    "text",
    [
        ".".join(["a"] * 200_000) + " = 1",
        "[" + " . ".join(['"a b"'] * 40) + "]\nx = 1",
        "x = {" + ".".join(["a"] * 40) + " = 1}",
        ".".join(["'a'"] * 40) + " = 1",
    ],
)
def test_a_key_of_many_parts_is_refused_before_it_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        read_toml(text)


@pytest.mark.parametrize("value", ["a." * 30, "QUJD+/" * 100_000, "." * 100_000, "1.5, " * 100_000, "abc_d" * 100_000])
def test_a_long_text_is_no_key(value: str) -> None:
    assert read_toml(f'x = "{value}"') == {"x": value}


def test_what_is_no_toml_is_said() -> None:
    with pytest.raises(ValueError, match="Expected"):
        read_toml("a b")
