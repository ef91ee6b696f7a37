"""How long explanations take, where they lie, and whether they beat chance, on particles with known truth.

    python -m benchmarks.explanations [--particles 100] [--models FOLDER]

1. Seconds per particle of each method, first and repeated, for both models.
2. Cuboctahedra and octahedra seen along <111>: the same hexagon. Why the one and not the other? The share of
   attribution on the inner facets and on the border, beside those of the area.
3. Deletion: mean area under the probability of the answer while pixels are removed in the order of a map, beside random
   orders of pixels and random smooth maps, whose spots are as large as those of a coarse map; and in what share of the
   particles the map beats either. Small is good.
"""

import argparse
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.explanation.explain import explain
from nanotem.explanation.explainer import Explainer
from nanotem.explanation.faithfulness import Map, causal_curve
from nanotem.explanation.methods import METHODS
from nanotem.explanation.questions import Question
from nanotem.explanation.regions import shares
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.crops import CROP_PX, Crops, crop_particles
from nanotem.networks.folders import MODELS
from nanotem.synthetic.crystals import cuboctahedron, octahedron
from nanotem.synthetic.imaging import expose
from nanotem.synthetic.pose import flat_rotation, towards_beam
from nanotem.synthetic.projection import project
from nanotem.training.shapes.drawing import Drawing, draw_imaging
from nanotem.training.shapes.drawn_crops import draw_crops

Areas = npt.NDArray[np.float64]

_SIZE_PX = 60
_DEPTH = 1.5
_N_TIMED = 5
_COARSE = 8
_THE_SAME_HEXAGON = {"CUBO": cuboctahedron, "OH": octahedron}


@dataclass(frozen=True, eq=False)
class Asked:
    """Particles, each with the question about it."""

    explainer: Explainer
    crops: Crops
    questions: list[Question]

    def maps(self, method: str) -> Iterator[Map]:
        """Ask about one particle after the other."""
        for crop, question in zip(self.crops, self.questions, strict=True):
            target, contrast = question.target, question.contrast
            yield explain(self.explainer, crop[None], target=target, contrast=contrast, method=method).maps()[0]

    def deletion(self, maps: Iterable[Map]) -> Areas:
        """Return the area under the deletion curve of a map for each particle."""
        asked = zip(self.crops, maps, self.questions, strict=True)
        return np.array([causal_curve(self.explainer, *one, mode="deletion").area for one in asked])


def hexagons(explainer: Explainer, n: int) -> Asked:
    """Draw both solids along <111>, half of each, and hold each against the other."""
    rng = np.random.default_rng(0)
    names = list(_THE_SAME_HEXAGON)
    crops = np.concatenate([_along_111(names[k % 2], rng) for k in range(n)])
    return Asked(explainer, crops, [Question(names[k % 2], names[1 - k % 2]) for k in range(n)])


def _along_111(name: str, rng: np.random.Generator) -> Crops:
    side = 2 * _SIZE_PX
    thickness, _ = project(
        _THE_SAME_HEXAGON[name](),
        flat_rotation(rng) @ towards_beam(np.array([1.0, 1.0, 1.0])),
        diameter_px=_SIZE_PX,
        shape=(side, side),
        centre=((side - 1) / 2, (side - 1) / 2),
    )
    imaging = draw_imaging(rng, held_out=True)
    nm = thickness * np.float32(_DEPTH * imaging.attenuation_nm / thickness.max())
    return crop_particles(expose(nm, imaging, rng), (thickness > 0).astype(np.int32), [1])


def as_answered(classifier: Classifier, explainer: Explainer, n: int) -> Asked:
    """Draw particles of all classes, and ask of each why the network says what it says."""
    crops, _ = draw_crops(classifier.card.name, n, seed=11, drawing=Drawing(held_out=True))
    answers = classifier.predict(crops).probabilities.argmax(axis=1)
    return Asked(explainer, crops, [Question(classifier.card.classes[k]) for k in answers])


def seconds(asked: Asked) -> pd.DataFrame:
    """Return the seconds that each method takes for the first particle, and for each of the next ones."""
    rows = {}
    for method in METHODS:
        maps, times = asked.maps(method), []
        for _ in range(_N_TIMED):
            began = time.perf_counter()
            next(maps)
            times.append(time.perf_counter() - began)
        rows[method] = times[0], np.median(times[1:])
    return pd.DataFrame.from_dict(rows, orient="index", columns=["first", "repeat"])


def where(asked: Asked) -> pd.DataFrame:
    """Return the mean shares inside and on the border, and how much more a pixel inside gets than one on the border."""
    rows = {"area": _mean_shares(asked, [np.ones(crop.shape[:2], np.float32) for crop in asked.crops])}
    rows |= {method: _mean_shares(asked, asked.maps(method)) for method in METHODS}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["inside", "border"])
    density = table / table.loc["area"]
    return table.assign(**{"inside per pixel / border per pixel": density["inside"] / density["border"]})


def _mean_shares(asked: Asked, maps: Iterable[Map]) -> tuple[float, float]:
    found = [shares(one, crop[..., 1] > 0.5) for one, crop in zip(maps, asked.crops, strict=True)]
    return float(np.mean([one["inside"] for one in found])), float(np.mean([one["border"] for one in found]))


def against_chance(asked: Asked) -> pd.DataFrame:
    """Return the mean area of each method beside those of random maps, and how often it is smaller."""
    rng = np.random.default_rng(0)
    chance = {
        "random pixels": asked.deletion(rng.random((CROP_PX, CROP_PX), np.float32) for _ in asked.crops),
        "random smooth": asked.deletion(_smooth(rng) for _ in asked.crops),
    }
    areas = chance | {method: asked.deletion(asked.maps(method)) for method in METHODS}
    return pd.DataFrame.from_dict(
        {
            name: {"area": area.mean(), **{f"beats {random}": (area < chance[random]).mean() for random in chance}}
            for name, area in areas.items()
        },
        orient="index",
    )


def _smooth(rng: np.random.Generator) -> Map:
    coarse = rng.random((_COARSE, _COARSE), np.float32)
    return np.asarray(cv2.resize(coarse, (CROP_PX, CROP_PX), interpolation=cv2.INTER_CUBIC))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--particles", type=int, default=100, help="particles per table")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the models")
    parser.add_argument("--only", choices=("solid", "outline"), nargs="+", default=("solid", "outline"))
    arguments = parser.parse_args()
    for name in arguments.only:
        classifier = Classifier.load(name, arguments.models)
        explainer = Explainer.of(classifier)
        asked = as_answered(classifier, explainer, max(arguments.particles, _N_TIMED))
        _print(f"{name}: seconds per particle", seconds(asked))
        if name == "solid":
            _print("solid: CUBO against OH in the same hexagon", where(hexagons(explainer, arguments.particles)))
        _print(f"{name}: deletion", against_chance(asked))


def _print(title: str, table: pd.DataFrame) -> None:
    print(f"\n{title}\n{table.to_string(float_format='{:.3f}'.format)}", flush=True)


if __name__ == "__main__":
    main()
