"""What the methods without a network share: outlines at each particle's own contrast, and debris."""

from dataclasses import dataclass

from nanotem.micrograph import Labels
from nanotem.parameters import Parameters, knob
from nanotem.segmentation.debris import without_debris
from nanotem.segmentation.method import Foreground
from nanotem.segmentation.outlines import outlined


@dataclass(frozen=True)
class ClassicalOptions(Parameters):
    """What is done with the particles of a mask, whatever told them apart."""

    refine_outlines: bool = knob(
        True,
        "Refine outlines",
        "Draws each outline at a share of the particle's own contrast, so that faint particles do not come out too "
        "small and dark ones too large.",
    )
    outline_level: float = knob(
        0.15,
        "Outline at a share of the contrast",
        "A sphere thins towards its edge, which lies near 0.15; the edge of a flat particle lies at 0.5, and 0.15 "
        "draws it about 1 px outside.",
        low=0.05,
        high=0.8,
        step=0.05,
        when=("refine_outlines", (True,)),
    )
    min_prominence: float = knob(
        0.15,
        "Least size times contrast",
        "What has a smaller share of the typical particle's is dropped as text, texture or crumbs, unless most of it "
        "is round or oval: satellites. Higher drops more; 0 keeps everything.",
        low=0,
        high=1,
        step=0.01,
    )


def finished(labels: Labels, foreground: Foreground, options: ClassicalOptions) -> Labels:
    """Draw outlines at each particle's own contrast, add faint particles, and drop debris."""
    contrast = foreground.contrast
    if contrast is None:
        return labels
    if options.refine_outlines:
        labels = outlined(
            labels,
            contrast,
            outline_level=options.outline_level,
            noise=foreground.noise,
            faint=foreground.faint,
            blur_px=foreground.blur_px,
        )
    if options.min_prominence:
        labels = without_debris(labels, contrast, min_prominence=options.min_prominence)
    return labels


def finishing_sentence(options: ClassicalOptions) -> str:
    """Say where outlines are drawn and what is dropped."""
    outlines = (
        f"Outlines were drawn at {100 * options.outline_level:g} % of each particle's own contrast."
        if options.refine_outlines
        else "Outlines are those of the mask."
    )
    debris = (
        f" Objects with less than {100 * options.min_prominence:g} % of the typical size times contrast (unless round "
        "or oval) were dropped."
    )
    return outlines + (debris if options.min_prominence else "")
