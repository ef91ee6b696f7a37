"""How often intervals hold the truth, and how often families are found that are none, on sizes with known truth.

    python -m benchmarks.statistics [--quick]

1. Intervals: share of samples whose 95 % interval holds the truth, for distributions and numbers of particles. The aim
   is 93 to 97 %. A dash where the data allow no interval (D10 and D90 below 36 particles); a share in brackets says in
   how many samples there is one, where it is not in all.
2. Weighted means, percentiles and spans of one image, and of images that differ.
3. Families: how often one population is called several families, and several are found; pairs counted as one.
4. The k = 2 interval of the budget, for scales and outlines that are off by what their uncertainty says, and particles
   of which half are none. Errors are drawn, not pictures.
5. The same for drawn micrographs of flat and of spherical particles, out of focus and noisy, analysed with the defaults
   of the neck ratio, beside the share of the truth's interval that is counting alone.

Seeds are others than those that anything was chosen by.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

from benchmarks.outlines import draw_body
from nanotem.analysis import Analysis
from nanotem.micrograph import Micrograph, Scale
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.statistics import FittedModel, find_families, summarise, uncertainty_budget, weighted_quantities
from nanotem.statistics.estimate import Estimate, FloatArray
from nanotem.statistics.sizes import Sizes
from nanotem.summary import budget_of

SEED = 90_210
NUMBERS = (20, 50, 200, 1000)
SUMMARISED = ("mean", "median", "sd", "polydispersity", "geometric_sd", "d10", "d90")
LEVELS = {"d10": 0.1, "median": 0.5, "d90": 0.9}
TRUTH_DRAWN = 1_000_000
"""Particles from which truths are taken: known to a thirtieth of the error of a thousand."""

Draw = Callable[[np.random.Generator, int], FloatArray]


def _mixture(*parts: tuple[float, float, float]) -> Draw:
    """Return a drawing of normal parts: share, mean, sd."""

    def draw(generator: np.random.Generator, n: int) -> FloatArray:
        part = generator.choice(len(parts), n, p=[share for share, _, _ in parts])
        means, sds = (np.array([one[k] for one in parts])[part] for k in (1, 2))
        return np.asarray(generator.normal(means, sds))

    return draw


def _of(law: object) -> Draw:
    return lambda generator, n: law.rvs(n, random_state=generator)  # type: ignore[attr-defined]


def _with_pairs(share: float, cv: float) -> Draw:
    """Return a drawing of which a share are the area-equivalent diameters of two particles."""

    def draw(generator: np.random.Generator, n: int) -> FloatArray:
        one, other = generator.normal(10, 10 * cv, (2, n))
        return np.where(generator.random(n) < share, np.hypot(one, other), one)

    return draw


POPULATIONS: dict[str, Draw] = {
    "normal, CV 10 %": _of(stats.norm(10, 1)),
    "log-normal 1.28": _of(stats.lognorm(np.log(1.28), scale=10)),
    "log-normal 1.65": _of(stats.lognorm(np.log(1.65), scale=10)),
    "Weibull 4": _of(stats.weibull_min(4, scale=10)),
    "bimodal 5 and 9": _mixture((0.5, 5, 0.6), (0.5, 9, 1.0)),
}

ONE_FAMILY: dict[str, Draw] = {
    "log-normal 1.3": _of(stats.lognorm(np.log(1.3), scale=10)),
    "normal, CV 10 %": _of(stats.norm(10, 1)),
    "normal, CV 25 %": _of(stats.truncnorm(-4, np.inf, 10, 2.5)),
    "Weibull 4": _of(stats.weibull_min(4, scale=10)),
    "ripening (LSW)": lambda generator, n: FittedModel("LSW", (10.0,), 0.0).draw(generator, n),
    "uniform": _of(stats.uniform(5, 10)),
    "5 % pairs, CV 10 %": _with_pairs(0.05, 0.10),
    "5 % pairs, CV 20 %": _with_pairs(0.05, 0.20),
}
TWO_FAMILIES: dict[str, Draw] = {
    "5 and 9, 50 %": _mixture((0.5, 5, 0.6), (0.5, 9, 1.0)),
    "5 and 8, 20 %": _mixture((0.8, 5, 0.6), (0.2, 8, 0.9)),
    "4, 8 and 16": _mixture((0.4, 4, 0.3), (0.3, 8, 0.6), (0.3, 16, 1.2)),
}


@dataclass
class Held:
    """How often there was an interval, and how often it held the truth."""

    tried: int = 0
    given: int = 0
    held: int = 0

    def add(self, found: Estimate, truth: float) -> None:
        """Count one interval."""
        self.tried += 1
        self.given += not np.isnan(found.low)
        self.held += found.low <= truth <= found.high

    def __str__(self) -> str:
        if not self.given:
            return "–"
        share = f"{100 * self.held / self.given:.1f}"
        return share if self.given == self.tried else f"{share} [{100 * self.given / self.tried:.0f}]"


def truths(draw: Draw) -> dict[str, float]:
    """Return what a population's quantities are, from very many particles."""
    d = draw(np.random.default_rng(SEED), TRUTH_DRAWN)
    return {
        "mean": float(d.mean()),
        "sd": float(d.std()),
        "polydispersity": float(d.std() / d.mean()),
        "geometric_sd": float(np.exp(np.log(d).std())),
        **dict(zip(LEVELS, np.quantile(d, list(LEVELS.values())).tolist(), strict=True)),
    }


