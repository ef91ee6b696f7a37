"""Parameters of preprocessing, step by step."""

from dataclasses import dataclass, field
from typing import Literal

from nanotem.parameters import Parameters, knob


@dataclass(frozen=True)
class AnnotationParams(Parameters):
    """Leave out what the microscope wrote over the picture."""

    ignore: bool = knob(
        True,
        "Leave out scale bar and text",
        "The scale bar, its label and info strips are never counted as particles, and do not disturb the threshold.",
    )


@dataclass(frozen=True)
class DenoiseParams(Parameters):
    """Remove noise before anything else looks at the grey levels."""

    method: Literal["gaussian", "nlm", "median", "none"] = knob(
        "gaussian",
        "Noise filter",
        "Gaussian is fast and keeps sizes; non-local means keeps sharp edges in very noisy images and takes seconds; "
        "the median removes single hot pixels.",
        choices={
            "gaussian": "Gaussian blur",
            "nlm": "Non-local means",
            "median": "Median",
            "none": "None",
        },
    )
    sigma_px: float = knob(
        1.0,
        "Blur σ (px)",
        "Larger removes more noise; beyond a third of the smallest particle it starts to lose particles.",
        low=0.1,
        high=20,
        step=0.1,
        when=("method", ("gaussian",)),
    )
    contrast_to_noise: float = knob(
        30.0,
        "Contrast over noise",
        "Where noise is strong, the blur grows until the contrast is this many times the noise, at most to 3.4 times. "
        "Higher blurs more; 0 keeps the blur above.",
        low=0,
        high=200,
        step=1,
        when=("method", ("gaussian",)),
    )
    median_size_px: int = knob(
        3,
        "Window (px)",
        "Side of the square whose median replaces each pixel. Particles narrower than half of it vanish.",
        low=3,
        high=15,
        step=2,
        odd=True,
        when=("method", ("median",)),
    )
    h: float = knob(
        10.0,
        "Filter strength h",
        "Larger removes more noise and, in the end, faint particles. Grey levels of 256.",
        low=0.5,
        high=100,
        step=0.5,
        when=("method", ("nlm",)),
    )
    templateWindowSize: int = knob(  # noqa: N815 - the name that OpenCV and the origin project use
        7,
        "Patch (px)",
        "Side of the patches that are compared. Larger is smoother and slower.",
        low=3,
        high=15,
        step=2,
        odd=True,
        when=("method", ("nlm",)),
    )
    searchWindowSize: int = knob(  # noqa: N815
        21,
        "Search window (px)",
        "How far away similar patches are looked for. Time grows with its square.",
        low=3,
        high=41,
        step=2,
        odd=True,
        when=("method", ("nlm",)),
    )


@dataclass(frozen=True)
class BackgroundParams(Parameters):
    """Settle which side of the grey scale is the particles', and level the background."""

    polarity: Literal["automatic", "dark", "bright"] = knob(
        "automatic",
        "Particles are",
        "Dark in bright field, bright in dark field and HAADF. Automatic takes the phase that hangs together and "
        "reaches the frame for the background; the method Automatic then turns to the other side where what it finds "
        "says so.",
        choices={
            "automatic": "Found automatically",
            "dark": "Dark on bright",
            "bright": "Bright on dark",
        },
    )
    flatten: bool = knob(
        True,
        "Flatten the background",
        "Subtracts a smooth background, so that uneven illumination does not hide particles on one side.",
    )
    flatten_size: float = knob(
        0.15,
        "Background scale",
        "Width of the smoothing as a share of the image. Smaller follows the background more closely, and starts to "
        "eat particles when it comes near their size.",
        low=0.02,
        high=1.0,
        step=0.01,
        when=("flatten", (True,)),
    )


