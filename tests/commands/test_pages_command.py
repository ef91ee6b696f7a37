"""`nanotem app` finds the pages."""

from pathlib import Path

import pytest

from nanotem.commands import pages
from nanotem.errors import NanotemError


def test_in_a_clone_the_pages_stand_beside_the_package() -> None:
    assert pages.start_of_pages() == Path(__file__).parents[2] / "app.py"


def test_installed_the_pages_are_inside(tmp_path: Path) -> None:
    (tmp_path / "nanotem" / "app" / "pages").mkdir(parents=True)
    (tmp_path / "nanotem" / "app" / "app.py").touch()
    assert pages.start_of_pages(tmp_path / "nanotem") == tmp_path / "nanotem" / "app" / "app.py"


def test_without_pages_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NanotemError, match=f"The pages are not in {tmp_path}"):
        pages.start_of_pages(tmp_path / "nanotem")
