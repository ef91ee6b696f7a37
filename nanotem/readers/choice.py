"""Which of the images in a file shows the specimen, and which one is taken."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nanotem.errors import ParameterError
from nanotem.micrograph import ImageInFile
from nanotem.readers.decoded import Decoded

_MOST_NAMED = 8
"""A note names so many of the other images and counts the rest: more is not read."""

_NO_SPECIMEN = (
    (r"super-?x|\bx?eds\b|\bedx\b|\bedxs?\b|x-ray|\bchemi", "element map"),
    (r"eels|spectr|\bmap\b|thickness|elemental", "map or spectrum"),
    (r"\bfft\b|fourier", "Fourier transform"),
    (r"diffract|\bsaed?d?\b|\bcbed\b|\bnbed\b|ronchigram|kikuchi", "diffraction"),
    (r"preview|thumbnail", "preview"),
)
"""What detectors and titles are called that show no image of the specimen."""

_ELEMENTS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "
    "Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au "
    "Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm"
)
_ELEMENT_LINE = re.compile(rf"(?:{_ELEMENTS.replace(' ', '|')})(?:[-_ ]?[KLMN](?:[αβγabg]\d?)?)?")
"""An element, alone or with its line: "Au", "Au-L", "Pt_La"."""

_PREFERRED = (
    r"haadf",
    r"\b(m|l)?aadf\b|\badf\d*\b|\ba?bf\b|\bdf\d*\b|bright.?field|dark.?field",
    r"ceta|falcon|oneview|ultrascan|orius|rio\d|\bk[23]\b|eagle|ccd|cmos|camera|tvips|tem image",
)
"""Names of images of the specimen, the best for particles first: what is bright in HAADF is heavy."""


@dataclass(frozen=True)
class Choice:
    """What a person asked for: an image of the file by its number from 1 (None: the default), and a frame of it."""

    image: int | None = None
    frame: int = 1


@dataclass(frozen=True, eq=False)
class StoredImage:
    """An image in a file, decoded when it is taken.

    Parameters
    ----------
    shape
        Rows and columns as the file claims.
    decode
        Takes the index of a frame, from 0.
    name, n_frames, what
        As in `ImageInFile`.
    frame_axes
        What the frames are counted by, from the slowest to the fastest: the letter that the file gives each axis (T
        time, Z depth, C channel), or what its unit tells (X places, E energies), and its length; empty where nothing
        tells.
    frame_time_s
        From one frame to the next, as far as the file says.
    """

    shape: tuple[int, int]
    decode: Callable[[int], Decoded]
    name: str = ""
    n_frames: int = 1
    what: str = ""
    frame_axes: tuple[tuple[str, int], ...] = ()
    frame_time_s: float | None = None


def what_it_shows(*names: str) -> str:
    """Return what an image of this detector and title shows instead of the specimen; blank if nothing says so."""
    for name in names:
        if _ELEMENT_LINE.fullmatch(name.strip()):
            return "element map"
        for pattern, what in _NO_SPECIMEN:
            if re.search(pattern, name, re.IGNORECASE):
                return what
    return ""


def images_of(stored: Sequence[StoredImage]) -> tuple[ImageInFile, ...]:
    """Describe the images of a file, in its order."""
    return tuple(
        ImageInFile(number, image.name, image.shape, image.n_frames, image.what)
        for number, image in enumerate(stored, start=1)
    )


def default_image(images: Sequence[ImageInFile]) -> ImageInFile:
    """Return the image that is taken if nobody chooses: the one that shows the specimen."""
    return min(images, key=_preference)


def take(stored: Sequence[StoredImage], choice: Choice) -> Decoded:
    """Decode the chosen image, or the one that shows the specimen.

    Raises
    ------
    ParameterError
        If there is no such image or frame.
    """
    images = images_of(stored)
    default = default_image(images)
    number = default.number if choice.image is None else choice.image
    if not 1 <= number <= len(images):
        raise ParameterError(
            f"Image {number} was asked for, the file holds {len(images)}.", f"Choose one of: {_named(images)}."
        )
    image = images[number - 1]
    if not 1 <= choice.frame <= image.n_frames:
        raise ParameterError(
            f"Frame {choice.frame} was asked for, the image has {image.n_frames}.",
            f"Choose a frame from 1 to {image.n_frames}.",
        )
    decoded = stored[number - 1].decode(choice.frame - 1)
    return replace(
        decoded,
        notes=(*_notes(images, image, choice.frame), *decoded.notes),
        images=images,
        number=number,
        frame=choice.frame,
        is_default=number == default.number and choice.frame == 1,
    )


def _preference(image: ImageInFile) -> tuple[bool, int, int]:
    """Sort images of the specimen first, those of the best detectors before others, then as they are stored."""
    ranks = (rank for rank, pattern in enumerate(_PREFERRED) if re.search(pattern, image.name, re.IGNORECASE))
    return not image.shows_specimen, next(ranks, len(_PREFERRED)), image.number


def _notes(images: tuple[ImageInFile, ...], image: ImageInFile, frame: int) -> tuple[str, ...]:
    notes = []
    if len(images) > 1:
        named = f", {image.name}," if image.name else ""
        others = tuple(other for other in images if other is not image)
        notes.append(f"Image {image.number} of {len(images)}{named} was taken; the file also holds {_named(others)}.")
    if image.what:
        notes.append(f"The image that was taken is no image of the specimen, but: {image.what}.")
    if image.n_frames > 1:
        notes.append(f"Frame {frame} of {image.n_frames} was taken.")
    return tuple(notes)


def _named(images: tuple[ImageInFile, ...]) -> str:
    more = len(images) - _MOST_NAMED
    return "; ".join(map(str, images[:_MOST_NAMED])) + (f"; and {more} more" if more > 0 else "")