def intervals(runs: int) -> pd.DataFrame:
    """Return the coverage of the intervals of `summarise`."""
    rows = []
    for name, draw in POPULATIONS.items():
        true = truths(draw)
        for n in NUMBERS:
            held = {quantity: Held() for quantity in SUMMARISED}
            for generator in _generators(runs, name, n):
                summary = summarise(draw(generator, n))
                for quantity, counted in held.items():
                    found = (
                        summary.log_normal.geometric_sd if quantity == "geometric_sd" else getattr(summary, quantity)
                    )
                    counted.add(found, true[quantity])
            rows.append({"distribution": name, "n": n, **{quantity: str(one) for quantity, one in held.items()}})
    return pd.DataFrame(rows)


def weighted_truths(draw: Draw, power: int) -> list[float]:
    """Return mean, D10, D50, D90 and span of the distribution weighted by a power of d."""
    d = np.sort(draw(np.random.default_rng(SEED), TRUTH_DRAWN))
    mass = d**power
    below = mass.cumsum() / mass.sum()
    d10, d50, d90 = (float(d[np.searchsorted(below, level)]) for level in LEVELS.values())
    return [float((mass * d).sum() / mass.sum()), d10, d50, d90, (d90 - d10) / d50]


def weighted_intervals(runs: int) -> pd.DataFrame:
    """Return the coverage of the intervals by area and volume, of one image."""
    rows = []
    for name, draw in POPULATIONS.items():
        for weighting, power in (("area", 2), ("volume", 3)):
            true = weighted_truths(draw, power)
            for n in NUMBERS:
                held = [Held() for _ in true]
                for generator in _generators(runs, name, weighting, n):
                    found = weighted_quantities(draw(generator, n), weighting=weighting)  # type: ignore[arg-type]
                    for counted, one, value in zip(held, found, true, strict=True):
                        counted.add(one.estimate, value)
                words = dict(zip(("mean", "D10", "D50", "D90", "span"), map(str, held), strict=True))
                rows.append({"distribution": name, "by": weighting, "n": n, **words})
    return pd.DataFrame(rows)


