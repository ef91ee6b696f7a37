import pytest
from markdown_it import MarkdownIt

from nanotem.ui.kit.plain import plain_text

JOINER = "\u2060"
NAMES = (
    *("a*b*c", "![x](http://x.org)", "[x](y)", "_a_", "__a__", "few_pixels_a_", "# a", "1. a", "12) a", "- a", "+ a"),
    *("> a", "`a`", "$a^2$", ":red[a]", ":smile:", "<b>a</b>", "<http://x.org>", "a\\*b", "~~a~~", "|a|b|", "&amp;"),
    *("===", "---", "Au 15 nm µ.png", "a-b=c+d (2).png"),
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("before", ["", "3 of 4: "])
def test_a_name_is_shown_as_it_is(name: str, before: str) -> None:
    parser = MarkdownIt("commonmark").enable(["strikethrough", "table"])
    opening, inline, closing = parser.parse(before + plain_text(name))
    assert (opening.type, closing.type) == ("paragraph_open", "paragraph_close")
    assert {child.type for child in inline.children} <= {"text", "text_special"}
    assert "".join(child.content for child in inline.children).replace(JOINER, "") == before + name


@pytest.mark.parametrize("live", ["http://x.org", "https://x.org", "www.x.org", "WWW.x.org", "a@x.org", ":smile:"])
def test_addresses_and_emoji_are_parted(live: str) -> None:
    assert live not in plain_text(live).replace("\\", "")
    assert plain_text(live).replace("\\", "").replace(JOINER, "") == live


@pytest.mark.parametrize("mark", ["$a$", ":red[a]"])
def test_what_streamlit_adds_is_escaped(mark: str) -> None:
    assert not any(
        place and plain_text(mark)[place - 1] != "\\" for place, one in enumerate(plain_text(mark)) if one in "$[]"
    )


def test_a_name_stays_on_one_line() -> None:
    assert plain_text("a\n\n# b\tc\r") == "a # b c"
