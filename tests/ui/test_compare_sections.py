import numpy as np
import pandas as pd
from app_runner import AppTest

from nanotem.statistics.arrangements import ARRANGED

IMAGES = pd.DataFrame(
    {"sample": list("aaabbb"), "unit": "nm", "nm_per_px": 0.5, "area_px": 10**6, "n_measured": 20, "metal": "Pt"}
    | dict.fromkeys(ARRANGED, 0.5)
)


def show(particles: pd.DataFrame, unit: str = "nm") -> AppTest:
    def page(particles, images, unit):  # its source is run on its own, without the imports above
        from nanotem.ui.batch.compare_sections import comparison

        comparison(particles, images, unit)

    app = AppTest.from_function(
        page, default_timeout=60, kwargs={"particles": particles, "images": IMAGES, "unit": unit}
    ).run()
    assert not app.exception
    return app


def particles(*samples: str) -> pd.DataFrame:
    """Return three images of 20 particles per sample, each sample 3 nm larger than the one before."""
    rng = np.random.default_rng(0)
    rows = [
        (f"{n}.tif", sample, *rng.normal(10 + 3 * place, 1, 2), 1.0, "")
        for place, sample in enumerate(samples)
        for n in range(3)
        for _ in range(20)
    ]
    return pd.DataFrame(rows, columns=["image", "sample", "diameter_nm", "feret_max_nm", "weight", "flags"])


def test_samples_and_their_differences_are_shown() -> None:
    app = show(particles("a", "b"))
    samples, weighted, surface, arrangement, differences = (table.value for table in app.dataframe)
    assert samples[["Sample", "Images", "Particles"]].to_numpy().tolist() == [["a", 3, 60], ["b", 3, 60]]
    assert differences["In words"][0].startswith("b is larger than a by ")
    assert weighted["Each particle counts"].to_list() == ["By area", "By volume"] * 2
    assert weighted["Mean (nm)"][0].startswith("D[3,2] = 10.")
    assert surface["Metal"].to_list() == ["Pt", "Pt"]
    assert arrangement["Area covered"].to_list() == ["0.500 (0.500 to 0.500)"] * 2
    names = ("samples", "weighted", "surface", "arrangement", "differences")
    assert [button.key for button in app.download_button] == [f"download.{name}.csv" for name in names]
    assert not app.warning


def test_another_size_can_be_compared() -> None:
    app = show(particles("a", "b"))
    before = app.dataframe[0].value["Mean (nm)"][0]
    app.selectbox(key="compared").set_value("feret_max_nm").run()
    assert not app.exception
    assert app.dataframe[0].value["Mean (nm)"][0] != before


def test_classes_are_shown_where_there_are_any() -> None:
    table = show(particles("a").assign(outline="rod")).dataframe[-1].value
    assert table[["Kind", "Class", "Sample", "Particles"]].to_numpy().tolist() == [["Outline", "rod", "a", 60]]


def test_one_sample_asks_for_another_and_one_image_is_warned_of() -> None:
    app = show(particles("a").query("image == '0.tif'"))
    assert "two samples" in app.info[0].value
    assert app.warning[0].value.startswith("a has 1 image")


def test_nothing_to_compare_is_said() -> None:
    assert "no whole particle" in show(particles("a")[:0]).info[0].value
    assert "no whole particle" in show(particles("a"), unit="px").info[0].value
