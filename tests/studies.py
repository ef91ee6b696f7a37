"""Small studies whose particles are known, analysed without a cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
from drawing import disc_grid, draw, with_noise
from recipes import BY_NECK
from tifffile import imwrite

from nanotem.batch import analyse_image
from nanotem.lattice.params import LatticeParams
from nanotem.morphology.population import ClassCounts
from nanotem.recipe import Recipe
from nanotem.study import Study, StudyImage, prepare_study, save_study
from nanotem.study.record import read_record, write_record
from nanotem.study.software import software
from nanotem.synthetic.fringes import Crystal, draw_crystals

NM_PER_PX, CRYSTALS_NM_PER_PX = 0.5, 0.04


def image_png(diameter_px: float = 40, *, n_rows: int = 2, seed: int = 0) -> bytes:
    """Return a PNG of discs in rows of three, apart from each other and from the frame."""
    discs, _ = draw((100 * n_rows, 300), disc_grid(n_rows, 3, pitch_px=100, diameter_px=diameter_px))
    return cv2.imencode(".png", with_noise(discs, 2, seed=seed).round().astype(np.uint8))[1].tobytes()


def blank_png() -> bytes:
    return cv2.imencode(".png", np.full((200, 300), 150, np.uint8))[1].tobytes()


def save_images(folder: Path, diameters_px: Sequence[float]) -> list[tuple[Path, str]]:
    """Write one image per diameter; return them as a study takes them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number}.png" for number in range(len(diameters_px))]
    for seed, (path, diameter_px) in enumerate(zip(paths, diameters_px, strict=True)):
        path.write_bytes(image_png(diameter_px, seed=seed))
    return [(path, "gold") for path in paths]


def analysed_here(study: Study) -> Study:
    """Do what a batch does, in this process."""
    study = replace(study, versions=software(study.values("recipe")))
    for image in study.images:
        outcome = analyse_image(replace(study, images=()), image)
        status = "failed" if outcome.reason else "done"
        study = study.with_image(replace(image, id=outcome.image_id, status=status, reason=outcome.reason))
    return save_study(study)


def small_study(folder: Path, diameters_px: Sequence[float] = (40, 44), *, recipe: Recipe | None = None) -> Study:
    """Return an analysed study in folder/study, of images in folder/images; by the necks, unless a recipe says."""
    images = save_images(folder / "images", diameters_px)
    return analysed_here(prepare_study(folder / "study", images, recipe=recipe or BY_NECK, nm_per_px=NM_PER_PX))


def study_of_crystals(folder: Path, samples: Sequence[str]) -> Study:
    """Return an analysed study of a drawn crystal of gold for each sample, whose recipe asks for fringes."""
    recipe = replace(BY_NECK, lattice=LatticeParams(in_batches=True))
    crystal, images = Crystal("Au", (1, 1, 0), 5.0, 90, 90), []
    for number, sample in enumerate(samples):
        rng = np.random.default_rng(number)
        drawn = draw_crystals([crystal], shape=(180, 180), nm_per_px=CRYSTALS_NM_PER_PX, rng=rng)
        images.append((folder / f"{number}.tif", sample))
        imwrite(images[-1][0], drawn.pixels)
    return analysed_here(prepare_study(folder / "study", images, recipe=recipe, nm_per_px=CRYSTALS_NM_PER_PX))


def with_shapes(study: Study, image: StudyImage, counts: Mapping[str, ClassCounts]) -> None:
    """Write into the record of an image what networks would have said of its particles."""
    record = read_record(study, image)
    contents = {kind: study.file(image, kind).read_bytes() for kind in ("labels", "previews", "particles")}
    shapes = {kind: asdict(one) for kind, one in counts.items()}
    write_record(study, image, record.origin, record.summary, contents, edges=record.edges, shapes=shapes)
