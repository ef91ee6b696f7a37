"""A film with its truth, drawn frame by frame."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, pi
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
import tifffile

from nanotem.files.replacing import replacing
from nanotem.micrograph import Labels
from nanotem.synthetic.film.film_params import FilmParams
from nanotem.synthetic.film.histories import Floats, Histories, histories, lsw_diameters
from nanotem.synthetic.imaging import Imaging, expose
from nanotem.synthetic.particle import Particle
from nanotem.synthetic.placement import scatter
from nanotem.synthetic.polyhedra import Values
from nanotem.synthetic.scene import add_patch
from nanotem.synthetic.scene_params import SceneParams
from nanotem.synthetic.simulate import draw_particle, imaging_of, relative_diameters
from nanotem.synthetic.support import draw_relief

_LEAST_NUCLEUS_PX = 6.0
"""Nuclei appear at this diameter: smaller ones no threshold tells from the grain of the support."""

_GRAIN_PX = 1.5
"""Width of the grain of the support, which moves with it."""

_ROOM = 1.6
"""Particles that merge or grow need so much more room than their diameters at the start."""


@dataclass(frozen=True, eq=False)
class FilmFrame:
    """One frame: 8-bit pixels, and the number of each particle in `SyntheticFilm.truth` plus one in `labels`."""

    pixels: npt.NDArray[np.uint8]
    labels: Labels


@dataclass(frozen=True, eq=False)
class SyntheticFilm:
    """A drawn film and what happens in it.

    Parameters
    ----------
    params
        What it shows.
    bodies
        The particles, of diameter 1 px and without a place: their shape and orientation.
    lives
        Diameters and places of all of them.
    drift_px
        Shape (frames, 2): how far the support has moved since the first frame, rows and columns.
    """

    params: FilmParams
    bodies: tuple[Particle, ...]
    lives: Histories
    drift_px: Floats

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return self.params.motion.n_frames

    @property
    def nm_per_px(self) -> float:
        """Scale."""
        return self.params.scene.frame.nm_per_px

    @property
    def truth(self) -> pd.DataFrame:
        """One row per particle and frame: frame (from 0), particle, row_px, column_px, diameter_px, is_whole."""
        frame, particle = np.nonzero(np.isfinite(self.lives.diameter_px))
        place = self.lives.place_px[frame, particle] + self.drift_px[frame]
        diameter = self.lives.diameter_px[frame, particle]
        side = self.params.scene.frame.side_px
        edge = np.minimum(place, side - 1 - place).min(axis=1)
        table = pd.DataFrame(
            {"frame": frame, "particle": particle, "row_px": place[:, 0], "column_px": place[:, 1]}
        ).assign(diameter_px=diameter, is_whole=edge > diameter / 2)
        return table[edge > -diameter / 2].reset_index(drop=True)

    @property
    def merges(self) -> pd.DataFrame:
        """One row per coalescence: frame (the first of the child), parent_1, parent_2, child."""
        return pd.DataFrame(self.lives.merges, columns=["frame", "parent_1", "parent_2", "child"], dtype=int)

    def frame(self, number: int) -> FilmFrame:
        """Draw a frame, from 0; each is drawn by itself, and the same whenever it is."""
        scene = self.params.scene
        side, nm_per_px = scene.frame.side_px, scene.frame.nm_per_px
        rng = np.random.default_rng([scene.frame.seed, number])
        thickness, labels = np.zeros((side, side), np.float32), np.zeros((side, side), np.int32)
        for index in np.flatnonzero(np.isfinite(self.lives.diameter_px[number])).tolist():
            row, column = self.lives.place_px[number, index] + self.drift_px[number]
            body = self.bodies[index]
            particle = replace(body, diameter_px=self.lives.diameter_px[number, index], row=row, column=column)
            contrast = np.random.default_rng([scene.frame.seed, index]).normal(
                0, scene.microscope.crystal_contrast, body.body.n_grains
            )
            add_patch(particle.patch(np.exp(contrast)), index + 1, thickness, labels)
        relief = self._relief_at(self.drift_px[number])
        share = number / max(self.n_frames - 1, 1)
        imaging = self._imaging(share)
        pixels = expose(thickness * np.float32(nm_per_px) + relief, imaging, rng)
        return FilmFrame(255 - pixels if scene.frame.inverted else pixels, labels)

    def frames(self) -> Iterator[FilmFrame]:
        """Draw all frames, one after the other."""
        return map(self.frame, range(self.n_frames))

    def write(self, path: Path) -> None:
        """Write the film as a TIFF that ImageJ opens, with scale and frame time.

        Raises
        ------
        NanotemError
            If the file cannot be written.
        """
        metadata = {"axes": "TYX", "unit": "nm", "finterval": self.params.motion.frame_time_s}
        side = self.params.scene.frame.side_px
        with replacing(path) as unfinished:
            tifffile.imwrite(
                unfinished,
                (frame.pixels for frame in self.frames()),
                shape=(self.n_frames, side, side),
                dtype=np.uint8,
                imagej=True,
                resolution=(1 / self.nm_per_px, 1 / self.nm_per_px),
                metadata=metadata,
            )

    def _imaging(self, share: float) -> Imaging:
        """Return the microscope at a share of the film: the support's grain is drawn here, not there."""
        motion, imaging = self.params.motion, imaging_of(self.params.scene)
        blurred = imaging.blur_px + share * motion.focus_drift_px
        fringe = imaging.fringe * imaging.blur_px / blurred
        return replace(imaging, texture=0.0, gradient=0.0, blur_px=blurred, fringe=fringe)

    def _relief_at(self, drift_px: Floats) -> Values:
        """Return the thickness of the support in nm where the camera sees it now."""
        side, margin = self.params.scene.frame.side_px, self._margin
        moved = np.array([[1, 0, margin - drift_px[1]], [0, 1, margin - drift_px[0]]], np.float64)
        return np.asarray(
            cv2.warpAffine(self._relief, moved, (side, side), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
        )

    @cached_property
    def _margin(self) -> int:
        return ceil(float(np.abs(self.drift_px).max())) + 4

    @cached_property
    def _relief(self) -> Values:
        """Thickness of the support in nm, grain included, as far as the camera will ever see."""
        scene = self.params.scene
        shape = (scene.frame.side_px + 2 * self._margin,) * 2
        rng = np.random.default_rng([scene.frame.seed, 1, 1])
        relief = draw_relief(shape, rng, support=scene.frame.support, contamination=scene.frame.contamination)
        grain = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), _GRAIN_PX)
        grain *= np.float32(scene.frame.texture / max(float(grain.std()), 1e-6))
        return np.asarray((relief + grain) * np.float32(scene.microscope.attenuation_nm), np.float32)


