"""What the methods without a network share: faint satellites, and debris."""

from dataclasses import dataclass

from nanotem.micrograph import Labels
from nanotem.parameters import Parameters, knob
from nanotem.percent import in_percent
from nanotem.segmentation.debris import without_debris
from nanotem.segmentation.method import Foreground
from nanotem.segmentation.satellites import with_satellites


@dataclass(frozen=True)
class ClassicalOptions(Parameters):
    """What is done with the particles of a mask, whatever told them apart."""

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
    """Add faint particles, and drop debris."""
    contrast = foreground.contrast
    if contrast is None:
        return labels
    if foreground.faint is not None:
        labels = with_satellites(labels, foreground.faint)
    if options.min_prominence:
        labels = without_debris(labels, contrast, min_prominence=options.min_prominence)
    return labels


def finishing_sentence(options: ClassicalOptions) -> str:
    """Say what is dropped, after a space; empty if nothing is."""
    if not options.min_prominence:
        return ""
    return (
        f" Objects with less than {in_percent(options.min_prominence, 'g')} of the typical size times contrast "
        "(unless round or oval) were dropped."
    )
