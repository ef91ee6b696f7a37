import pytest

from nanotem.ui.plain import plain_text


def seen(markdown: str) -> str:
    """Return what a reader sees of a text in which every mark is escaped."""
    return markdown.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\").replace("\u2060", "")


@pytest.mark.parametrize(
    "name",
    [
        "a*b*c",
        "![x](http://x.org)",
        "_a_",
        "# a",
        "1. a",
        "- a",
        "`a`",
        "$a^2$",
        ":red[a]",
        ":smile:",
        "<b>a</b>",
        "a\\*b",
    ],
)
def test_a_name_is_seen_as_it_is(name: str) -> None:
    shown = plain_text(name)
    assert seen(shown) == name
    unescaped = shown.replace("\\\\", "")
    assert all(unescaped[place - 1] == "\\" for place, mark in enumerate(unescaped) if mark in "*_`[]()<>$#!:-.")


@pytest.mark.parametrize("live", ["http://x.org", "https://x.org", "www.x.org", "WWW.x.org", "a@x.org", ":smile:"])
def test_addresses_and_emoji_are_parted(live: str) -> None:
    assert live not in plain_text(live).replace("\\", "")


def test_a_name_stays_on_one_line() -> None:
    assert plain_text("a\n\n# b\tc\r") == "a \\# b c"


def test_words_stay_words() -> None:
    assert plain_text("Au 15 nm µ") == "Au 15 nm µ"
