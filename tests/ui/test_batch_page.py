"""The page Batch: upload, run, look at, correct, take back, download and open again."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from recipes import BY_NECK
from studies import analysed_here, blank_png, image_png, small_study, study_of_crystals, with_shapes
from ui.visitor import IMAGE, SEGMENTATION, Visitor

from nanotem.edits.edits import Remove, Target
from nanotem.lattice.params import LatticeParams
from nanotem.morphology.params import ClassifyParams
from nanotem.morphology.population import ClassCounts
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.study import Study, open_study, pack_study, read_particles, read_summary, upload
from nanotem.ui.kit.plain import plain_text
from nanotem.ui.kit.tables import NOT_KNOWN
from nanotem.ui.kit.workers import workers

BATCH = "pages/7_batch.py"


class BatchVisitor(Visitor):
    """A visitor of the page Batch."""

    def __init__(self) -> None:
        super().__init__()
        self.visit(BATCH)

    @property
    def study(self) -> Study:
        return open_study(Path(self.app.session_state["study"].name) / "study")

    def add(self, files: Sequence[tuple[str, bytes]], *, sample: str = "") -> "BatchVisitor":
        for name, data in files:
            self.app.file_uploader(key="batch.images").upload(name, data)
        self.app.text_input(key="batch.sample").set_value(sample)
        return self.click("Add to the study")

    def open_zip(self, data: bytes) -> "BatchVisitor":
        self.app.file_uploader(key="batch.archive").upload("study.zip", data)
        self.run()
        return self.click("Open in the place of this study")

    def click(self, label: str) -> "BatchVisitor":
        next(button for button in self.app.button if button.label == label).click()
        self.run()
        return self


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A study of three images of which the last one has half as many particles, as a ZIP file."""
    study = small_study(tmp_path_factory.mktemp("study"), (40, 40, 40))
    uploads = study.folder / "images"
    uploads.mkdir()
    for image in study.images:
        (uploads / image.name).write_bytes(study.path_of(image).read_bytes())
    stream = BytesIO()
    pack_study(replace(study, images=tuple(replace(one, path=f"images/{one.name}") for one in study.images)), stream)
    return stream.getvalue()


def test_images_are_uploaded_run_and_shown_with_the_odd_ones_first() -> None:
    visitor = BatchVisitor()
    assert visitor.app.button(key="batch.run").disabled
    visitor.add([("a.png", image_png(40)), ("b.png", b"no picture"), ("c.png", blank_png())], sample="gold")
    assert [(image.name, image.sample) for image in visitor.study.images] == [
        *(("a.png", "gold"), ("b.png", "gold"), ("c.png", "gold"))
    ]
    visitor.click("Run")
    assert [image.status for image in visitor.study.images] == ["done", "failed", "done"]
    assert visitor.metrics == {"Images": "3", "Analysed": "2", "To look at": "3", "Found": "6", "Measured": "6"}
    assert all(table.proto.placeholder == NOT_KNOWN for table in visitor.app.dataframe)
    assert any(
        caption.value.startswith("Found 6 · measured 6 · cut by the frame 0 · median")
        for caption in visitor.app.caption
    )
    shown = [text.value for text in visitor.app.markdown if "gold" in text.value]
    assert shown == ["**a.png** · gold", "**b.png** · gold", "**c.png** · gold"]
    assert any("no image" in caption.value for caption in visitor.app.caption)
    assert any("Download it to keep it" in message for message in visitor.messages)
    assert visitor.app.dataframe[0].value["n_particles"].fillna(-1).to_list() == [6, -1, 0]


