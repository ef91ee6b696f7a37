import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawing import Particle, draw, with_noise
from recipes import BY_NECK

from benchmarks import speed
from nanotem.analysis import Analysis, ScaleRule, analyse
from nanotem.calibration import scale_from_bar
from nanotem.edits.edits import Add
from nanotem.measurement import has_flag
from nanotem.micrograph import Micrograph, Scale
from nanotem.preprocess.params import AnnotationParams, PreprocessParams
from nanotem.synthetic import EXAMPLES, SyntheticMicrograph, draw_example, example_micrograph

Example = tuple[str, SyntheticMicrograph, Analysis]

COUNT, LEAST_COUNT = {"satellites": 0.04}, 0.02
MEAN, LEAST_MEAN = {"cubes": 0.02, "satellites": 0.02, "rods": 0.02}, 0.01
"""How far the defaults may be off: faint satellites at the rims of large particles are missed, worn cubes
are small, and two rods that touch pass for one particle."""


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> Example:
    return request.param, draw_example(request.param), analyse(example_micrograph(request.param))


def on_frame(labels: np.ndarray) -> np.ndarray:
    return np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])


def test_the_count_of_an_example_is_true(example: Example) -> None:
    name, drawn, analysis = example
    n_visible = np.count_nonzero(np.unique(drawn.labels))
    assert len(analysis.particles) == pytest.approx(n_visible, rel=COUNT.get(name, LEAST_COUNT))


def test_the_mean_diameter_of_an_example_is_true(example: Example) -> None:
    name, drawn, analysis = example
    whole = analysis.particles[~has_flag(analysis.particles, "touches_frame")]
    truly_whole = drawn.truth[~drawn.truth["label"].isin(on_frame(drawn.labels))]
    truth = truly_whole["diameter_px"].mean()
    assert whole["diameter_px"].mean() == pytest.approx(truth, rel=MEAN.get(name, LEAST_MEAN))


def test_the_scale_of_an_example_comes_from_its_bar(example: Example) -> None:
    name, drawn, analysis = example
    assert analysis.bar is not None
    scale = scale_from_bar(analysis.bar, EXAMPLES[name].bar_nm, "nm")
    assert scale.nm_per_px == pytest.approx(drawn.nm_per_px, rel=0.005)


def test_no_particle_of_an_example_is_writing(example: Example) -> None:
    _, _, analysis = example
    assert analysis.annotations.mask.any()
    assert not analysis.segmentation.labels[analysis.annotations.mask].any()


def test_the_table_has_a_row_per_label_and_no_nanometres_without_a_scale(example: Example) -> None:
    _, _, analysis = example
    labels = np.unique(analysis.segmentation.labels)
    unscaled = replace(analysis, scale_rule=ScaleRule.of(None)).particles
    assert unscaled["label"].tolist() == labels[labels > 0].tolist()
    assert "diameter_nm" not in unscaled
    assert analysis.scale is not None
    assert analysis.particles["diameter_nm"].tolist() == (analysis.scale.nm_per_px * unscaled["diameter_px"]).tolist()


def two_discs(scale: Scale | None = None) -> Micrograph:
    """Dark discs of 40 and 60 px."""
    rows, columns = np.mgrid[:200, :300]
    inside = np.hypot(rows - 100, columns - 80) < 20
    inside |= np.hypot(rows - 100, columns - 200) < 30
    noise = np.random.default_rng(0).normal(0, 3, inside.shape)
    return Micrograph((np.where(inside, 70, 180) + noise).astype(np.uint8), id="two", name="two.png", scale=scale)


def test_a_scale_adds_nanometres() -> None:
    particles = analyse(two_discs(Scale(0.5, "typed"))).particles
    assert particles["diameter_nm"].tolist() == (0.5 * particles["diameter_px"]).tolist()
    assert sorted(particles["diameter_px"]) == pytest.approx([40, 60], abs=2.5)


SIZES_PX = np.linspace(14, 26, 36)