def simulate_film(params: FilmParams | None = None, **values: Any) -> SyntheticFilm:
    """Draw a film with its truth; equal parameters give equal pixels. Frames are drawn when they are asked for.

    Parameters
    ----------
    params
        Particles, microscope, frame and what happens.
    values
        In the place of `params`, single parameters by the names of `MotionParams` and of `SceneParams.flat`; the
        others have their defaults. No scale bar is drawn.

    Raises
    ------
    ParameterError
        If a name is unknown, or a value breaks its limits.

    Examples
    --------
    >>> film = simulate_film(n_frames=3, n_particles=5, side_px=256, seed=3)
    >>> film.frame(0).pixels.shape, film.truth["frame"].nunique()
    ((256, 256), 3)
    """
    params = params or FilmParams.of(**values)
    rng = np.random.default_rng(params.scene.frame.seed)
    diameter, place, bodies = _start(params, rng)
    lives = histories(diameter, place, params.motion, least_px=_LEAST_NUCLEUS_PX, rng=rng)
    n_more = lives.diameter_px.shape[1] - len(bodies)
    bodies += tuple(bodies[a] for _, a, _, _ in sorted(lives.merges, key=lambda one: one[3]))[:n_more]
    return SyntheticFilm(params, bodies, lives, _drift(params, rng))


def _start(params: FilmParams, rng: np.random.Generator) -> tuple[Floats, Floats, tuple[Particle, ...]]:
    """Return diameters, places and bodies of the particles that the film begins with, with room for what happens."""
    scene, motion = params.scene, params.motion
    side = scene.frame.side_px
    mean_px = scene.particles.diameter_nm / scene.frame.nm_per_px
    relative = _relative(scene, params, rng)
    most = motion.final_size if motion.process in ("growth", "ripening") else 1.0
    room = max(most, 1.0) if motion.process != "coalescence" else _ROOM
    wide = [draw_particle(max(d * mean_px * room, 2.0), scene.particles, rng) for d in relative]
    placed = scatter(wide, shape=(side, side), keep_out=(0, 0, 0, 0), rng=rng)
    diameter = np.array([one.diameter_px / room for one in placed])
    place = np.array([(one.row, one.column) for one in placed]).reshape(-1, 2)
    return diameter, place, tuple(replace(one, diameter_px=1.0, row=0.0, column=0.0) for one in placed)


def _relative(scene: SceneParams, params: FilmParams, rng: np.random.Generator) -> Floats:
    if params.motion.process == "ripening":
        return lsw_diameters(scene.particles.n_particles, params.motion.exponent, rng)
    return relative_diameters(scene.particles, rng)


def _drift(params: FilmParams, rng: np.random.Generator) -> Floats:
    """Return how far the support has moved, shape (frames, 2)."""
    motion = params.motion
    towards = rng.uniform(0, 2 * pi)
    steady = motion.drift_px * np.array([np.sin(towards), np.cos(towards)])
    steps = steady + rng.normal(0, motion.drift_jitter_px, (motion.n_frames, 2))
    steps[0] = 0
    return np.asarray(steps.cumsum(axis=0))
