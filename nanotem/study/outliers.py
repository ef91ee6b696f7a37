"""Which images to look at first."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from nanotem.percent import in_percent
from nanotem.robust import robust_sd
from nanotem.statistics.estimate import FloatArray

ODD_Z = 3.5
"""B. Iglewicz, D. C. Hoaglin, How to Detect and Handle Outliers, 1993."""

DOUBTFUL_SHARE = 0.2

_FEWEST_OTHERS = 3
"""Of two the median is the middle, and no image is odd without the other."""

_COUNTING_NOISE = 0.5
"""Standard deviation of the root of a Poisson count."""

_LEAST_SIZE_SPREAD = 0.05

IMAGE_FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "could_not_be_read": "No result: see the reason.",
        "nothing_found": "No particle was found.",
        "scale_missing": "No scale: its sizes are in pixels.",
        "count_odd": f"The root of its count is more than {ODD_Z:g} robust standard deviations from the median of the "
        "other images of the sample.",
        "size_odd": f"The logarithm of its median diameter is more than {ODD_Z:g} robust standard deviations from the "
        "median of the other images of the sample.",
        "many_doubtful": f"More than {in_percent(DOUBTFUL_SHARE)} of its outlines are dented or of an odd size.",
        "edits_lost": "A correction by hand could not be carried out: its particle is not there any more.",
        "same_image": "Another file of the study holds the same image: its particles count once for the sample.",
        "copy": "It is left out of its sample: it is the image of another file.",
    }
)
"""What the flags of images mean."""


def flags_in_words(flags: str) -> str:
    """Return the sentences behind the flags of an image, empty if there are none.

    Examples
    --------
    >>> flags_in_words("nothing_found scale_missing")
    'No particle was found. No scale: its sizes are in pixels.'
    """
    return " ".join(IMAGE_FLAGS[flag] for flag in flags.split())


def with_flags(images: pd.DataFrame) -> pd.DataFrame:
    """Add the columns `count_z`, `size_z` and `flags`, the names of `IMAGE_FLAGS` that apply, with spaces between.

    A robust z is the distance from the median of the other images of the same sample in units of 1.4826 times their
    median absolute deviation, at least the counting noise, or 5 % for sizes; sizes are compared within one unit. It is
    NaN where there are fewer than three others.

    Parameters
    ----------
    images
        Columns sample, status, id, pixels, is_copy (whether it does not count, as another of its sample is the same),
        n_particles, nm_per_px, unit, median, n_doubtful, n_lost_edits; NaN where there is no result.
    """
    done = images["status"] == "done"
    counts = np.sqrt(images["n_particles"].to_numpy(float, na_value=np.nan))
    sizes = np.log(images["median"].to_numpy(float))
    images = images.assign(
        count_z=_z_among_others(counts, [images["sample"]], _COUNTING_NOISE),
        size_z=_z_among_others(sizes, [images["sample"], images["unit"]], _LEAST_SIZE_SPREAD),
    )
    applies: dict[str, pd.Series[bool]] = {
        "could_not_be_read": images["status"] == "failed",
        "nothing_found": done & (images["n_particles"] == 0),
        "scale_missing": done & images["nm_per_px"].isna(),
        "count_odd": images["count_z"].abs() > ODD_Z,
        "size_odd": images["size_z"].abs() > ODD_Z,
        "many_doubtful": images["n_doubtful"] > DOUBTFUL_SHARE * images["n_particles"],
        "edits_lost": images["n_lost_edits"] > 0,
        "same_image": _occurs_again(images["id"]) | _occurs_again(images["pixels"]),
        "copy": images["is_copy"],
    }
    flags = pd.Series("", index=images.index, dtype=str)
    for name in IMAGE_FLAGS:
        flags = flags.where(~applies[name].to_numpy(bool, na_value=False), flags + f" {name}")
    return images.assign(flags=flags.str.strip())


def _occurs_again(keys: "pd.Series[str]") -> "pd.Series[bool]":
    return (keys != "") & keys.duplicated(keep=False)


def _z_among_others(values: FloatArray, groups: list["pd.Series[str]"], least_spread: float) -> FloatArray:
    """Return the robust z of each value among the others of its group."""
    z = np.full(len(values), np.nan)
    group_of = groups[0].groupby(groups).ngroup().to_numpy()
    is_known = np.isfinite(values)
    for group in np.unique(group_of[is_known]):
        known = np.flatnonzero(is_known & (group_of == group))
        for place in known:
            others = values[known[known != place]]
            if len(others) >= _FEWEST_OTHERS:
                middle = np.median(others)
                spread = max(robust_sd(others), least_spread)
                z[place] = (values[place] - middle) / spread
    return z
