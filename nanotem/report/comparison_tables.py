"""A comparison of samples as tables of words, for pages and reports."""

import pandas as pd

from nanotem.percent import share_in_words
from nanotem.report.words import number, rows_by
from nanotem.statistics import WEIGHTINGS, Comparison, Estimate
from nanotem.statistics.arrangements import ARRANGED
from nanotem.statistics.comparison import title_of_sample


def sample_table(result: Comparison, unit: str) -> pd.DataFrame:
    """Return one row per sample."""
    return pd.DataFrame(
        {
            "Sample": [one.sample for one in result.samples],
            "Images": [one.n_images for one in result.samples],
            "Particles": [one.n_particles for one in result.samples],
            f"Mean ({unit})": [one.mean.in_words() for one in result.samples],
            f"D50 ({unit})": [one.d50.in_words() for one in result.samples],
            "Mean without frame correction": [number(one.mean_without_weights) for one in result.samples],
        }
    )


def weighted_sample_table(result: Comparison, unit: str) -> pd.DataFrame:
    """Return one row per sample and weighting: mean, D10, D50, D90 and span."""
    rows = []
    for one in result.samples:
        for weighting, (mean, *others) in one.weighted.items():
            by = WEIGHTINGS[weighting]
            words = [f"{by.mean_symbol} = {mean.estimate.in_words()}", *(other.estimate.in_words() for other in others)]
            rows.append((one.sample, by.title.capitalize(), *words))
    sizes = [f"{name} ({unit})" for name in ("Mean", "D10", "D50", "D90")]
    return pd.DataFrame(rows, columns=["Sample", "Each particle counts", *sizes, "Span"])


def weighted_sample_notes(result: Comparison) -> list[str]:
    """Return why some of these have no interval, each reason once with the samples that it holds for."""
    samples: dict[str, list[str]] = {}
    for one in result.samples:
        for note in dict.fromkeys(q.note for group in one.weighted.values() for q in group if q.note):
            samples.setdefault(note, []).append(title_of_sample(one.sample))
    return [f"{', '.join(names)}: {note[0].lower()}{note[1:]}" for note, names in samples.items()]


def surface_table(result: Comparison) -> pd.DataFrame:
    """Return dispersion and specific surface of each sample; no rows without a metal."""
    rows = [
        (one.sample, one.surface.metal, one.surface.dispersion, one.surface.specific_surface_m2_per_g)
        for one in result.samples
        if one.surface
    ]
    words = [(sample, metal, share.in_words(), area.in_words()) for sample, metal, share, area in rows]
    return pd.DataFrame(words, columns=["Sample", "Metal", "Dispersion", "Specific surface (m²/g)"])


def arrangements_table(arrangements: pd.DataFrame) -> pd.DataFrame:
    """Return `nanotem.statistics.arrangements.compare_arrangements` in words, one row per sample."""
    rows: dict[str, dict[str, str]] = {}
    for sample, quantity, _, value, low, high, unit in arrangements.itertuples(index=False):
        title = ARRANGED[quantity].title + (f" ({unit})" if ARRANGED[quantity].unit == "size" else "")
        rows.setdefault(sample, {"Sample": sample})[title] = Estimate(value, low, high).in_words()
    return pd.DataFrame(list(rows.values()))


def difference_table(result: Comparison, unit: str) -> pd.DataFrame:
    """Return one row per pair of samples."""
    return pd.DataFrame(
        {
            "Samples": [f"{one.second} − {one.first}" for one in result.differences],
            f"Mean ({unit})": [one.mean.in_words() for one in result.differences],
            f"D50 ({unit})": [one.d50.in_words() for one in result.differences],
            f"D[3,2] ({unit})": [one.d32.in_words() for one in result.differences],
            f"D[4,3] ({unit})": [one.d43.in_words() for one in result.differences],
            "In words": [one.in_words(unit) for one in result.differences],
        }
    )


def population_table(shares: pd.DataFrame, of: str) -> pd.DataFrame:
    """Return the shares of the population in words, one row per class.

    Parameters
    ----------
    shares
        Of `nanotem.study.shares_table`.
    of
        "sample", or "image".
    """
    rows, whose = rows_by(shares, of)
    ends = rows[["share", "share_low", "share_high"]].itertuples(index=False)
    return pd.DataFrame(
        {
            **whose,
            "Kind": rows["kind"].str.capitalize(),
            "Class": rows["class"],
            "Particles told": rows["n_particles"],
            "Share of the population": [share_in_words(*row) for row in ends],
        }
    )


POPULATION = (
    "Shares of the population, with 95 % intervals: of all whole particles that are large enough, sure or not, with "
    "what is mistaken for what allowed for. The intervals hold the finite number of particles, what the networks took "
    "for what on known particles, and how much micrographs differ in that and in their classes. Of two or three images "
    "little is known of how much they differ: their intervals are wide. Of simulated samples of two to twelve "
    "images they held the truth in 93 to 99 %, where all show a single class in 75 to 100 %: take their ends as rough. "
    "A class that no image shows may still be there. A sample whose images different networks told has no shares."
)
"""What the shares of `population_table` are."""


def share_table(result: Comparison) -> pd.DataFrame:
    """Return one row per class and sample."""
    rows = result.class_fractions
    shares = [Estimate(*row).in_words() for row in rows[["fraction", "low", "high"]].itertuples(index=False)]
    return pd.DataFrame(
        {
            "Kind": rows["kind"].str.capitalize(),
            "Class": rows["class"],
            "Sample": rows["sample"],
            "Particles": rows["n"],
            "Share": shares,
        }
    )
