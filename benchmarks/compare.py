"""How often the intervals of `compare_samples` hold the true difference of two simulated samples.

    python -m benchmarks.compare [--runs 500]

Sizes are log-normal around a median that differs from image to image: "likeness" is the share of the variance of ln d
that lies between images. Particles per image are Poisson around a log-normal number of 40, and vary more or less from
image to image. Medians are 10 and 11 nm. The aim is 93 to 97 %. Beside it the percentile bootstrap over images.
"""

import argparse
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nanotem.statistics.compare import compare_samples

IMAGES = ((2, 2), (3, 3), (5, 5), (10, 10), (30, 30), (3, 10))
LIKENESS = {"weak": 0.02, "strong": 0.36, "very strong": 0.7}
UNEVENNESS = {"even": 0.3, "uneven": 0.8}
MEDIANS_NM = (10.0, 11.0)
SHARES_OF_RODS = (0.1, 0.3)
SD_OF_LN = 0.25
PER_IMAGE = 40
N_RESAMPLES = 400


@dataclass(frozen=True)
class Scene:
    """What is simulated: images of both samples, likeness in images, sd of ln of the expected number per image."""

    n_images: tuple[int, int]
    likeness: float
    unevenness: float


def draw(scene: Scene, rng: np.random.Generator) -> pd.DataFrame:
    """Return the particles of two samples."""
    return pd.concat(
        [
            _sample(scene, n_images, median_nm, share, rng).assign(sample=name)
            for name, n_images, median_nm, share in zip("AB", scene.n_images, MEDIANS_NM, SHARES_OF_RODS, strict=True)
        ],
        ignore_index=True,
    )


def _sample(
    scene: Scene, n_images: int, median_nm: float, share_of_rods: float, rng: np.random.Generator
) -> pd.DataFrame:
    expected = PER_IMAGE * rng.lognormal(-(scene.unevenness**2) / 2, scene.unevenness, n_images)
    image = np.repeat(np.arange(n_images), np.maximum(rng.poisson(expected), 1))
    between, within = (SD_OF_LN * share**0.5 for share in (scene.likeness, 1 - scene.likeness))
    logs = rng.normal(np.log(median_nm), between, n_images)[image] + rng.normal(0, within, image.size)
    alike = 1 / scene.likeness - 1
    rods = rng.beta(share_of_rods * alike, (1 - share_of_rods) * alike, n_images)
    outline = np.where(rng.random(image.size) < rods[image], "rod", "circle")
    return pd.DataFrame({"image": image, "diameter_nm": np.exp(logs), "outline": outline})


def bootstrap_holds(particles: pd.DataFrame, truth: float, rng: np.random.Generator) -> bool:
    """Whether the percentile bootstrap over images holds the difference of means."""
    means = []
    for _, group in particles.groupby("sample"):
        images = group.groupby("image")["diameter_nm"].agg(["sum", "size"]).to_numpy()
        drawn = images[rng.integers(len(images), size=(N_RESAMPLES, len(images)))].sum(axis=1)
        means.append(drawn[:, 0] / drawn[:, 1])
    low, high = np.quantile(means[1] - means[0], [0.025, 0.975])
    return bool(low <= truth <= high)


def rods_hold(fractions: pd.DataFrame) -> float:
    """Return in what share of the samples the interval holds the share of rods."""
    rods = fractions[fractions["class"] == "rod"].set_index("sample")
    true = pd.Series(dict(zip("AB", SHARES_OF_RODS, strict=True))).reindex(rods.index)
    return float(((rods["low"] <= true) & (true <= rods["high"])).mean())


def coverage(scene: Scene, n_runs: int) -> dict[str, float]:
    """Return the share of runs in which each interval holds the truth, and the width of that of the means."""
    rng = np.random.default_rng(0)
    small, large = MEDIANS_NM
    truths = {"mean": (large - small) * np.exp(SD_OF_LN**2 / 2), "d50": large - small}
    rows = []
    for _ in range(n_runs):
        particles = draw(scene, rng)
        result = compare_samples(particles)
        (difference,) = result.differences
        found = {name: getattr(difference, name) for name in truths}
        row: dict[str, float] = {name: one.low <= truths[name] <= one.high for name, one in found.items()}
        row["rods"] = rods_hold(result.class_fractions)
        row["bootstrap"] = bootstrap_holds(particles, truths["mean"], rng)
        row["half_width_nm"] = (found["mean"].high - found["mean"].low) / 2
        rows.append(row)
    table = pd.DataFrame(rows).astype(float)
    shares = {str(name): 100 * float(table[name].mean()) for name in table if name != "half_width_nm"}
    return {**shares, "half_width_nm": float(table["half_width_nm"].median())}


def main() -> None:
    """Print one row per scene, in per cent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=500, help="pairs of samples per row")
    n_runs: int = parser.parse_args().runs
    rows = [
        {"images": f"{n_images[0]} and {n_images[1]}", "likeness": alike, "per image": spread}
        | coverage(Scene(n_images, likeness, unevenness), n_runs)
        for n_images in IMAGES
        for alike, likeness in LIKENESS.items()
        for spread, unevenness in UNEVENNESS.items()
    ]
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.1f}".format))


if __name__ == "__main__":
    main()
