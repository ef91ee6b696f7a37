import re
from dataclasses import replace
from typing import Any

import pytest
from recipes import BY_NECK
from reported import N_WHOLE, analysis
from server import HAS_BROWSER, browser_page

from nanotem.analysis import Analysis
from nanotem.edits.edits import Remove, Target
from nanotem.recipe import Recipe
from nanotem.report import html_report, methods_paragraph
from nanotem.segmentation.params import SegmentParams
from nanotem.sensitivity import sensitivity
from nanotem.stage import hash_of
from nanotem.statistics.params import SizeParams

EVIL = "</title><script>document.title='taken over'</script><img src=x onerror=alert(1)>.png"


def words(page: str) -> str:
    """Return the text of a page, without its scripts and styles."""
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def with_columns(**columns: Any) -> Analysis:
    """Return the analysis with columns more in its table, as classifiers would have made them."""
    one = replace(analysis(), store={})
    key = "particles", hash_of(one, "particles", Analysis.particles.depends)
    one.store[key] = one.particles.assign(**columns)
    return one


@pytest.fixture(scope="module")
def page() -> str:
    return html_report(analysis())


def test_the_page_holds_the_numbers_and_the_methods(page) -> None:
    text = words(page)
    assert f"Found {N_WHOLE + 1} · measured {N_WHOLE} · cut by the frame 1" in text
    assert "Sizes are in pixels" not in text
    for heading in (
        "Sizes",
        "By number, length, area and volume (ISO 9276)",
        "Families",
        "Arrangement",
        "Enough particles?",
        "Doubts and corrections",
        "Uncertainty of the diameter",
        "Recipe",
    ):
        assert f"<h2>{heading}</h2>" in page
    assert words(methods_paragraph(analysis())) in text.replace("&#39;", "'")
    assert "SHA-256 of the image: " + "0" * 64 in text


def test_the_page_asks_for_nothing_from_elsewhere(page) -> None:
    outside = re.findall(r"<(?:script|link|img|iframe)[^>]*\b(?:src|href)=\"(?!data:)", page)
    assert outside == []
    assert page.count("data:image/jpeg;base64,") == 1


def test_the_same_image_gives_the_same_page(page) -> None:
    assert html_report(analysis()) == page


def test_a_budget_without_sensitivity_says_what_is_not_known(page) -> None:
    assert "not known: segmentation" in words(page)
    one = analysis()
    full = words(html_report(one, sensitivity=sensitivity(one)))
    assert "not known: segmentation" not in full
    assert "±1.00 % of the scale" in full


def test_only_what_differs_from_the_defaults_is_stressed(page) -> None:
    assert "Every parameter has its default." in html_report(analysis(Recipe()))
    other = html_report(analysis(Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=0.7))))
    assert "<li><b>Segmentation, Neck ratio: 0.7</b> (default 0.85)</li>" in other
    assert other.count('<tr class="strong">') == page.count('<tr class="strong">') + 1


def test_classes_are_counted_where_there_are_any(page) -> None:
    assert "Classes" not in words(page)
    n_others = len(analysis().particles) - 5
    text = words(html_report(with_columns(outline=["rod"] * 5 + ["circle"] * n_others)))
    assert "Classes: outline Class Particles Share circle 20 83 % rod 4 17 %" in text


def test_particles_that_the_frame_cuts_are_of_no_class() -> None:
    n = len(analysis().particles)
    cut = with_columns(outline=["irregular"] * 2 + ["circle"] * (n - 2), flags=["touches_frame"] * 2 + [""] * (n - 2))
    assert "Classes: outline Class Particles Share circle 23 100 % " in words(html_report(cut))


def test_a_solid_that_is_not_accepted_is_unknown_and_the_recipe_of_classes_is_told(page) -> None:
    n_others = len(analysis().particles) - 5
    text = words(html_report(with_columns(solid="CUBE", known=[True] * 5 + [False] * n_others)))
    assert "Classes: solid Class Particles Share unknown 20 83 % CUBE 4 17 %" in text
    assert "Classification Solids to choose from All solids" in text
    assert "Classification" not in words(page)


def test_the_population_is_told_with_intervals() -> None:
    text = words(html_report(replace(analysis(), with_shapes=True)))
    share = r"(\w+) (\d+) % \((\d+) % to (\d+) %\)"
    kinds = re.findall(rf"The population: (\w+) Class Share \(95 % interval\) {share}", text)
    assert [(kind, name) for kind, name, *_ in kinds] == [("outline", "circle"), ("solid", "sphere")]
    assert all(int(low) <= int(share) <= int(high) for *_, share, low, high in kinds)


def test_corrections_and_lost_ones_are_told() -> None:
    edits = (Remove((Target(20, 20, 380),)), Remove((Target(0, 0, 1),)))
    text = words(html_report(analysis(edits=edits)))
    assert text.count("corrected by hand (2 removals, of which 1 could not be carried out)") == 2
    assert "A correction could not be carried out. There is no particle at row 0, column 0 any more." in text


def test_particles_may_count_for_their_area_and_the_metal_is_told(page) -> None:
    text = words(html_report(analysis(replace(BY_NECK, sizes=SizeParams(weighting="area", metal="Pt")))))
    for part in (
        "D[3,2], mean by area",
        "by area, corrected for the frame, with",
        "Dispersion and specific surface: Pt",
    ):
        assert part in text
    assert "Weighting Area" in text
    assert "Metal Platinum (Pt)" in text
    assert "Dispersion" not in words(page)


def test_intervals_are_told_as_they_were_made(page) -> None:
    assert "bootstrap" not in words(page).lower()
    assert "order statistics" in words(page)


def test_families_are_drawn_and_listed() -> None:
    found = html_report(analysis(replace(BY_NECK, sizes=SizeParams(families="cut", cut=11.0))))
    assert "Divided by hand at 11." in words(found)
    assert "Family 2" in found


def test_an_image_without_particles_or_scale_has_a_report() -> None:
    text = words(html_report(analysis(blank=True, scale=None)))
    assert "Found 0 · measured 0 · cut by the frame 0" in text
    assert "Sizes are in pixels" in text
    assert "Uncertainty of the diameter" not in text
    assert not re.search(r"\bnan\b", text)


def test_a_file_name_cannot_put_anything_into_the_page() -> None:
    evil = html_report(analysis(name=EVIL))
    assert "<script>document" not in evil
    assert "<img src=x" not in evil
    assert "&lt;script&gt;document" in evil


@pytest.mark.browser
@pytest.mark.skipif(not HAS_BROWSER, reason="needs Chromium and Playwright")
def test_a_browser_draws_and_prints_the_page_and_asks_nobody(tmp_path) -> None:
    file = tmp_path / "report.html"
    file.write_text(html_report(analysis(name=EVIL)), encoding="utf-8")
    with browser_page(width=688) as page:
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message) or dialog.dismiss())
        page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
        page.emulate_media(media="print")
        page.goto(file.as_uri())
        page.get_by_alt_text("Histogram of").wait_for()
        assert page.title() == f"Particle sizes in {EVIL}"
        assert page.evaluate("document.documentElement.scrollWidth") <= 688
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
        assert wrong == []
