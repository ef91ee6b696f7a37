"""Frames with particles, by what is difficult about them."""

from collections.abc import Callable, Sequence
from math import pi
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.training.segmenter.drawn.exposure import Drawn, on_surface, transmitted
from nanotem.training.segmenter.drawn.pieces import (
    Corners,
    Piece,
    Profile,
    bar,
    ellipse,
    regular,
    rounded,
    sized,
    worn,
)
from nanotem.training.segmenter.drawn.placing import anywhere, beside, cells, hexagonal, islands
from nanotem.training.segmenter.drawn.sheet import Pattern, Sheet, waves

_SIDE_PX = 320
_ANY_PX = (8.0, 60.0)


def crowded(rng: np.random.Generator) -> Drawn:
    """Draw particles that fill 50 to 95 % of the frame, with gaps from none to a tenth of their size."""
    pitch = _log_uniform(rng, 10, 60)
    sheet = Sheet(_SIDE_PX, adds=True)
    profile = _profile(rng)
    spread = rng.uniform(0.05, 0.5)
    gap = float(rng.choice([0.0, rng.uniform(0.0, 0.2) * pitch, 1.5]))
    if profile == "flat":
        gap = max(gap, 1.5)  # nothing else parts flat cells to the eye
    missing = rng.choice([0.0, 0.0, rng.uniform(0, 0.4)])
    longer = float(rng.choice([1.0, 1.0, rng.uniform(1.3, 4)]))
    for (row, column), corners in cells(pitch, _SIDE_PX, rng, jitter=rng.uniform(0.03, 0.2), gap=gap, longer=longer):
        if rng.random() >= missing:
            sheet.lay(corners, row, column, profile=profile, terrace=0.4, weight=rng.lognormal(0, spread))
    return transmitted(sheet, rng) if rng.random() < 0.7 else on_surface(sheet, rng)


def monolayer(rng: np.random.Generator) -> Drawn:
    """Draw a monolayer of spheres of 5 to 13 px, whole or in islands."""
    diameter = rng.uniform(5, 13)
    places = hexagonal(
        diameter * rng.uniform(1.0, 1.35), _SIDE_PX, rng, jitter=rng.uniform(0, 0.12), vacancies=rng.uniform(0, 0.2)
    )
    if rng.random() < 0.5:
        places = islands(places, _SIDE_PX, rng, covered=rng.uniform(0.2, 0.9))
    sheet, spread = Sheet(_SIDE_PX), rng.uniform(0.02, 0.12)
    darkness = rng.uniform(0.0, 0.3)
    for row, column in places:
        size = diameter * max(rng.normal(1, spread), 0.5)
        sheet.lay(ellipse(size, size * rng.uniform(0.9, 1)), row, column, weight=rng.lognormal(0, darkness))
    return transmitted(sheet, rng, least_dose=20.0)


def families(rng: np.random.Generator) -> Drawn:
    """Draw two or three families whose sizes differ by up to 1:12, of equal or fainter contrast."""
    large = _log_uniform(rng, 30, 110)
    ratios = sorted(rng.uniform(1.6, 12, int(rng.integers(1, 3))))
    return _of_families(rng, large, ratios, share=rng.uniform(0.05, 0.35), clinging=rng.uniform(0, 0.6))


def satellites(rng: np.random.Generator) -> Drawn:
    """Draw large particles with small ones on their rims, a quarter to a tenth as wide and often fainter."""
    return _of_families(
        rng, _log_uniform(rng, 50, 110), [rng.uniform(4, 10)], share=rng.uniform(0.08, 0.3), clinging=0.95
    )


def companions(rng: np.random.Generator) -> Drawn:
    """Draw large particles with a few small ones among them, a third to a tenth as wide and as dark."""
    return _of_families(
        rng,
        _log_uniform(rng, 40, 110),
        [rng.uniform(3, 10)],
        share=rng.uniform(0.08, 0.35),
        clinging=0.0,
        most_small=int(rng.integers(2, 25)),
        faint=(0.7, 1.2),
    )


