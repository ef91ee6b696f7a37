import pytest

from nanotem.files.names import safe_stem


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("rods.png", "rods"),
        ("Au 15 nm µ.dm3", "Au 15 nm µ"),
        ("two.dots.tif", "two.dots"),
        ("con.png", "_con"),
        ("COM1.before.tif", "_COM1.before"),
        ("console.png", "console"),
        ('a<b>c:d"e|f?g*h.png', "a_b_c_d_e_f_g_h"),
        ("..\\..\\secret.png", "_.._secret"),
        ("folder/image.png", "image"),
        ("line\nbreak\x7f.png", "line_break_"),
        ("ends in a dot. .png", "ends in a dot"),
        ("\ud800.png", "_"),
        ("", "image"),
        ("...", "image"),
        (" .png", "image"),
        ("x" * 300 + ".png", "x" * 100),
    ],
)
def test_a_stem_is_safe_on_every_system(name: str, stem: str) -> None:
    assert safe_stem(name) == stem
