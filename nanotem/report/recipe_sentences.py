"""What a recipe does, in the plain English of a methods section."""

from dataclasses import replace

from nanotem.percent import in_percent
from nanotem.preprocess.params import PreprocessParams
from nanotem.recipe import Recipe
from nanotem.report.words import joined, plural
from nanotem.segmentation import METHODS, SegmentParams
from nanotem.statistics.params import SizeParams

QUANTITIES = {
    "diameter": "area-equivalent diameter",
    "radius": "area-equivalent radius",
    "feret_max": "largest Feret width",
    "feret_min": "smallest Feret width",
    "major_axis": "major axis of the ellipse of equal second moments",
    "minor_axis": "minor axis of the ellipse of equal second moments",
}


def recipe_sentences(
    recipe: Recipe, *, blur_px: float | None = None, polarity: str | None = None, method: str | None = None
) -> list[str]:
    """Describe every step that did something, in order.

    Parameters
    ----------
    recipe
        Parameters of every stage.
    blur_px, polarity, method
        What an analysis settled on, where the recipe leaves it open; None for many images.
    """
    preprocess, segment = recipe.preprocess, replace(recipe.segment, method=method or recipe.segment.method)
    settled = METHODS[segment.method]
    mask = (
        [
            _contrast(preprocess),
            _threshold(preprocess, polarity or preprocess.background.polarity),
            _cleaning(preprocess),
        ]
        if settled.uses_mask
        else []
    )
    sentences = [
        "Scale bar, text and info strips were left out of the analysis." if preprocess.annotation.ignore else "",
        _denoising(preprocess, blur_px),
        _background(preprocess),
        *mask,
        settled.sentence(segment.options),
        METHODS[recipe.segment.method].outcome(method),
        _dropped(segment),
    ]
    return [sentence for sentence in sentences if sentence]


def frame_sentence(params: SizeParams) -> str:
    """Describe what is done about particles that the frame cuts."""
    cut = "Particles cut by the frame were excluded"
    if not params.correct_frame:
        return f"{cut}, without correction for the loss of large ones."
    return (
        f"{cut}, and each of the others was weighted by the inverse of its chance to lie wholly inside the frame "
        "(Miles-Lantuéjoul)."
    )


def _denoising(params: PreprocessParams, blur_px: float | None) -> str:
    denoise = params.denoise
    grown = ", set by the noise" if blur_px and abs(blur_px - denoise.sigma_px) > 1e-3 else ""
    sigma = f"σ = {blur_px or denoise.sigma_px:.3g} px{grown}"
    if blur_px is None and denoise.contrast_to_noise:
        sigma += f", and up to 3.4 times as much until the contrast was {denoise.contrast_to_noise:g} times the noise"
    return {
        "gaussian": f"Noise was reduced by a Gaussian blur ({sigma}).",
        "nlm": f"Noise was reduced by non-local means (h = {denoise.h:g}, patches of {denoise.templateWindowSize} px, "
        f"search window of {denoise.searchWindowSize} px).",
        "median": f"Noise was reduced by a median filter of {denoise.median_size_px} px.",
        "none": "No noise filter was applied.",
    }[denoise.method]


def _background(params: PreprocessParams) -> str:
    if not params.background.flatten:
        return "The background was not levelled."
    scale = in_percent(params.background.flatten_size, "g")
    return f"A smooth background, on the scale of {scale} of the image, was subtracted."


def _contrast(params: PreprocessParams) -> str:
    contrast = params.contrast
    done = {
        "none": [],
        "automatic": [f"stretched with {contrast.clip_hist_percent:g} % of the pixels clipped"],
        "manual": [f"changed to {contrast.alpha:g} · grey + {contrast.beta:g}"],
    }[contrast.method]
    done += ["sharpened by a 3 × 3 kernel"] if contrast.sharpen else []
    return f"Grey levels were {joined(done)}." if done else ""


def _threshold(params: PreprocessParams, polarity: str) -> str:
    threshold = params.threshold
    particles = "Particles" if polarity == "automatic" else f"Particles, {polarity} in the image,"
    level = {
        "otsu": f"at {threshold.otsu_factor:g} of Otsu's threshold",
        "local": f"where they stood {threshold.offset:g} of 255 grey levels above the weighted mean of "
        f"{threshold.block_size_px} px around",
        "manual": f"at the grey level {threshold.level:g} of 255, set by hand",
    }[threshold.method]
    faint = (
        f", and fainter ones at {threshold.faint_factor:g} standard deviations of the background's noise"
        if threshold.is_used("find_faint") and threshold.find_faint
        else ""
    )
    return f"{particles} were separated from the background {level}{faint}."


def _cleaning(params: PreprocessParams) -> str:
    clean = params.clean
    times = [
        f"{verb} {plural(n, 'time')}" for verb, n in (("opened", clean.open_iter), ("closed", clean.close_iter)) if n
    ]
    done = [f"{joined(times)} with a disc of {clean.kernel_size} px"] if times else []
    done += ["rid of holes"] if clean.fill_holes else []
    done += ["cleared of what touches the border"] if clean.clear_border else []
    return f"The mask was {joined(done)}." if done else ""


def _dropped(params: SegmentParams) -> str:
    objects = [f"smaller than {params.min_diameter_px:g} px in diameter"] if params.min_diameter_px else []
    if params.drop_touching_frame:
        objects.append("that touch the frame")
    return f"Objects {joined(objects, word='or')} were dropped." if objects else ""
