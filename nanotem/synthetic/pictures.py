"""Small pictures of single particles, one folder per class: what classifiers learn from."""

from collections.abc import Callable, Mapping
from math import pi
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.files.replacing import write_file
from nanotem.synthetic.catalogue import draw_body, draw_rotation
from nanotem.synthetic.files import each, png
from nanotem.synthetic.imaging import expose
from nanotem.synthetic.outline import Points
from nanotem.synthetic.particle import Particle
from nanotem.synthetic.scene_params import SHAPES, SceneParams
from nanotem.synthetic.simulate import imaging_of

PictureKind = Literal["outlines", "silhouettes", "particles"]

_SIZES = (0.55, 0.9)
"""Diameter of the circle around a particle, as a share of the picture."""
_SHIFT_SHARE = 0.04
_ACUTE_DEG = (30, 70)
_FRACTION_BITS = 4
_CHUNK = 200

Picture = npt.NDArray[np.uint8]


def classes_of(kind: PictureKind, params: SceneParams) -> tuple[str, ...]:
    """Return the classes of which pictures of a kind are drawn."""
    if kind == "outlines":
        return tuple(_OUTLINES)
    particles = params.particles
    second = SHAPES[particles.second_shape] if particles.share < 1 else ()
    return tuple(dict.fromkeys([*SHAPES[particles.shape], *second]))


def draw_picture(
    kind: PictureKind, class_name: str, rng: np.random.Generator, params: SceneParams, *, side_px: int = 64
) -> Picture:
    """Draw one particle of a class.

    Parameters
    ----------
    kind
        "outlines": a line drawing of a plane figure, black on white; a rhombus is a sheared square with an acute angle
        of 30 to 70 degrees. "silhouettes": a black solid on white. "particles": a solid as the microscope shows it.
    class_name
        One of `classes_of`.
    rng
        Source of all chance: the same state gives the same pixels.
    params
        Of it count the lie of the particles, the imaging, the diameter (it decides how dark a particle is) and the
        inversion.
    side_px
        Rows and columns.
    """
    size_px = side_px * rng.uniform(*_SIZES)
    centre = (side_px - 1) / 2 + rng.normal(0, _SHIFT_SHARE * side_px, 2).clip(-0.05 * side_px, 0.05 * side_px)
    if kind == "outlines":
        picture = _line_drawing(_OUTLINES[class_name](rng), size_px, centre, side_px, rng)
    else:
        picture = _solid(kind, class_name, size_px, centre, side_px, params, rng)
    return 255 - picture if params.frame.inverted else picture


def write_pictures(
    out: Path, kind: PictureKind, params: SceneParams, *, count: int, side_px: int = 64, processes: int = 1
) -> dict[str, int]:
    """Draw pictures, all classes equally often, and write them as OUT/CLASS/NUMBER.png.

    Parameters
    ----------
    out
        Folder.
    kind, params, side_px
        As for `draw_picture`; the seed and its number decide a picture.
    count
        How many in all.
    processes
        How many work at once; it changes nothing in the files.

    Returns
    -------
    dict
        How many pictures of each class were written.

    Raises
    ------
    ParameterError
        If the kind is unknown.
    NanotemError
        If a file cannot be written.
    """
    if kind not in get_args(PictureKind):
        raise ParameterError(f"There are no pictures of {kind!r}.", f"Use one of {', '.join(get_args(PictureKind))}.")
    classes = classes_of(kind, params)
    jobs = [(out, kind, classes[n % len(classes)], n, params, side_px) for n in range(count)]
    written = list(each(_write, jobs, processes=processes, chunk=_CHUNK))
    return {name: written.count(name) for name in classes}


def _write(job: tuple[Path, PictureKind, str, int, SceneParams, int]) -> str:
    out, kind, class_name, number, params, side_px = job
    rng = np.random.default_rng((params.frame.seed, number))
    picture = draw_picture(kind, class_name, rng, params, side_px=side_px)
    write_file(out / class_name / f"{number:06d}.png", png(picture))
    return class_name


def _solid(
    kind: PictureKind,
    class_name: str,
    size_px: float,
    centre: Points,
    side_px: int,
    params: SceneParams,
    rng: np.random.Generator,
) -> Picture:
    body = draw_body(class_name, rng, ideal=params.particles.ideal)
    rotation = draw_rotation(body, rng, facet_down=bool(rng.random() < params.particles.facet_down))
    particle = Particle(body, size_px / (2 * body.reach), rotation)
    imaging = imaging_of(params)
    patch = particle.at(*centre).patch(np.exp(rng.normal(0, imaging.crystal_contrast, body.n_grains)))
    into = np.array([[1, 0, patch.left], [0, 1, patch.top]], np.float32)
    shown = patch.coverage if kind == "silhouettes" else patch.weighted_px
    image = cv2.warpAffine(shown, into, (side_px, side_px), flags=cv2.INTER_NEAREST)
    if kind == "silhouettes":
        return np.asarray(np.rint(255 * (1 - image)), np.uint8)
    return expose(image * np.float32(params.particles.diameter_nm / particle.diameter_px), imaging, rng)


def _line_drawing(corners: Points, size_px: float, centre: Points, side_px: int, rng: np.random.Generator) -> Picture:
    """Draw a closed line through corners, in any direction."""
    turn = rng.uniform(0, 2 * pi)
    turned = corners @ [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    places = turned * size_px / 2 / np.hypot(*turned.T).max() + centre
    line = np.rint(places[:, ::-1] * 2**_FRACTION_BITS).astype(np.int32)
    picture = np.full((side_px, side_px), 255, np.uint8)
    cv2.polylines(picture, [line], True, 0, int(rng.integers(1, 3)), cv2.LINE_AA, _FRACTION_BITS)
    return picture


def _regular(n_corners: int) -> Points:
    towards = 2 * pi * np.arange(n_corners) / n_corners
    return np.column_stack([np.sin(towards), np.cos(towards)])


def _rhombus(rng: np.random.Generator) -> Points:
    """Shear a square until its acute angle is between 30 and 70 degrees; all sides stay equal."""
    half = np.deg2rad(rng.uniform(*_ACUTE_DEG)) / 2
    return _regular(4) * (np.sin(half), np.cos(half))


_OUTLINES: Mapping[str, Callable[[np.random.Generator], Points]] = MappingProxyType(
    {
        "circle": lambda rng: _regular(72),
        "ellipse": lambda rng: _regular(72) * (rng.uniform(0.4, 0.8), 1.0),
        "triangle": lambda rng: _regular(3),
        "square": lambda rng: _regular(4),
        "rhombus": _rhombus,
        "pentagon": lambda rng: _regular(5),
        "hexagon": lambda rng: _regular(6),
    }
)