def _of_families(
    rng: np.random.Generator,
    large: float,
    ratios: Sequence[float],
    *,
    share: float,
    clinging: float,
    most_small: int = 350,
    faint: tuple[float, float] = (0.3, 1.2),
) -> Drawn:
    """Draw families that cover equal shares of the frame, the smaller ones partly at the rims of the largest."""
    sizes = [large, *(max(large / ratio, 5.0) for ratio in ratios)]
    sheet, profile, outline = Sheet(_SIDE_PX), _profile(rng), _outline(rng)
    contrast = rng.uniform(*faint, len(sizes))
    discs: list[tuple[float, float, float]] = []
    for k, size in enumerate(sizes):
        n = max(int(share * _SIDE_PX**2 / (pi / 4 * size**2)), 2)
        for row, column in anywhere(min(n, most_small if k else 350), _SIDE_PX, rng):
            diameter = size * rng.lognormal(0, 0.1)
            if k and discs and rng.random() < clinging:
                row, column = beside(discs, diameter / 2, rng, overlap=float(rng.choice([0.0, 0.15, -0.1])))
            laid = sheet.lay(
                outline(diameter),
                row,
                column,
                profile=profile,
                weight=contrast[k] * (large / size) ** float(k > 0 and profile != "flat") * rng.lognormal(0, 0.1),
                most_hidden=0.15,
                most_over=0.3,
            )
            if laid and k == 0:
                discs.append((row, column, diameter / 2))
    return transmitted(sheet, rng)


def agglomerates(rng: np.random.Generator) -> Drawn:
    """Draw agglomerates of irregular or faceted particles that lie over each other, in transmission or on a surface."""
    size = _log_uniform(rng, 14, 60)
    adds = rng.random() < 0.6
    sheet, profile = Sheet(_SIDE_PX, adds=adds), _profile(rng)
    spread, darkness = rng.uniform(0.1, 0.4), rng.uniform(0.05, 0.5)
    overlap, kind = rng.uniform(0.0, 0.4), rng.integers(3)
    terrace = rng.uniform(0.3, 0.9)
    n = int(rng.uniform(0.15, 1.3) * _SIDE_PX**2 / (pi / 4 * size**2)) + 2
    discs: list[tuple[float, float, float]] = []
    for row, column in anywhere(n, _SIDE_PX, rng):
        diameter = size * rng.lognormal(0, spread)
        if discs and rng.random() < 0.9:
            row, column = beside(discs, diameter / 2, rng, overlap=overlap * rng.uniform(0, 1))
        if not (-size < row < _SIDE_PX + size and -size < column < _SIDE_PX + size):
            continue
        corners = worn(diameter, rng) if kind else regular(diameter, int(rng.integers(3, 8)), rng, uneven=0.3)
        if sheet.lay(
            corners,
            row,
            column,
            profile=profile,
            terrace=terrace,
            weight=rng.lognormal(0, darkness),
            pattern=_mottled(rng) if rng.random() < 0.5 else None,
        ):
            discs.append((row, column, diameter / 2))
    return transmitted(sheet, rng, darkness=(0.25, 2.0)) if adds else on_surface(sheet, rng)


def rods_and_plates(rng: np.random.Generator) -> Drawn:
    """Draw rods or plates, alone or in stacks, with bend contours and diffraction contrast across them."""
    is_rod = rng.random() < 0.6
    sheet = Sheet(_SIDE_PX)
    width = _log_uniform(rng, 6, 22) if is_rod else _log_uniform(rng, 20, 70)
    aspect, covered = rng.uniform(2, 10), rng.uniform(0.1, 0.6)
    size = width * np.sqrt(aspect) if is_rod else width
    darkness, banded = rng.uniform(0.0, 0.7), rng.uniform(0.2, 1.0)
    n = int(covered * _SIDE_PX**2 / (pi / 4 * size**2)) + 2
    n_corners = int(rng.choice([3, 4, 4, 6]))
    most_hidden = float(rng.choice([0.02, 0.2, 0.4]))
    angle, aligned = rng.uniform(0, pi), rng.random() < 0.4
    last = (0.0, 0.0, 0.0)
    for row, column in anywhere(min(3 * n, 300), _SIDE_PX, rng):
        if sheet.n_particles >= n:
            break
        if is_rod:
            this_width = width * rng.lognormal(0, 0.08)
            if aligned and rng.random() < 0.7 and sheet.n_particles:
                row, column, angle = last
                away = this_width * rng.uniform(0.97, 1.25)
                row, column = row + away * np.cos(angle), column - away * np.sin(angle)
            else:
                angle = rng.uniform(0, pi)
            corners = bar(this_width * aspect * rng.normal(1, 0.1), this_width, -angle, pointed=rng.uniform(0.2, 1))
        else:
            corners = rounded(
                regular(width * rng.lognormal(0, 0.15), n_corners, rng, uneven=0.06), int(rng.integers(3))
            )
        pattern = _bands(rng) if rng.random() < banded else None
        profile: Profile = "dome" if is_rod else "flat"
        weight = rng.lognormal(0, darkness)
        if sheet.lay(corners, row, column, profile=profile, weight=weight, pattern=pattern, most_hidden=most_hidden):
            last = (row, column, angle)
    return transmitted(sheet, rng)