def weighted_intervals_over_images(runs: int) -> pd.DataFrame:
    """Return the same for images whose medians differ: half of the variance of ln d (σ_g 1.28) lies between them."""
    sd = np.log(1.28) / np.sqrt(2)
    rows = []
    for n_images in (3, 5, 10, 20):
        true = weighted_truths(POPULATIONS["log-normal 1.28"], 2)
        held = [Held() for _ in true]
        for generator in _generators(runs, n_images):
            image = np.repeat(np.arange(n_images), 60)
            logs = np.log(10) + generator.normal(0, sd, n_images)[image] + generator.normal(0, sd, image.size)
            found = weighted_quantities(np.exp(logs), weighting="area", images=image)
            for counted, one, value in zip(held, found, true, strict=True):
                counted.add(one.estimate, value)
        words = dict(zip(("mean", "D10", "D50", "D90", "span"), map(str, held), strict=True))
        rows.append({"images": n_images, "particles": 60 * n_images, **words})
    return pd.DataFrame(rows)


def families(runs: int) -> pd.DataFrame:
    """Return in how many samples several families are found, and called resolved; and how often pairs are named."""
    rows = []
    for truth, populations in (("one", ONE_FAMILY), ("several", TWO_FAMILIES)):
        for name, draw in populations.items():
            for n in (50, 200, 1000):
                found = [find_families(draw(generator, n)) for generator in _generators(runs, name, n)]
                pairs = sum("pairs" in one.population for one in found)
                several = sum(len(one.families) > 1 for one in found) - pairs
                resolved = sum(one.resolved for one in found)
                rows.append((truth, name, n, len(found), several, resolved, pairs))
    return pd.DataFrame(rows, columns=["truth", "population", "n", "of", "several", "resolved", "pairs"])


def budgets(runs: int) -> pd.DataFrame:
    """Return the coverage of the k = 2 interval of the mean, for errors drawn from their uncertainties."""
    rows = []
    for n in (20, 200, 1000):
        for outline_px in (0.3, 2.0):
            for doubted in (0.0, 0.1):
                mean, d50 = Held(), Held()
                true = _budget_truth(doubted)
                for generator in _generators(runs, n, repr((outline_px, doubted))):
                    sizes, sure = _measured(generator, n, outline_px, doubted)
                    scale = Scale(0.25, "typed", relative_uncertainty=0.01)
                    found = uncertainty_budget(sizes, scale, outline_px=outline_px, probabilities=sure)
                    mean.add(found.expanded[0], true[0])
                    d50.add(found.expanded[1], true[1])
                rows.append((n, outline_px, doubted, str(mean), str(d50)))
    return pd.DataFrame(rows, columns=["n", "outline (px)", "doubted share", "mean", "d50"])


SURE_NM, DOUBTED_NM = 10.0, 6.0


def _budget_truth(doubted: float) -> tuple[float, float]:
    """Return mean and median of a population of which a share is so small that it is doubted."""

    def below(d: float) -> float:
        return float((1 - doubted) * stats.norm.cdf(d, SURE_NM) + doubted * stats.norm.cdf(d, DOUBTED_NM) - 0.5)

    return (1 - doubted) * SURE_NM + doubted * DOUBTED_NM, float(brentq(below, DOUBTED_NM, SURE_NM + 1))


def _measured(generator: np.random.Generator, n: int, outline_px: float, doubted: float) -> tuple[Sizes, FloatArray]:
    """Return particles, and as many that are none as are doubted and true, all off by common errors."""
    n_doubted = generator.binomial(n, doubted)
    n_none = generator.poisson(n * doubted)
    true = np.concatenate([np.full(n - n_doubted, SURE_NM), np.full(n_doubted + n_none, DOUBTED_NM)])
    sure = np.where(true == SURE_NM, 1.0, 0.5)
    off = 1 + generator.normal(0, 0.01), 0.25 * generator.normal(0, outline_px)
    values = (true + generator.normal(0, 1, true.size)) * off[0] + off[1]
    labels = np.arange(values.size, dtype=np.float64) + 1
    return Sizes(labels, np.maximum(values, 0.1), np.ones(values.size), "nm", "Diameter", 4.0, 0), sure