def test_an_image_is_opened_corrected_and_taken_back(archive: bytes) -> None:
    visitor = BatchVisitor().open_zip(archive)
    image = visitor.study.images[1]
    visitor.app.button(key=f"batch.open.{image.name}").click()
    visitor.run()
    assert visitor.work.micrograph.id == image.id
    assert visitor.work.scale.nm_per_px == 0.5
    assert visitor.visit(IMAGE).work.scale.nm_per_px == 0.5
    visitor.visit(SEGMENTATION)
    row = read_particles(visitor.study, image).iloc[0]
    target = Target(round(row["row_px"]), round(row["column_px"]), int(row["area_px"]))
    visitor.work.log = visitor.work.log.record(Remove((target,)))
    visitor.visit(BATCH)
    visitor.click("Take back into the study")
    assert read_summary(visitor.study, image).n_particles == 5
    assert visitor.study.images[1].scale.nm_per_px == 0.5
    assert visitor.metrics["Found"] == "17"
    visitor.app.button(key=f"batch.open.{image.name}").click()
    visitor.run()
    assert visitor.work.log.done == (Remove((target,)),)


def test_other_parameters_are_not_taken_back(archive: bytes) -> None:
    visitor = BatchVisitor().open_zip(archive)
    visitor.app.button(key="batch.open.0.png").click()
    visitor.run().visit(SEGMENTATION).turn("segment.options.neck_ratio", 0.5).visit(BATCH)
    labels = {button.label for button in visitor.app.button}
    assert "Take back into the study" not in labels
    assert any("not those that this image has" in message for message in visitor.messages)
    visitor.click("Back to the recipe of the study")
    assert visitor.work.recipe == visitor.study.images[0].settings.recipe
    assert "Take back into the study" in {button.label for button in visitor.app.button}


def test_a_bad_archive_is_said_and_the_study_stays() -> None:
    visitor = BatchVisitor().add([("a.png", image_png(40))])
    visitor.open_zip(b"no zip")
    assert any("no ZIP file" in message for message in visitor.messages)
    assert [image.name for image in visitor.study.images] == ["a.png"]


def test_a_run_with_other_parameters_analyses_anew(archive: bytes) -> None:
    visitor = BatchVisitor().open_zip(archive)
    visitor.work.use_recipe(replace(Recipe(), segment=SegmentParams(min_diameter_px=60)))
    visitor.run()
    assert any("3 images were analysed with other parameters" in message for message in visitor.messages)
    visitor.click("Run")
    assert visitor.study.values("recipe") == (visitor.work.recipe,)
    assert visitor.metrics["Found"] == "0"