def cubes(rng: np.random.Generator) -> Drawn:
    """Draw cubes and other faceted particles side by side, some of them over each other."""
    size = _log_uniform(rng, 12, 60)
    sheet = Sheet(_SIDE_PX)
    n_corners = int(rng.choice([4, 4, 6, 3]))
    overlap, darkness = float(rng.choice([0.0, 0.0, rng.uniform(0, 0.3)])), rng.uniform(0, 0.4)
    n = int(rng.uniform(0.1, 0.7) * _SIDE_PX**2 / size**2) + 2
    times, closeness = int(rng.integers(0, 3)), rng.uniform(0.85, 1.1)
    hosts: list[tuple[float, float, float]] = []
    for row, column in anywhere(3 * n, _SIDE_PX, rng):
        if sheet.n_particles >= n:
            break
        side, angle = size * rng.lognormal(0, 0.08), rng.uniform(0, 2 * pi)
        if hosts and rng.random() < 0.75:
            row, column, angle = hosts[int(rng.integers(len(hosts)))]
            towards = angle + rng.integers(n_corners) * 2 * pi / n_corners
            away = size * closeness * (1 - overlap * rng.random())
            row, column = row + away * np.sin(towards), column + away * np.cos(towards)
            angle += rng.normal(0, 0.06)
        corners = _regular_at(side, n_corners, angle + pi / n_corners)
        if sheet.lay(
            rounded(corners, times),
            row,
            column,
            profile="flat" if rng.random() < 0.6 else "roof",
            weight=rng.lognormal(0, darkness),
            pattern=_bands(rng) if rng.random() < 0.2 else None,
            most_hidden=0.05 + overlap,
        ):
            hosts.append((row, column, angle))
    return transmitted(sheet, rng)


def shells(rng: np.random.Generator) -> Drawn:
    """Draw hollow particles, or dark cores in faint shells that touch."""
    size, covered = _log_uniform(rng, 16, 70), rng.uniform(0.1, 0.7)
    sheet, hollow = Sheet(_SIDE_PX), rng.random() < 0.5
    inner, shell = rng.uniform(0.35, 0.85), rng.uniform(0.15, 0.6)
    outline = _outline(rng)
    n = int(covered * _SIDE_PX**2 / (pi / 4 * size**2)) + 2
    discs: list[tuple[float, float, float]] = []
    for row, column in anywhere(2 * n, _SIDE_PX, rng):
        diameter = size * rng.lognormal(0, 0.1)
        if discs and rng.random() < 0.5:
            row, column = beside(discs, diameter / 2, rng, overlap=0.0)
        pattern = _hollow(inner) if hollow else _core(inner, shell)
        if sheet.n_particles < n and sheet.lay(outline(diameter), row, column, pattern=pattern, most_hidden=0.05):
            discs.append((row, column, diameter / 2))
    return transmitted(sheet, rng, darkness=(0.4, 2.5))


def supported(rng: np.random.Generator) -> Drawn:
    """Draw small metal particles on a thick, textured support, bright or dark."""
    return _on_support(rng, mean_relief=(0.1, 0.6), most_grain=0.3, darkness=(0.5, 2.0), least_dose=25.0)


def on_thick_support(rng: np.random.Generator) -> Drawn:
    """Draw small metal particles on a support that varies more than they differ from it."""
    return _on_support(rng, mean_relief=(0.3, 1.0), most_grain=0.1, darkness=(0.25, 0.7), least_dose=20.0)


def _on_support(
    rng: np.random.Generator,
    *,
    mean_relief: tuple[float, float],
    most_grain: float,
    darkness: tuple[float, float],
    least_dose: float,
) -> Drawn:
    size = _log_uniform(rng, 5, 24)
    sheet = Sheet(_SIDE_PX)
    clumps = np.maximum(waves(_SIDE_PX, rng.uniform(15, 70), rng) + rng.uniform(-0.5, 1.2), 0)
    grain = waves(_SIDE_PX, rng.uniform(1.5, 8), rng)
    relief = clumps * (1 + rng.uniform(0, most_grain) * grain)
    relief *= rng.uniform(*mean_relief) / max(float(relief.mean()), 1e-3)
    n = int(rng.uniform(0.01, 0.15) * _SIDE_PX**2 / (pi / 4 * size**2)) + 3
    spread, uneven = rng.uniform(0.05, 0.45), rng.uniform(0, 0.3)
    for row, column in anywhere(6 * n, _SIDE_PX, rng):
        on_support = clumps[int(np.clip(row, 0, _SIDE_PX - 1)), int(np.clip(column, 0, _SIDE_PX - 1))] > 0
        if sheet.n_particles >= n or not on_support:
            continue
        diameter = max(size * rng.lognormal(0, spread), 4.0)
        corners = ellipse(diameter * rng.uniform(1, 1.25), diameter, rng.uniform(0, pi))
        sheet.lay(corners, row, column, weight=rng.lognormal(0, uneven), most_hidden=0.1)
    return transmitted(sheet, rng, relief=relief.astype(np.float32), darkness=darkness, least_dose=least_dose)


