"""What a study is: a folder, and images with their settings and states."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any, Literal, get_args

from nanotem.errors import ParameterError
from nanotem.files.names import safe_stem
from nanotem.micrograph import Scale
from nanotem.outlines import ClassWeights
from nanotem.outlines.params import OutlineParams
from nanotem.recipe import Recipe
from nanotem.study.settings import Settings

Status = Literal["waiting", "done", "failed"]

Kind = Literal["particles", "labels", "previews", "records", "edits"]

SUFFIXES: Mapping[Kind, str] = MappingProxyType(
    {"particles": ".parquet", "labels": ".tif", "previews": ".jpg", "records": ".json", "edits": ".toml"}
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
    settings
        What it is analysed with: two magnifications live in one study.
    class_weights
        How probable each profile of the edges is in its sample, as `OutlineParams` has it; empty until it is settled.
    pixels
        SHA-256 of its shape and grey values; empty until it was read.

    Raises
    ------
    ParameterError
        If the name cannot name a file, the path is none, the status is unknown, or the weights are none.
    """

    name: str
    path: str
    sample: str = ""
    id: str = ""
    status: Status = "waiting"
    reason: str = ""
    scale: Scale | None = None
    settings: Settings = field(default_factory=Settings)
    class_weights: ClassWeights = ()
    pixels: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sample", _as_text(self.sample))
        object.__setattr__(self, "reason", _as_text(self.reason))
        object.__setattr__(self, "class_weights", OutlineParams(class_weights=self.class_weights).class_weights)
        if self.name != as_file_name(self.name):
            raise ParameterError(
                f"{self.name[:80]!r} cannot name an image of a study.", f"Call it {as_file_name(self.name)!r}."
            )
        if "\0" in self.path:
            raise ParameterError(f"{self.path[:80]!r} is the path of no file.", "Add the image again.")
        if self.status not in get_args(Status):
            raise ParameterError(
                f"{self.name} has an unknown status, {self.status!r}.", f"Use one of {', '.join(get_args(Status))}."
            )

    @property
    def recipe(self) -> Recipe:
        """What it is measured with: the recipe of its settings, with the profile that was settled for its sample."""
        recipe = self.settings.recipe
        if not self.class_weights or recipe.outlines.classes != "automatic":
            return recipe
        return replace(recipe, outlines=replace(recipe.outlines, class_weights=self.class_weights))


@dataclass(frozen=True)
class Study:
    """Images, and where their results are.

    Parameters
    ----------
    folder
        Where it is kept.
    images
        In the order of their names.
    versions
        Of the software that analysed it last; see `nanotem.study.software`.
    notes
        What a person should know about its opening; not kept.
    drafts
        Folder in the study for the results of one run until that run takes them in; not kept.
    """

    folder: Path
    images: tuple[StudyImage, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=(), compare=False)
    drafts: str = field(default="", compare=False)

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

    def values(self, option: str) -> tuple[Any, ...]:
        """Return the different values that the images have of one of their settings."""
        return tuple(dict.fromkeys(getattr(image.settings, option) for image in self.images))

    def with_settings(self, given: Mapping[str, Any]) -> "Study":
        """Return the study with settings that are given, by name, for all images; those that change wait again."""
        changed = ((image, replace(image.settings, **given)) for image in self.images)
        return replace(
            self,
            images=tuple(
                image if settings == image.settings else replace(image, settings=settings, status="waiting")
                for image, settings in changed
            ),
        )

    def path_of(self, image: StudyImage) -> Path:
        """Return where the image itself is."""
        return self.folder / image.path

    def file(self, image: StudyImage, kind: Kind) -> Path:
        """Return where something that belongs to an image is kept."""
        return self.folder / kind / f"{image.name}{SUFFIXES[kind]}"

    def draft(self, image: StudyImage, kind: Kind) -> Path:
        """Return where something that belongs to an image is written: its place, or the drafts of the run."""
        return self.folder / self.drafts / kind / f"{image.name}{SUFFIXES[kind]}"


def as_file_name(name: str) -> str:
    """Return a name that can name a file on every system; folders are cut off, a good name stays as it is."""
    last = PurePath(name.replace("\\", "/"))
    return safe_stem(last.name) + re.sub(r"[^\w.]", "_", last.suffix)[:_LONGEST_SUFFIX]


def _as_text(text: str) -> str:
    """Return a text that can be written: bytes of a file name that are no UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode()