def test_samples_are_renamed_in_the_table(archive: bytes) -> None:
    visitor = BatchVisitor().open_zip(archive)
    visitor.app.session_state["batch.table.3"] = {
        "edited_rows": {"1": {"sample": "silver"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    visitor.run()
    assert [image.sample for image in visitor.study.images] == ["gold", "silver", "gold"]


def test_every_download_is_there(archive: bytes) -> None:
    visitor = BatchVisitor().open_zip(archive)
    keys = {button.key for button in visitor.app.download_button}
    assert {"batch.zip", "batch.particles", "download.study.summary.csv"} <= keys


def test_workers_that_are_let_go_end() -> None:
    pool = workers()
    workers.clear()
    assert not pool.is_open


def test_workers_that_do_not_start_are_said(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    workers.clear()
    monkeypatch.setattr("sys.executable", "/usr/bin/false")
    visitor = BatchVisitor().open_zip(archive)
    visitor.study.file(visitor.study.images[0], "records").unlink()
    visitor.click("Run")
    assert any("ended while it started" in message for message in visitor.messages)
    workers.clear()


def test_names_are_shown_as_they_are(archive: bytes) -> None:
    visitor = BatchVisitor().add([("_a_ [b](c).png", b"no picture")], sample="![x](https://x.org/y.png)")
    (shown,) = [text.value for text in visitor.app.markdown if "x.org" in text.value.replace("\\", "")]
    assert shown == f"**{plain_text('_a_ [b](c).png')}** · {plain_text('![x](https://x.org/y.png)')}"


def test_a_visitor_can_hold_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MOST_UPLOADS", 1)
    visitor = BatchVisitor().add([("a.png", image_png(40)), ("b.png", image_png(42))])
    assert [image.name for image in visitor.study.images] == ["a.png"]
    assert any("would exceed 1 images" in message.replace("\\", "") for message in visitor.messages)


def test_two_magnifications_keep_their_scales(tmp_path: Path) -> None:
    first = small_study(tmp_path, (40, 44))
    second = replace(first.images[1], settings=replace(first.images[1].settings, nm_per_px=0.25))
    stream = BytesIO()
    pack_study(analysed_here(first.with_image(second)), stream)
    visitor = BatchVisitor().open_zip(stream.getvalue())
    assert [field.value for field in visitor.app.number_input] == [0.0, 0.0]
    assert not any("anew" in message for message in visitor.messages)
    visitor.click("Run")
    assert visitor.study.values("nm_per_px") == (0.5, 0.25)
    visitor.app.number_input[0].set_value(0.125)
    visitor.run()
    assert any("2 images were analysed with other parameters or another scale" in one for one in visitor.messages)


CASES = Path(__file__).parents[2] / ".." / "shared" / "cases" / "files"


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases for development are absent")
@pytest.mark.parametrize("path", sorted(CASES.glob("study_*.zip")), ids=lambda path: path.stem)
def test_a_forged_study_is_a_message(path: Path) -> None:
    visitor = BatchVisitor().open_zip(path.read_bytes())
    assert visitor.messages
    visitor.run()


@pytest.mark.parametrize("stage", ["lattice", "classify"])
def test_what_batches_look_for_besides_is_one_switch_on_two_pages(stage: str) -> None:
    visitor = BatchVisitor()
    assert not visitor.parameter(f"{stage}.in_batches").value
    visitor.turn(f"{stage}.in_batches", True)
    assert getattr(visitor.work.recipe, stage).in_batches
    assert visitor.visit(BATCH).parameter(f"{stage}.in_batches").value


def test_shares_of_the_population_are_shown_where_shapes_were_told(archive: bytes) -> None:
    visitor = BatchVisitor().open_zip(archive)
    titles = {title.value for title in visitor.app.subheader}
    assert "The population" not in titles
    study = visitor.study
    counts = ClassCounts(("cube", "rod"), (5, 1), (0, 0), ((99, 1), (1, 99)), 50.0)
    for image in study.images:
        with_shapes(study, image, {"solid": counts})
    visitor.run()
    assert {title.value for title in visitor.app.subheader} - titles == {"The population"}
    samples, images = (one.value for one in visitor.app.dataframe if "Share of the population" in one.value)
    assert samples["Particles told"].to_list() == [18, 18]
    assert images["Image"].to_list() == ["0.png", "0.png", "1.png", "1.png", "2.png", "2.png"]


def test_fringes_are_shown_where_they_were_looked_for(archive: bytes, tmp_path: Path) -> None:
    visitor = BatchVisitor().open_zip(archive)
    assert "Lattice fringes" not in {title.value for title in visitor.app.subheader}
    stream = BytesIO()
    pack_study(study_of_crystals(tmp_path, ["fresh", "aged"]), stream)
    visitor = BatchVisitor().open_zip(stream.getvalue())
    assert "Lattice fringes" in {title.value for title in visitor.app.subheader}
    samples, images = (one.value for one in visitor.app.dataframe if "Share with fringes" in one.value)
    assert samples["Sample"].to_list() == ["aged", "fresh"]
    assert images["Show fringes"].to_list() == [1, 1]
    assert visitor.app.selectbox(key="batch.fringes.sample").options == ["aged", "fresh"]
    visitor.app.selectbox(key="batch.fringes.sample").select("fresh")
    visitor.run()


def test_what_is_taken_back_has_the_columns_that_its_recipe_asks_for() -> None:
    recipe = replace(BY_NECK, lattice=LatticeParams(in_batches=True), classify=ClassifyParams(in_batches=True))
    visitor = BatchVisitor().add([("a.png", image_png(40, n_rows=1))])
    visitor.work.use_recipe(recipe)
    visitor.run()
    visitor.click("Run")
    visitor.app.button(key="batch.open.a.png").click()
    visitor.run().visit(BATCH).click("Take back into the study")
    assert {"solid", "why_no_lattice"} < set(read_particles(visitor.study, visitor.study.images[0]))