@pytest.fixture(scope="module")
def many_sizes() -> Micrograph:
    """Blurred dark discs of 14 to 26 px."""
    places = [Particle(24 + 44 * (k // 6), 24 + 44 * (k % 6), size) for k, size in enumerate(SIZES_PX.tolist())]
    grey = cv2.GaussianBlur(draw((268, 268), places)[0], (0, 0), 2.0)
    return Micrograph(with_noise(grey, 3).astype(np.uint8), id="sizes", name="sizes.png")


def test_what_is_too_small_is_told_by_its_outline_not_by_its_label(many_sizes: Micrograph) -> None:
    everything = analyse(many_sizes, BY_NECK).particles
    smallest = replace(BY_NECK, segment=replace(BY_NECK.segment, min_diameter_px=20.0))
    analysis = analyse(many_sizes, smallest)
    assert len(everything) == len(SIZES_PX)
    assert analysis.particles["diameter_px"].min() >= 20
    assert set(analysis.particles["label"]) == set(everything["label"][everything["diameter_px"] >= 20])
    assert len(analysis.particles) == pytest.approx(np.count_nonzero(SIZES_PX >= 20), abs=2)
    assert np.unique(analysis.segmentation.labels)[1:].tolist() == analysis.particles["label"].tolist()
    assert analysis.outlines.report.n_fitted == len(analysis.particles)


def test_where_a_particle_was_left_out_there_is_room_for_one_that_is_drawn(many_sizes: Micrograph) -> None:
    smallest = replace(BY_NECK, segment=replace(BY_NECK.segment, min_diameter_px=20.0))
    square = Add(((18.0, 18.0), (18.0, 30.0), (30.0, 30.0), (30.0, 18.0)))
    analysis = analyse(many_sizes, smallest, [square])
    assert not analysis.edited.lost
    drawn = analysis.particles[has_flag(analysis.particles, "edited")]
    assert drawn["diameter_px"].tolist() == pytest.approx([13.5], abs=0.5)
    assert len(analysis.particles) == len(analyse(many_sizes, smallest).particles) + 1


def test_no_particle_is_cut_by_a_strip_of_text_where_cut_ones_are_to_be_dropped() -> None:
    whole = [Particle(30 + 55 * row, 40 + 60 * column, 36) for row in range(5) for column in range(6)]
    grey, _ = draw((360, 380), [*whole, Particle(300, 70, 36), Particle(304, 190, 36), Particle(296, 310, 36)])
    grey = with_noise(cv2.GaussianBlur(grey, (0, 0), 1.0), 4).astype(np.uint8)
    grey[300:] = 10
    cv2.putText(grey, "HV 200 kV  80000 x", (10, 340), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 240, 2)
    micrograph = Micrograph(grey, id="strip", name="strip.png")
    dropped = replace(BY_NECK, segment=replace(BY_NECK.segment, drop_touching_frame=True))
    assert has_flag(analyse(micrograph, BY_NECK).particles, "touches_frame").sum() == 3
    inner = analyse(micrograph, dropped).particles
    assert len(inner) == len(whole)
    assert not has_flag(inner, "touches_frame").any()


def test_annotations_are_kept_if_the_recipe_says_so() -> None:
    keep = replace(BY_NECK, preprocess=PreprocessParams(annotation=AnnotationParams(ignore=False)))
    micrograph = example_micrograph("rods")
    assert len(analyse(micrograph, keep).measured) > len(analyse(micrograph, BY_NECK).measured)


@pytest.mark.parametrize("noise", [0, 4])
def test_a_blank_image_has_no_particles(noise: float) -> None:
    grey = np.random.default_rng(0).normal(150, noise, (256, 256)).astype(np.uint8)
    analysis = analyse(Micrograph(grey, id="blank", name="blank.png", scale=Scale(0.2, "typed")))
    assert len(analysis.particles) == 0
    assert list(analysis.particles) == list(analyse(two_discs(Scale(0.2, "typed"))).particles)
    assert not analysis.segmentation.labels.any()
    assert analysis.bar is None


def test_the_benchmark_of_the_whole_pipeline_runs_and_finds_the_particles() -> None:
    command = [sys.executable, "-m", "benchmarks.speed", "--quick"]
    printed = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True).stdout
    heading, *rows = printed.splitlines()
    assert "times faster than origin" in heading
    assert [row.split()[4] for row in rows] == ["origin", "scikit-image", "nanotem"]
    assert int(rows[-1].split()[7]) == pytest.approx(120, rel=0.03)


def test_the_benchmark_says_where_the_time_goes_and_how_it_grows(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(speed, "in_new_process", lambda work, *arguments: work(*arguments))
    shares = speed.stages_of(256, 4, tmp_path)
    assert shares["stage"].tolist() == ["read", *speed.STAGES]
    assert shares["share"].sum() == pytest.approx(1)
    first, second = speed.growth(((256, 2), (256, 4)), tmp_path).to_dict("records")
    assert (first["found"], second["found"]) == (2, 4)
    assert np.isnan([first["exponent in pixels"], second["exponent in pixels"]]).all()
    grown = np.log(second["seconds"] / first["seconds"]) / np.log(2)
    assert second["exponent in particles"] == pytest.approx(grown)
