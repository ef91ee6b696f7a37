"""What one move of each slider on the preprocessing page costs, without Streamlit and the browser.

    python -m benchmarks.sliders [--side 2048]

For each control that moves in steps: the steps of preprocessing that follow it, and the six pictures and two histograms
of the page. Scale bar and text are found once per image, noise is removed again only by the filter's own sliders.
Best of three, slowest first; the aim is less than 500 ms. Non-local means is known to take seconds.
"""

import argparse
import timeit
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import partial
from typing import Any

import pandas as pd

from benchmarks.scenes import draw_scene
from nanotem.calibration import find_annotations, find_scale_bar
from nanotem.figures.histograms import grey_histogram
from nanotem.figures.pictures import encode, grey_picture
from nanotem.micrograph import Mask, Pixels
from nanotem.parameters import knobs
from nanotem.preprocess import Denoised, PreprocessStages, denoise, preprocess, to_grey
from nanotem.preprocess.params import PreprocessParams

PICTURE_PX = 640
REPEATS = 3
_PX_PER_PARTICLE = 2048**2 // 400


def moves(params: PreprocessParams) -> Iterator[tuple[str, PreprocessParams]]:
    """Yield each slider by its name, moved by one step, with the choice that makes it count."""
    for step in fields(params):
        group = getattr(params, step.name)
        for name, knob in knobs(type(group)).items():
            if knob.low is None:
                continue
            used = replace(group, **{knob.when[0]: knob.when[1][0]}) if knob.when else group
            moved: Any = replace(used, **{name: getattr(used, name) + (knob.step or 1)})
            yield f"{step.name}.{name}", replace(params, **{step.name: moved})


def redraw(pixels: Pixels, params: PreprocessParams, ignore: Mask, denoised: Denoised | None) -> None:
    """Do what the page does after a slider has moved."""
    stages = preprocess(pixels, params, ignore=ignore, denoised=denoised)
    for image in _shown(stages):
        encode(grey_picture(image, longest_px=PICTURE_PX))
    grey_histogram(stages.grey).to_json()
    grey_histogram(stages.contrasted, threshold=stages.level).to_json()


def _shown(stages: PreprocessStages) -> tuple[Pixels, ...]:
    return stages.grey, stages.denoised, stages.flattened, stages.contrasted, stages.binary, stages.mask


def main() -> None:
    """Print one row per slider."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=2048, help="rows and columns of the image")
    side_px: int = parser.parse_args().side
    pixels = draw_scene(side_px, max(side_px**2 // _PX_PER_PARTICLE, 1)).pixels
    ignore = find_annotations(pixels, find_scale_bar(pixels)).mask
    params = PreprocessParams()
    denoised = denoise(to_grey(pixels), params.denoise, ignore=ignore)
    rows = []
    for name, moved in moves(params):
        reused = denoised if moved.denoise == params.denoise else None
        seconds = min(timeit.repeat(partial(redraw, pixels, moved, ignore, reused), number=1, repeat=REPEATS))
        rows.append((name, 1000 * seconds))
    table = pd.DataFrame(rows, columns=["slider", "milliseconds"]).sort_values("milliseconds", ascending=False)
    print(table.to_string(index=False, float_format="{:.0f}".format))


if __name__ == "__main__":
    main()