@dataclass(frozen=True)
class ContrastParams(Parameters):
    """Stretch grey levels and sharpen edges."""

    method: Literal["none", "automatic", "manual"] = knob(
        "none",
        "Contrast",
        "Automatic stretches the histogram between clipped ends; by hand applies alpha · grey + beta. Levels outside "
        "0 to 255 saturate. Otsu's threshold does not need it.",
        choices={"none": "As it is", "automatic": "Automatic (clipped histogram)", "manual": "By hand"},
    )
    clip_hist_percent: float = knob(
        1.0,
        "Clipped share (%)",
        "Share of the pixels that may saturate, half at each end. Keep it below the share that particles cover.",
        low=0,
        high=20,
        step=0.1,
        when=("method", ("automatic",)),
    )
    alpha: float = knob(
        1.0,
        "Contrast alpha",
        "Grey levels are multiplied by it. Above 1 raises contrast.",
        low=0.1,
        high=10,
        step=0.1,
        when=("method", ("manual",)),
    )
    beta: float = knob(
        0.0,
        "Brightness beta",
        "Added to the grey levels after alpha.",
        low=-255,
        high=255,
        step=1,
        when=("method", ("manual",)),
    )
    sharpen: bool = knob(
        False,
        "Sharpen edges",
        "A 3 × 3 kernel (centre 5, neighbours −1). Opens narrow gaps between particles, and amplifies noise.",
    )


@dataclass(frozen=True)
class ThresholdParams(Parameters):
    """Divide the picture into particles and background."""

    method: Literal["otsu", "local", "manual"] = knob(
        "otsu",
        "Threshold",
        "Otsu finds one level for the image; local finds one per neighbourhood, for backgrounds that stay uneven; "
        "by hand uses the level you give.",
        choices={"otsu": "Otsu", "local": "Local", "manual": "By hand"},
    )
    otsu_factor: float = knob(
        0.8,
        "Share of Otsu's level",
        "1 is Otsu's level; lower accepts fainter particles and moves outlines outwards.",
        low=0.2,
        high=1.5,
        step=0.05,
        when=("method", ("otsu",)),
    )
    find_faint: bool = knob(
        True,
        "Find faint particles too",
        "A second, lower level finds particles that are too faint for a level that dark ones set. Switch it off where "
        "texture of the support is counted.",
        when=("method", ("otsu", "manual")),
    )
    faint_factor: float = knob(
        6.0,
        "Faintest particle (noise σ)",
        "How many standard deviations of the background a faint particle stands above it. Higher rejects texture.",
        low=2,
        high=30,
        step=0.5,
        when=("method", ("otsu", "manual")),
    )
    level: float = knob(
        128.0,
        "Level",
        "Everything brighter is a particle, once particles have been made bright. 0 to 255.",
        low=0,
        high=255,
        step=1,
        when=("method", ("manual",)),
    )
    block_size_px: int = knob(
        151,
        "Neighbourhood (px)",
        "Side of the window whose weighted mean is the local level: three to five particle diameters.",
        low=3,
        high=1001,
        step=2,
        odd=True,
        when=("method", ("local",)),
    )
    offset: float = knob(
        10.0,
        "Above the local mean",
        "How many grey levels a particle must stand above its neighbourhood. Higher rejects texture.",
        low=-100,
        high=100,
        step=1,
        when=("method", ("local",)),
    )


@dataclass(frozen=True)
class CleanParams(Parameters):
    """Repair the mask before particles are told apart."""

    kernel_size: int = knob(
        3,
        "Kernel (px)",
        "Diameter of the disc for opening and closing.",
        low=3,
        high=31,
        step=2,
        odd=True,
    )
    open_iter: int = knob(
        1,
        "Openings",
        "Each removes specks and bridges thinner than the kernel.",
        low=0,
        high=10,
        step=1,
    )
    close_iter: int = knob(
        0,
        "Closings",
        "Each bridges cracks thinner than the kernel, and may join neighbours.",
        low=0,
        high=10,
        step=1,
    )
    fill_holes: bool = knob(
        True,
        "Fill holes",
        "Closes convex holes, such as the bright centre of a dark particle. Gaps that touching particles enclose "
        "curve inwards and stay open.",
    )
    clear_border: bool = knob(
        False,
        "Clear the border",
        "Drops every region that touches the frame now. Usually better left to the statistics, which leave cut "
        "particles out and correct for it.",
    )


@dataclass(frozen=True)
class PreprocessParams:
    """From the micrograph to a mask of particles, step by step."""

    annotation: AnnotationParams = field(default_factory=AnnotationParams)
    denoise: DenoiseParams = field(default_factory=DenoiseParams)
    background: BackgroundParams = field(default_factory=BackgroundParams)
    contrast: ContrastParams = field(default_factory=ContrastParams)
    threshold: ThresholdParams = field(default_factory=ThresholdParams)
    clean: CleanParams = field(default_factory=CleanParams)
