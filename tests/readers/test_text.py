import json
import os

from nanotem.readers.text import printable


def test_names_that_are_no_utf_8_can_be_written():
    name = os.fsdecode(b"gr\xf6\xdfe\n.tif")
    shown = printable(name)
    assert shown == "gr��e�.tif"
    json.dumps(shown, ensure_ascii=False).encode()


def test_other_names_stay_as_they_are():
    for name in ("größe 5 µm.tif", "a*b*c.png", "金.dm4"):
        assert printable(name) == name