IMAGED = [
    (body, size_px, blur_px, contrast_to_noise)
    for body in ("disc", "sphere")
    for size_px in (16.0, 32.0)
    for blur_px in (0.7, 1.5, 3.0)
    for contrast_to_noise in (4.0, 15.0)
]
IMAGED_SIDE, IMAGED_CV, IMAGED_CONTRAST = 6, 0.1, 80.0


def imaged_budgets(runs: int) -> pd.DataFrame:
    """Return the coverage of the k = 2 interval of the mean of drawn micrographs."""
    rows = []
    for body, size_px, blur_px, contrast_to_noise in IMAGED:
        held, off, stated = Held(), [], []
        for generator in _generators(runs, body, repr((size_px, blur_px, contrast_to_noise))):
            pixels = _micrograph(generator, body, size_px, blur_px, contrast_to_noise)
            recipe = Recipe(segment=SegmentParams(method="neck_ratio"))
            found = budget_of(Analysis(Micrograph(pixels, id="", name=""), recipe))
            held.add(found.expanded[0], size_px)
            off.append(found.mean / size_px - 1)
            stated.append(found.combined[0] / size_px)
        rows.append((body, size_px, blur_px, contrast_to_noise, str(held), 100 * np.mean(off), 100 * np.mean(stated)))
    columns = ["body", "diameter (px)", "blur (px)", "contrast / noise", "held (%)", "mean off (%)", "stated u (%)"]
    table = pd.DataFrame(rows, columns=columns)
    return table.round(2)


def _micrograph(
    generator: np.random.Generator, body: str, size_px: float, blur_px: float, contrast_to_noise: float
) -> FloatArray:
    """Draw dark bodies apart from each other, of which the mean diameter of the population is `size_px`."""
    cell = int(np.ceil(size_px * 1.4 * 1.7)) + 24  # the side of the largest body's picture
    canvas = np.zeros((IMAGED_SIDE * cell, IMAGED_SIDE * cell))
    for place in range(IMAGED_SIDE**2):
        drawn = draw_body(body, size_px * float(np.clip(generator.normal(1, IMAGED_CV), 0.6, 1.4)), blur_px, generator)
        row, column = (cell * at + (cell - len(drawn)) // 2 for at in divmod(place, IMAGED_SIDE))
        canvas[row : row + len(drawn), column : column + len(drawn)] += drawn
    noise = generator.normal(0, IMAGED_CONTRAST / contrast_to_noise, canvas.shape)
    return np.clip(168 - IMAGED_CONTRAST * canvas + noise, 0, 255).round().astype(np.uint8)


def _generators(runs: int, *stream: int | str) -> Iterator[np.random.Generator]:
    """Yield generators that differ from table to table and row to row, and are the same each time."""
    key = crc32(repr(stream).encode())
    for run in range(runs):
        yield np.random.default_rng([SEED, key, run])


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer samples, under a minute")
    quick = parser.parse_args().quick
    many, some, few = (150, 60, 3) if quick else (1200, 400, 40)
    _print(f"1. Intervals, {many} samples each: held (%)", intervals(many))
    _print(f"2. Weighted, one image, {some} samples each: held (%)", weighted_intervals(some))
    _print(f"   By area, images that differ, {some} samples each: held (%)", weighted_intervals_over_images(some))
    _print("3. Families", families(few))
    _print(f"4. Budget, k = 2, {some} samples each: held (%)", budgets(some))
    imaged = 1 if quick else 4
    _print(f"5. Budget of {imaged} micrographs each, {IMAGED_SIDE**2} particles, k = 2", imaged_budgets(imaged))


def _print(title: str, table: pd.DataFrame) -> None:
    print(f"\n{title}\n{table.to_string(index=False)}", flush=True)


if __name__ == "__main__":
    main()
