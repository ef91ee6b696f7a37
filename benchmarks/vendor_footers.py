"""Whether the scale of every vendor's kind of file is read.

    python -m benchmarks.vendor_footers [--seeds N]

For every kind and seed a picture and a pixel size from 0.01 to 50 nm are drawn. "right": pixels as written and nm per
pixel within 0.1 % of the truth. "wrong": a scale, but another.
"""

import argparse
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.drawn_files import CALIBRATED, DrawnFile, picture
from nanotem.errors import NanotemError
from nanotem.micrograph import Micrograph
from nanotem.readers import read_micrograph

TOLERANCE = 1e-3


class Outcome(NamedTuple):
    """One file: how its scale came back."""

    kind: str
    right: bool
    wrong: bool
    missing: bool


def outcome(kind: str, seed: int) -> Outcome:
    """Draw a file of a kind and read it."""
    rng = np.random.default_rng([seed, len(kind)])
    pixels, nm = picture(rng), float(np.exp(rng.uniform(np.log(0.01), np.log(50))))
    micrograph = _read(CALIBRATED[kind](pixels, nm))
    if micrograph is None or micrograph.scale is None:
        return Outcome(kind, False, False, True)
    is_right = abs(micrograph.scale.nm_per_px / nm - 1) < TOLERANCE and np.array_equal(micrograph.pixels, pixels)
    return Outcome(kind, bool(is_right), not is_right, False)


def _read(file: DrawnFile) -> Micrograph | None:
    try:
        return read_micrograph(file.data, file.name, companions=file.companions)
    except NanotemError:
        return None


def main() -> None:
    """Print right, wrong and missing of every kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    n_seeds = parser.parse_args().seeds
    table = pd.DataFrame([outcome(kind, seed) for kind in CALIBRATED for seed in range(n_seeds)])
    by_kind = table.groupby("kind", sort=False).sum()
    print(by_kind.to_string())
    print(f"{len(by_kind)} kinds: {by_kind.sum().to_dict()} of {len(table)}")


if __name__ == "__main__":
    main()
