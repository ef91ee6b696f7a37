"""Shares as a person reads them."""

from nanotem.percent import in_percent


def test_no_line_breaks_before_the_sign() -> None:
    assert in_percent(0.361) == "36\u00a0%"
    assert in_percent(-0.0123, "+.1f") == "-1.2\u00a0%"
    assert in_percent(0.3, "g") == "30\u00a0%"
