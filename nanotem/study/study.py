"""What a study is: a folder, a recipe, and images with their states."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Literal, get_args

from nanotem.errors import ParameterError
from nanotem.files.names import safe_stem
from nanotem.micrograph import Scale
from nanotem.recipe import Recipe

Status = Literal["waiting", "done", "failed"]

Kind = Literal["particles", "labels", "previews", "edits"]

SUFFIXES: Mapping[Kind, str] = MappingProxyType(
    {"particles": ".parquet", "labels": ".tif", "previews": ".jpg", "edits": ".toml"}
)
"""The folders of a study with one file per image, and the suffix of these files."""

UPLOADS = "images"
"""The folder of the images that were uploaded; those on disk stay where they are."""

_LONGEST_SUFFIX = 10


@dataclass(frozen=True)
class StudyImage:
    """An image of a study.

    Parameters
    ----------
    name
        Its name in the study, different from all others: it names the image's files.
    path
        Where the image is; relative to the study if it lies inside.
    sample
        Name of the sample that it shows.
    id
        SHA-256 of its bytes; empty until it was read.
    status, reason
        Whether it was analysed, and why not.
    scale
        The scale that was set by hand for this image, which wins over all others.

    Raises
    ------
    ParameterError
        If the name cannot name a file, or the status is unknown.
    """

    name: str
    path: str
    sample: str = ""
    id: str = ""
    status: Status = "waiting"
    reason: str = ""
    scale: Scale | None = None

    def __post_init__(self) -> None:
        if self.name != as_file_name(self.name):
            raise ParameterError(
                f"{self.name[:80]!r} cannot name an image of a study.", f"Call it {as_file_name(self.name)!r}."
            )
        if self.status not in get_args(Status):
            raise ParameterError(
                f"{self.name} has an unknown status, {self.status!r}.", f"Use one of {', '.join(get_args(Status))}."
            )


@dataclass(frozen=True)
class Study:
    """Images and what to do with all of them.

    Parameters
    ----------
    folder
        Where it is kept.
    recipe
        Parameters of every stage.
    images
        In the order of their names.
    nm_per_px, bar_length_nm
        Scale, or length of the scale bar, where neither a person nor the file gives a scale.
    versions
        Of the software that analysed it last; see `nanotem.provenance`.
    """

    folder: Path
    recipe: Recipe = field(default_factory=Recipe)
    images: tuple[StudyImage, ...] = ()
    nm_per_px: float | None = None
    bar_length_nm: float | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (name, times), *_ = Counter(image.name for image in self.images).most_common(1) or [("", 0)]
        if times > 1:
            raise ParameterError(f"{times} images of the study are called {name}.", "Give each a name of its own.")
        object.__setattr__(self, "images", tuple(sorted(self.images, key=lambda image: image.name)))

    def image(self, name: str) -> StudyImage:
        """Return the image of a name.

        Raises
        ------
        ParameterError
            If there is none.
        """
        for image in self.images:
            if image.name == name:
                return image
        raise ParameterError(f"The study has no image {name!r}.", "Open the study again.")

    def with_image(self, image: StudyImage) -> "Study":
        """Return the study with an image in the place of the one of the same name, or added."""
        others = (other for other in self.images if other.name != image.name)
        return replace(self, images=(*others, image))

    def path_of(self, image: StudyImage) -> Path:
        """Return where the image itself is."""
        return self.folder / image.path

    def file(self, image: StudyImage, kind: Kind) -> Path:
        """Return where something that belongs to an image is kept."""
        return self.folder / kind / f"{image.name}{SUFFIXES[kind]}"


def as_file_name(name: str) -> str:
    """Return a name that can name a file on every system; folders are cut off, a good name stays as it is."""
    last = PurePath(name.replace("\\", "/"))
    return safe_stem(last.name) + re.sub(r"[^\w.]", "_", last.suffix)[:_LONGEST_SUFFIX]
