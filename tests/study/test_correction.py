from pathlib import Path

import pytest
from studies import analysed_here, small_study

from nanotem.analysis import analyse
from nanotem.edits.edits import Edit, Remove, Target
from nanotem.errors import ParameterError
from nanotem.micrograph import Scale
from nanotem.readers import read_file
from nanotem.study import Study, edits_of, keep_correction, open_study, read_particles, read_summary, summary_table


def keep(study: Study, edits: list[Edit], scale: Scale) -> Study:
    """Correct the first image as the pages do."""
    image = study.images[0]
    micrograph = read_file(study.path_of(image)).with_scale(scale)
    analysis = analyse(micrograph, image.settings.recipe, edits)
    return keep_correction(study, image, analysis)


def remove_first(study: Study) -> Remove:
    row = read_particles(study, study.images[0]).iloc[0]
    return Remove((Target(round(row["row_px"]), round(row["column_px"]), int(row["area_px"])),))


def test_corrections_and_scale_stay_with_the_image(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    edits, scale = [remove_first(study)], Scale(0.25, "scale bar", 0.01)
    kept = keep(study, edits, scale)
    first, second = kept.images
    assert open_study(kept.folder) == kept
    assert edits_of(kept, first, image_id=first.id) == tuple(edits)
    assert (read_summary(kept, first).n_particles, read_summary(kept, second).n_particles) == (5, 6)
    assert first.scale == read_summary(kept, first).scale == scale
    assert summary_table(kept)["n_particles"].to_list() == [5, 6]


def test_the_next_run_takes_it_as_it_is(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    kept = keep(study, [remove_first(study)], Scale(0.25, "scale bar"))
    before = kept.file(kept.images[0], "particles").stat().st_mtime_ns
    assert analysed_here(kept) == kept
    assert kept.file(kept.images[0], "particles").stat().st_mtime_ns == before


def test_a_run_from_nothing_gives_the_same(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    kept = keep(study, [remove_first(study)], Scale(0.25, "scale bar"))
    image = kept.images[0]
    particles, summary = read_particles(kept, image), read_summary(kept, image)
    kept.file(image, "particles").unlink()
    analysed_here(kept)
    assert read_particles(kept, image).equals(particles)
    assert read_summary(kept, image) == summary


def test_corrections_that_were_undone_are_gone(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    kept = keep(keep(study, [remove_first(study)], Scale(0.25, "typed")), [], Scale(0.25, "typed"))
    image = kept.images[0]
    assert edits_of(kept, image, image_id=image.id) == ()
    assert read_summary(kept, image).n_particles == 6


def test_a_correction_that_is_lost_is_flagged(tmp_path: Path) -> None:
    kept = keep(small_study(tmp_path), [Remove((Target(5, 5, 400),))], Scale(0.25, "typed"))
    assert summary_table(kept)["flags"].to_list() == ["edits_lost", ""]


def test_corrections_whose_file_is_lost_or_damaged_are_those_of_the_result(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    edits = [remove_first(study)]
    kept = keep(study, edits, Scale(0.25, "typed"))
    image = kept.images[0]
    path = kept.file(image, "edits")
    whole = path.read_text()
    path.write_text(whole.replace("remove", "merge"))
    assert edits_of(kept, image, image_id=image.id) == tuple(edits)
    path.unlink()
    assert edits_of(kept, image, image_id=image.id) == tuple(edits)
    assert open_study(kept.folder) == kept
    path.write_text(whole.replace("remove", "merge"))
    kept.file(image, "records").unlink()
    with pytest.raises(ParameterError, match=r"corrections of 0\.png are damaged"):
        edits_of(kept, image, image_id=image.id)


@pytest.mark.parametrize("text", ["no corrections", 'image = "00ff"\nedits = []\n'])
def test_corrections_that_are_none_or_of_another_image_are_the_reason(tmp_path: Path, text: str) -> None:
    study = small_study(tmp_path)
    path = study.file(study.images[0], "edits")
    path.parent.mkdir()
    path.write_text(text)
    assert "corrections" in analysed_here(study).images[0].reason
