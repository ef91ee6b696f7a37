"""How right lattice spacings and crystals are, and how often a spacing is found where there is none.

    python -m benchmarks.lattices [--pictures N] [--seed S] [--data FOLDER]

Drawn micrographs of 25 particles each, N of every kind, whose truth is known; particles are taken as drawn. "within" is
the share of particles whose strongest spacing is within 0.5 % of a true one, by the least amplitude over noise;
"z" is the standard deviation of the error by its stated uncertainty, 1 if that is right. Scales are off by what they
say, 2 %. "in the set": the true crystal is among the candidates, all of the table coming into question. "told": twins
that show two lattices or more, and single crystals that show one, of those that show any; and of the clear ones,
whose strongest planes have an amplitude over noise of 12 or more and whose grains all scatter from planes of their own
with half of the strongest amplitude. The others mostly show only the planes that grains share.

Published micrographs of `--data` (`emps` and `emps_more`) have no scale and resolve no lattice but in a few pictures;
their particles are taken as labelled. Folders that are absent are skipped.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import process_time

import cv2
import numpy as np
import pandas as pd

from benchmarks.accuracy import DATA
from nanotem.lattice import METAL_SYMBOLS, Lattices, ParticleLattices, find_lattices
from nanotem.micrograph import Scale
from nanotem.readers import read_file
from nanotem.synthetic.fringes import Crystal, Grains, LatticeImaging, LatticeMicrograph, draw_crystals

PLACES = 5
STEP_PX = 220
ZONES = ((1, 1, 0), (1, 0, 0), (1, 1, 1), (2, 1, 1))
SCALE_ERROR = 0.02
LIMITS = (5, 8, 10, 12, 15, 20)
WITHIN = 0.005
STRONG = 12
N_GRAINS: dict[Grains, int] = {"single": 1, "twin": 2, "five-fold": 5}
FALSE_KINDS = ("support", "noise", "strong support", "scan lines", "JPEG 90", "JPEG 60", "JPEG 30", "enlarged")
LATTICES_SEEN = ("5addfe7111", "291898b7c6")
"""Published pictures that resolve lattices, by eye."""


def crystals(rng: np.random.Generator, nm_per_px: float, grains: Grains | None = None) -> Iterator[Crystal]:
    """Yield the crystals of a picture: metals in a zone of low indices, of which a part of the planes scatters."""
    for place in range(PLACES**2):
        zone = ZONES[0] if grains not in (None, "single") else ZONES[rng.integers(len(ZONES))]
        symbol = str(rng.choice(METAL_SYMBOLS if grains is None else ("Au", "Pt", "Pd", "Ag", "Cu")))
        row, column = (STEP_PX * (at + 0.5) + rng.uniform(-5, 5) for at in divmod(place, PLACES))
        diameter_nm = rng.uniform(80, 200) * nm_per_px
        yield Crystal(
            symbol, zone, diameter_nm, row, column, rng.uniform(0, 2 * np.pi), grains or "single", rng.uniform(0.5, 1)
        )


def imaging(rng: np.random.Generator) -> LatticeImaging:
    """Return a microscope of any kind."""
    return LatticeImaging(
        contrast=rng.uniform(0.03, 0.15),
        attenuation_nm=rng.uniform(15, 60),
        defocus_nm=rng.uniform(20, 80),
        support=rng.uniform(0.02, 0.08),
        dose=10 ** rng.uniform(1.3, 3),
    )


def picture(rng: np.random.Generator, kind: Grains | str | None) -> LatticeMicrograph:
    """Draw a picture of grains of one kind, of any metal where it is None, or of a kind without fringes."""
    nm_per_px = float(rng.uniform(0.02, 0.05))
    without = kind in FALSE_KINDS
    grains = None if without or kind is None else kind
    settings = imaging(rng)
    if without:
        settings = replace(settings, contrast=0.0, defocus_nm=rng.uniform(-100, 150), support=rng.uniform(0.01, 0.1))
        settings = _disturbed(settings, str(kind), rng)
    ones = list(crystals(rng, nm_per_px, grains))  # type: ignore[arg-type]
    side = PLACES * STEP_PX
    drawn = draw_crystals(ones, shape=(side, side), nm_per_px=nm_per_px, rng=rng, imaging=settings)
    return _enlarged(drawn, rng.uniform(1.3, 2.5)) if kind == "enlarged" else drawn


def _disturbed(settings: LatticeImaging, kind: str, rng: np.random.Generator) -> LatticeImaging:
    if kind == "noise":
        return replace(settings, support=0.0)
    if kind == "strong support":
        return replace(settings, support=0.25, dose=1000.0)
    if kind == "scan lines":
        return replace(settings, scan_lines=rng.uniform(0.01, 0.1))
    return replace(settings, jpeg_quality=int(kind.split()[1])) if kind.startswith("JPEG") else settings


def _enlarged(drawn: LatticeMicrograph, factor: float) -> LatticeMicrograph:
    size = round(drawn.pixels.shape[0] * factor)
    pixels = cv2.resize(drawn.pixels, (size, size), interpolation=cv2.INTER_CUBIC)
    labels = cv2.resize(drawn.labels, (size, size), interpolation=cv2.INTER_NEAREST)
    return replace(drawn, pixels=pixels, labels=labels, nm_per_px=drawn.nm_per_px / factor)


def found_in(drawn: LatticeMicrograph, rng: np.random.Generator) -> Lattices:
    """Find the lattices of a picture whose scale is off."""
    scale = Scale(drawn.nm_per_px * (1 + rng.normal(0, SCALE_ERROR)), "typed", SCALE_ERROR)
    return find_lattices(drawn.pixels, drawn.labels, scale=scale)


def spacing_rows(drawn: LatticeMicrograph, found: Lattices) -> Iterator[dict[str, float | bool | int]]:
    """Yield, for each particle, how right its strongest spacing and its candidates are."""
    for label, one in found.particles.items():
        truth = drawn.truth[drawn.truth["label"] == label]
        if truth.empty or not one.spots:
            yield {"seen": False}
            continue
        spot = one.spots[0]
        angle = np.abs(truth["direction_deg"] - spot.direction_deg) % 180
        off = np.log(spot.spacing_px / truth["spacing_px"]) + 1j * np.radians(np.minimum(angle, 180 - angle))
        error = float(np.asarray(off)[np.argmin(np.abs(off))].real)
        symbols = [candidate.symbol for candidate in one.candidates]
        yield {
            "seen": True,
            "amplitude": spot.amplitude_over_noise,
            "error": error,
            "z": error * spot.spacing_px / spot.spacing_uncertainty_px,
            "in_set": truth["symbol"].iloc[0] in symbols,
            "first": symbols[:1] == [truth["symbol"].iloc[0]],
            "n_candidates": len(symbols),
        }


def spacings(n_pictures: int, seed: int) -> None:
    """Print how right spacings and crystals are."""
    rows = []
    for number in range(n_pictures):
        rng = np.random.default_rng([seed, 1, number])
        drawn = picture(rng, None)
        rows += list(spacing_rows(drawn, found_in(drawn, rng)))
    table = pd.DataFrame(rows)
    seen = table[table["seen"]]
    print(f"metals: {len(table)} particles, {len(seen) / len(table):.1%} show a lattice")
    for limit in LIMITS:
        above = seen[seen["amplitude"] >= limit]
        print(
            f"  amplitude over noise >= {limit:2d}: {len(above):5d} particles, within 0.5 % "
            f"{(above['error'].abs() <= WITHIN).mean():.3f}, within 2 % {(above['error'].abs() <= 0.02).mean():.3f}, "
            f"z {above['z'].astype(float).std():.2f}, in the set {above['in_set'].mean():.3f} "
            f"(first {above['first'].mean():.3f}, candidates {above['n_candidates'].mean():.1f}, "
            f"none fits {(above['n_candidates'] == 0).mean():.3f})"
        )


def twins(n_pictures: int, seed: int) -> None:
    """Print how many twins and single crystals are told."""
    for grains in N_GRAINS:
        counts = []
        for number in range(n_pictures):
            rng = np.random.default_rng([seed, 2, number])
            drawn = picture(rng, grains)
            seen = [one for one in found_in(drawn, rng).particles.values() if one.spots]
            counts += [(one.n_lattices, is_clear(drawn, one, grains)) for one in seen]
        lattices, clear = np.array([n for n, _ in counts]), np.array([clear for _, clear in counts])
        told = (lattices == 1) if grains == "single" else (lattices > 1)
        of_clear = (
            f", told {told[clear].mean():.3f}, lattices {np.bincount(lattices[clear])[1:]}" if clear.any() else ""
        )
        print(
            f"{grains}: {len(told)} particles with fringes, told {told.mean():.3f}; {clear.sum()} clear ones{of_clear}"
        )


def is_clear(drawn: LatticeMicrograph, one: ParticleLattices, kind: Grains) -> bool:
    """Whether a particle is strong, and each of its grains shows strong planes that no other has."""
    truth = drawn.truth[drawn.truth["label"] == one.label]
    directions, grains = truth["direction_deg"].to_numpy(), truth["grain"].to_numpy()
    apart = np.abs(directions[:, None] - directions[None]) % 180
    is_shared = ((np.minimum(apart, 180 - apart) < 3) & (grains[:, None] != grains[None])).any(axis=1)
    is_strong = (truth["amplitude"] >= truth["amplitude"].max() / 2).to_numpy()
    own = set(grains[is_strong & ~is_shared])
    return one.spots[0].amplitude_over_noise >= STRONG and len(own) == N_GRAINS[kind]


def false_spacings(n_pictures: int, seed: int) -> None:
    """Print on how many particles without fringes a spacing is found, with and without a scale."""
    total, wrong = 0, np.zeros(2, int)
    for place, kind in enumerate(FALSE_KINDS):
        n, false = 0, np.zeros(2, int)
        for number in range(n_pictures):
            drawn = picture(np.random.default_rng([seed, 3, place, number]), kind)
            for column, scale in enumerate((Scale(drawn.nm_per_px, "typed"), None)):
                found = find_lattices(drawn.pixels, drawn.labels, scale=scale)
                false[column] += sum(bool(one.spots) for one in found.particles.values())
            n += len(found.particles)
        print(f"no fringes, {kind}: {n} particles, a spacing on {false[0]} with a scale, {false[1]} without")
        total, wrong = total + n, wrong + false
    print(f"no fringes: {total} particles, false {wrong[0] / total:.4f} with a scale, {wrong[1] / total:.4f} without")


def published(data: Path) -> None:
    """Print on how many particles of published pictures without scale a spacing is found."""
    for folder in ("emps", "emps_more"):
        n, found_on = 0, 0
        for path in sorted((data / folder / "images").glob("*.png")):
            labels = cv2.imread(str(data / folder / "labels" / path.name), cv2.IMREAD_UNCHANGED)
            pixels = read_file(path).pixels
            if labels is None or labels.shape != pixels.shape or path.stem in LATTICES_SEEN:
                continue
            found = find_lattices(pixels, labels.astype(np.int32))
            n += len(found.particles)
            found_on += sum(bool(one.spots) for one in found.particles.values())
        if n:
            print(f"{folder}: {n} particles, a spacing on {found_on} ({found_on / n:.4f})")


def speed(seed: int) -> None:
    """Print how long 300 particles of 4096 x 4096 px take."""
    rng = np.random.default_rng([seed, 4])
    ones = [
        replace(one, row=120 + 226 * (place // 17), column=120 + 235 * (place % 17))
        for place, one in enumerate(one for _ in range(13) for one in crystals(rng, 0.03))
    ][:300]
    drawn = draw_crystals(ones, shape=(4096, 4096), nm_per_px=0.03, rng=rng)
    start = process_time()
    find_lattices(drawn.pixels, drawn.labels, scale=drawn.micrograph.scale)
    print(f"300 particles of 4096 x 4096 px: {process_time() - start:.1f} s of one core")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=8, help="of every kind, 25 particles each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    spacings(arguments.pictures, arguments.seed)
    twins(arguments.pictures, arguments.seed)
    false_spacings(arguments.pictures, arguments.seed)
    published(arguments.data)
    speed(arguments.seed)


if __name__ == "__main__":
    main()