def fringed(rng: np.random.Generator) -> Drawn:
    """Draw large particles with lattice fringes on them and on their support."""
    size = _log_uniform(rng, 40, 160)
    sheet = Sheet(_SIDE_PX)
    n = int(rng.uniform(0.1, 0.5) * _SIDE_PX**2 / (pi / 4 * size**2)) + 1
    for row, column in anywhere(3 * n, _SIDE_PX, rng):
        if sheet.n_particles < n:
            corners = worn(size * rng.lognormal(0, 0.2), rng)
            sheet.lay(rounded(corners, 2), row, column, pattern=_planes(rng), most_hidden=0.1)
    relief = 0.05 * waves(_SIDE_PX, rng.uniform(1.5, 4), rng)
    if rng.random() < 0.4:
        relief = relief + fringes(_SIDE_PX, rng) * rng.uniform(0.02, 0.2)
    return transmitted(sheet, rng, relief=relief.astype(np.float32), darkness=(0.25, 1.0))


def fringes(side_px: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return one to three sets of lattice fringes, in domains or all over."""
    rows, columns = np.mgrid[:side_px, :side_px].astype(np.float32)
    period = rng.uniform(3, 16)
    level = np.zeros((side_px, side_px), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        angle, phase = rng.uniform(0, 2 * pi, 2)
        along = np.sin(angle) * rows + np.cos(angle) * columns
        level += np.cos(2 * pi * along / (period * rng.uniform(0.9, 1.3)) + phase).astype(np.float32)
    if rng.random() < 0.5:
        level *= np.clip(waves(side_px, rng.uniform(20, 90), rng) + 0.5, 0, 1)
    return level


def _planes(rng: np.random.Generator) -> Pattern:
    def pattern(new: Piece) -> npt.NDArray[Any]:
        return 1 + strength * fringes(len(new.height), rng)

    strength = rng.uniform(0.05, 0.35)
    return pattern


def _bands(rng: np.random.Generator) -> Pattern:
    """Return bend contours: bands across a particle, one or several, lighter or darker."""
    angle, phase = rng.uniform(0, 2 * pi, 2)
    n_bands, bend, depth = rng.uniform(0.4, 2.5), rng.uniform(-1.5, 1.5), rng.uniform(0.2, 0.9)
    sharp = rng.uniform(1, 5)

    def pattern(new: Piece) -> npt.NDArray[Any]:
        side = len(new.height)
        rows, columns = (np.mgrid[:side, :side] - new.reach) / new.reach
        along = np.sin(angle) * rows + np.cos(angle) * columns
        across = np.cos(angle) * rows - np.sin(angle) * columns
        wave = np.cos(pi * n_bands * (along + bend * across**2) + phase)
        return 1 - depth * (0.5 + 0.5 * wave) ** sharp

    return pattern


def _mottled(rng: np.random.Generator) -> Pattern:
    strength, width = rng.uniform(0.05, 0.3), rng.uniform(0.1, 0.4)
    return lambda new: np.maximum(1 + strength * waves(len(new.height), width * len(new.height), rng), 0.2)


def _hollow(inner: float) -> Pattern:
    return lambda new: np.where(_depth(new) < 1 - inner, 1.0, 0.35) / np.maximum(new.height, 1) * new.reach


def _core(inner: float, shell: float) -> Pattern:
    return lambda new: np.where(_depth(new) < 1 - inner, shell, 1.0)


def _depth(new: Piece) -> npt.NDArray[np.float32]:
    """Return the distance to the edge as a share of the largest, from the height of a dome."""
    relative = np.clip(new.height / max(float(new.height.max()), 1e-6), 0, 1)
    return np.asarray(1 - np.sqrt(1 - relative**2), np.float32)


def _regular_at(side: float, n_corners: int, angle: float) -> Corners:
    towards = 2 * pi * np.arange(n_corners) / n_corners + angle
    return sized(np.column_stack([np.sin(towards), np.cos(towards)]), side * 2 / np.sqrt(pi))


def _profile(rng: np.random.Generator) -> Profile:
    profiles: tuple[Profile, ...] = ("dome", "dome", "flat", "roof")
    return profiles[int(rng.integers(len(profiles)))]


def _outline(rng: np.random.Generator) -> Callable[[float], Corners]:
    kind = int(rng.integers(4))
    if kind == 0:
        return lambda diameter: worn(diameter, rng)
    if kind == 1:
        n_corners = int(rng.integers(3, 8))
        return lambda diameter: rounded(regular(diameter, n_corners, rng), 2)
    return lambda diameter: ellipse(diameter * rng.uniform(1, 1.15), diameter, rng.uniform(0, pi))


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
