"""The analysis that the pages show, as one object for files and reports."""

from nanotem.micrograph import Micrograph
from nanotem.morphology.class_columns import with_classes
from nanotem.pipeline import Analysis
from nanotem.ui.kit import cached
from nanotem.ui.kit.state import Work


def analysis_at_hand(work: Work, micrograph: Micrograph, *, with_shapes: bool = False) -> Analysis:
    """Return what the pages have made of the image.

    Parameters
    ----------
    work
        Recipe and corrections.
    micrograph
        With the scale in force.
    with_shapes
        Whether the table of particles says outline and solid of each; the models must be ready.
    """
    recipe, edits = work.recipe, work.log.done
    particles = cached.particles(micrograph, recipe, edits)
    if with_shapes:
        particles = with_classes(particles, cached.classes(micrograph, recipe, edits))
    return Analysis(
        micrograph,
        recipe,
        bars=cached.bars(micrograph),
        annotations=cached.annotations(micrograph),
        stages=cached.stages(micrograph, recipe.preprocess),
        segmentation=cached.segmentation(micrograph, recipe),
        edited=cached.edited(micrograph, recipe, edits),
        particles=particles,
    )
