"""Every parameter of every stage, with its one default, its limits and what it does to the answer."""

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
        "reaches the frame for the background.",
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


@dataclass(frozen=True)
class SizeParams(Parameters):
    """Turn measured particles into a size distribution."""

    quantity: Literal["diameter", "radius", "feret_max", "feret_min", "major_axis", "minor_axis"] = knob(
        "diameter",
        "Size is",
        "The diameter is that of the disc of equal area; for rods, use the Feret widths or the axes.",
        choices={
            "diameter": "Diameter of equal area",
            "radius": "Radius of equal area",
            "feret_max": "Largest Feret width",
            "feret_min": "Smallest Feret width",
            "major_axis": "Major axis",
            "minor_axis": "Minor axis",
        },
    )
    correct_frame: bool = knob(
        True,
        "Correct for the frame",
        "Large particles are cut by the frame more often and left out. Each of the others then counts by the inverse "
        "of its chance to lie wholly inside (Miles-Lantuéjoul); without it the mean is too small.",
    )
    bin_rule: Literal["auto", "fd", "scott", "sturges", "count"] = knob(
        "auto",
        "Bins",
        "Changes the picture and the Gaussian fitted to the bars, and nothing else.",
        choices={
            "auto": "Automatic",
            "fd": "Freedman-Diaconis",
            "scott": "Scott",
            "sturges": "Sturges",
            "count": "A number of bins",
        },
    )
    n_bins: int = knob(
        20,
        "Number of bins",
        "Fewer bins are steadier, more bins show detail that may be chance.",
        low=1,
        high=200,
        step=1,
        when=("bin_rule", ("count",)),
    )
    families: Literal["automatic", "one", "cut"] = knob(
        "automatic",
        "Families",
        "Automatic asks whether several log-normal families describe the sizes better than one; a cut divides them at "
        "a size that you give.",
        choices={"automatic": "As many as the sizes show", "one": "One", "cut": "Divide at a size"},
    )
    cut: float = knob(
        10.0,
        "Divide at",
        "In the unit of the axis: smaller particles are one family, the rest the other.",
        low=0.001,
        high=1e6,
        step=0.5,
        when=("families", ("cut",)),
    )


@dataclass(frozen=True)
class ClassifyParams(Parameters):
    """Say what shape each particle has."""

    question: Literal["all", "polyhedra"] = knob(
        "all",
        "Solids to choose from",
        "All: the eight polyhedra, sphere, rod, plate, bipyramid and truncated octahedron. With the polyhedra alone "
        "everything else is unknown.",
        choices={"all": "All solids", "polyhedra": "The eight polyhedra only"},
    )
    use_outline: bool = knob(
        True,
        "Outline first",
        "Only solids that can show the particle's outline are considered. Without it the network decides alone.",
    )
    least_probability: float = knob(
        0.5,
        "Least probability",
        "Below it a particle is unknown. Higher gives fewer but surer answers.",
        low=0,
        high=1,
        step=0.01,
    )
    refuse_unfamiliar: bool = knob(
        True,
        "Refuse what looks unfamiliar",
        "A particle that lies far from all that the network was trained on is unknown, however sure the network is.",
    )


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a result but the image and the corrections by hand."""

    preprocess: PreprocessParams = field(default_factory=PreprocessParams)
    segment: SegmentParams = field(default_factory=SegmentParams)
    sizes: SizeParams = field(default_factory=SizeParams)
    classify: ClassifyParams = field(default_factory=ClassifyParams)
