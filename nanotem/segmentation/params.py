"""Parameters of the segmentation."""

from dataclasses import dataclass
from typing import Literal

from nanotem.parameters import Parameters, knob

Method = Literal["automatic", "neck_ratio", "learned", "local_maxima", "sure_foreground", "normalised", "regions"]

_SURE = ("sure_foreground", "normalised")
_NECK = ("automatic", "neck_ratio")
_CLASSICAL = (*_NECK, "local_maxima", *_SURE, "regions")


@dataclass(frozen=True)
class SegmentParams(Parameters):
    """Tell touching particles apart."""

    method: Method = knob(
        "automatic",
        "Method",
        "How touching particles are told apart. Automatic takes the neck ratio, unless a neural network is sure of "
        "other particles: then the network's, which need no threshold and suit textured, uneven or crowded images.",
        choices={
            "automatic": "Automatic (neck or network)",
            "neck_ratio": "Neck ratio (no size to set)",
            "learned": "Learned (a neural network)",
            "local_maxima": "Watershed from local maxima",
            "sure_foreground": "Watershed from the sure foreground",
            "normalised": "Sure foreground, normalised per region",
            "regions": "Connected regions (nothing is split)",
        },
    )
    neck_ratio: float = knob(
        0.85,
        "Neck ratio",
        "Two parts stay apart if the neck between them is narrower than this share of the smaller one. "
        "Higher splits more.",
        low=0.3,
        high=1.0,
        step=0.01,
        when=("method", _NECK),
    )
    valley: float = knob(
        0.2,
        "Grey valley",
        "Two parts also stay apart if the border between them is fainter than both by more than this: rods side "
        "by side. Lower splits more, and cuts textured particles; 1 ignores grey levels.",
        low=0.02,
        high=1.0,
        step=0.01,
        when=("method", _NECK),
    )
    split_ratio: float = knob(
        0.7,
        "Split ratio",
        "Two parts stay apart if the network's distance map falls between them below this share of the lower peak. "
        "Higher splits more.",
        low=0.1,
        high=1.0,
        step=0.01,
        when=("method", ("learned",)),
    )
    least_confidence: float = knob(
        0.5,
        "Least confidence",
        "Particles of which the network is less sure are dropped. Higher drops smudges and dirt, then faint particles.",
        low=0.0,
        high=1.0,
        step=0.01,
        when=("method", ("learned",)),
    )
    satellites: bool = knob(
        True,
        "Look for satellites",
        "Looks a second time, four times closer, for small particles beside large ones.",
        when=("method", ("learned",)),
    )
    flips: bool = knob(
        False,
        "Look at mirror images too",
        "Averages what the network says about four mirror images: steadier outlines, and four times slower.",
        when=("method", ("learned",)),
    )
    min_distance: int = knob(
        10,
        "Least distance of seeds (px)",
        "Two seeds are never closer. About half the smallest particle; too small cuts rods into pieces.",
        low=1,
        high=200,
        step=1,
        when=("method", ("local_maxima",)),
    )
    dist_max_threshold: float = knob(
        0.4,
        "Share of the highest distance",
        "Seeds are what lies deeper inside than this share of the maximum. Higher splits more and loses small "
        "particles.",
        low=0.0,
        high=0.99,
        step=0.01,
        when=("method", _SURE),
    )
    kernel_size: int = knob(
        3,
        "Kernel (px)",
        "Diameter of the disc that erodes and opens the mask before seeds are looked for.",
        low=3,
        high=31,
        step=2,
        odd=True,
        when=("method", (*_SURE, "local_maxima")),
    )
    erode_iter: int = knob(
        0,
        "Erosions before seeding",
        "Each cuts narrow bridges between particles; too many lose small particles.",
        low=0,
        high=20,
        step=1,
        when=("method", (*_SURE, "local_maxima")),
    )
    open_iter: int = knob(
        0,
        "Openings before seeding",
        "Each smooths the outline, so that rough particles are not cut.",
        low=0,
        high=20,
        step=1,
        when=("method", (*_SURE, "local_maxima")),
    )
    smoothing_px: float = knob(
        1.0,
        "Smooth the distance (px)",
        "Blur of the distance map. Larger ignores rough outlines.",
        low=0.0,
        high=10,
        step=0.1,
        when=("method", (*_NECK, "local_maxima")),
    )
    refine_outlines: bool = knob(
        True,
        "Refine outlines",
        "Draws each outline at a share of the particle's own contrast, so that faint particles do not come out too "
        "small and dark ones too large.",
        when=("method", _CLASSICAL),
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
    min_diameter_px: float = knob(
        5.0,
        "Smallest diameter (px)",
        "Anything with a smaller area-equivalent diameter is dropped as noise.",
        low=0,
        high=1000,
        step=0.5,
    )
    min_prominence: float = knob(
        0.15,
        "Least size times contrast",
        "What has a smaller share of the typical particle's is dropped as text, texture or crumbs, unless most of it "
        "is round or oval: satellites. Higher drops more; 0 keeps everything.",
        low=0,
        high=1,
        step=0.01,
        when=("method", _CLASSICAL),
    )
    drop_touching_frame: bool = knob(
        False,
        "Drop particles that touch the frame",
        "They are cut, so their size is wrong. The statistics leave them out in any case and correct for it.",
    )
