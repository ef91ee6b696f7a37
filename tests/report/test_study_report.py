import numpy as np
import pandas as pd
import pytest

from nanotem import __version__
from nanotem.errors import ParameterError
from nanotem.provenance import Provenance
from nanotem.recipe import Recipe
from nanotem.report import study_report
from nanotem.statistics.params import SizeParams
from nanotem.study import fringes_table

EVIL = "<script>alert(1)</script>"


def particles(*samples: str) -> pd.DataFrame:
    """Return three images of 20 particles per sample."""
    rng = np.random.default_rng(0)
    rows = [
        (f"{sample}{n}.tif", sample, *rng.normal(10, 1, 2), 1.0, "")
        for sample in samples
        for n in range(3)
        for _ in range(20)
    ]
    return pd.DataFrame(rows, columns=["image", "sample", "diameter_nm", "feret_max_nm", "weight", "flags"])


def images(*names: str) -> pd.DataFrame:
    numbers = {"n_particles": pd.array([20] * (len(names) - 1) + [None], "Int64"), "mean": 10.0, "id": "ab" * 32}
    return pd.DataFrame({"file": names, "sample": "a", **numbers, "reason": None})


def test_samples_differences_and_images_are_shown() -> None:
    page = study_report(
        particles("a", "b"), images("a0.tif", "bad.tif"), {"a0.tif": b"jpeg"}, Recipe(), title="My study"
    )
    assert "<h1>My study</h1>" in page
    assert "2 images, 120 particles. Size: area-equivalent diameter." in page
    for heading in ("Samples", "Differences", "Images", "Recipe"):
        assert f"<h2>{heading}</h2>" in page
    assert "<td>b − a</td>" in page
    assert "6 images of 2 samples were analysed alike." in page
    assert 'src="data:image/jpeg;base64,anBlZw=="' in page
    assert "<td>bad.tif</td><td>a</td><td>–</td><td>10</td><td>–</td>" in page
    assert "ab" * 32 not in page


def test_a_report_names_the_software_of_the_results() -> None:
    made_with = Provenance({"nanotem": "0.0.9", "numpy": "1.2.3"}, {"segmenter of nanotem": "cafe" * 16})
    page = study_report(particles("a"), images("a0.tif"), {}, Recipe(), provenance=made_with)
    for words in ("with nanotem 0.0.9 (numpy 1.2.3)", "segmenter of nanotem cafecafe"):
        assert words in page
    assert f"nanotem {__version__}" not in page


def test_one_sample_has_no_differences() -> None:
    assert "<h2>Differences</h2>" not in study_report(particles("a"), images("a0.tif"), {}, Recipe())


def test_classes_are_shown_where_there_are_any() -> None:
    assert "<h2>Classes</h2>" not in study_report(particles("a"), images("a0.tif"), {}, Recipe())
    assert "<td>CUBE</td>" in study_report(particles("a").assign(solid="CUBE"), images("a0.tif"), {}, Recipe())


def test_fringes_are_shown_where_they_were_looked_for() -> None:
    found = particles("a").assign(n_fringes=1.0, could_show_lattice=True, spacing_nm=0.2355)
    page = study_report(particles("a"), images("a0.tif"), {}, Recipe(), fringes=fringes_table(found))
    for heading in ("Lattice fringes by sample", "Lattice fringes by image"):
        assert f"<h2>{heading}</h2>" in page
    assert "<td>a</td><td>3</td><td>60</td><td>60</td><td>60</td><td>100\xa0% (" in page
    assert "Lattice fringes" not in study_report(particles("a"), images("a0.tif"), {}, Recipe())


def test_shares_of_the_population_are_shown_where_shapes_were_told() -> None:
    rows = [("sample", "a", "", 3, 60), ("image", "a", "a0.tif", 1, 20)]
    shares = pd.DataFrame(rows, columns=["of", "sample", "file", "n_images", "n_particles"]).assign(
        kind="solid", **{"class": "rod"}, share=0.7, share_low=0.6, share_high=0.8
    )
    page = study_report(particles("a"), images("a0.tif"), {}, Recipe(), shares=shares)
    told = "<td>Solid</td><td>rod</td><td>{}</td><td>70\xa0% (60\xa0% to 80\xa0%)</td>"
    assert f"<td>a</td><td>3</td>{told.format(60)}" in page
    assert f"<td>a0.tif</td>{told.format(20)}" in page
    assert page.count("The population by") == 2
    without = study_report(particles("a"), images("a0.tif"), {}, Recipe(), shares=shares[:0])
    assert "The population by" not in without


def test_the_frame_correction_is_only_claimed_where_there_are_weights() -> None:
    page = study_report(particles("a").drop(columns="weight"), images("a0.tif"), {}, Recipe())
    assert "weighted by the inverse" not in page
    assert "no frame weights" in page


@pytest.mark.parametrize(
    ("quantity", "words"), [("radius", "area-equivalent diameter"), ("feret_max", "largest Feret")]
)
def test_the_size_of_the_recipe_is_compared(quantity, words) -> None:
    recipe = Recipe(sizes=SizeParams(quantity=quantity))
    assert f"Size: {words}" in study_report(particles("a"), images("a0.tif"), {}, recipe)


def test_a_size_that_the_table_lacks_is_named() -> None:
    with pytest.raises(ParameterError, match="diameter_px"):
        study_report(particles("a"), images("a0.tif"), {}, Recipe(), unit="px")


def test_nothing_counted_is_a_report() -> None:
    page = study_report(particles("a")[:0], images("a0.tif"), {}, Recipe())
    assert "1 image, 0 particles." in page
    assert "<h2>Samples</h2>" not in page


def test_names_cannot_put_anything_into_the_page() -> None:
    page = study_report(particles(EVIL, "b"), images(EVIL), {EVIL: b""}, Recipe(), title=EVIL)
    assert EVIL not in page
    assert "&lt;script&gt;alert(1)" in page
