"""A comparison of samples as tables of words, for pages and reports."""

import pandas as pd

from nanotem.report.words import number
from nanotem.statistics import Comparison, Estimate


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


def difference_table(result: Comparison, unit: str) -> pd.DataFrame:
    """Return one row per pair of samples."""
    return pd.DataFrame(
        {
            "Samples": [f"{one.second} − {one.first}" for one in result.differences],
            f"Mean ({unit})": [one.mean.in_words() for one in result.differences],
            f"D50 ({unit})": [one.d50.in_words() for one in result.differences],
            "In words": [one.in_words(unit) for one in result.differences],
        }
    )


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
