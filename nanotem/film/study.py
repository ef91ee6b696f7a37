"""A film in a folder: how it is analysed, what was found in each frame, and the whole of it."""

import json
from collections.abc import Generator, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from nanotem.batch import Workers
from nanotem.edits.edits import Edit
from nanotem.edits.file import read_edits, write_edits
from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.files.replacing import write_file
from nanotem.film.frame_result import read_record
from nanotem.film.history import FilmHistory, gather
from nanotem.film.link_params import LinkParams
from nanotem.film.part import FilmPart
from nanotem.film.reading_params import ReadingParams
from nanotem.film.run import run_film
from nanotem.film.settle import for_every_frame, settle
from nanotem.film.task import FilmPlace
from nanotem.recipe import Recipe
from nanotem.recipe.file import read_recipe, write_recipe
from nanotem.study.folder import check_is_for, writing
from nanotem.study.software import software

_FORMAT = 1
_FILE, _EDITS = "film.json", "edits.toml"
_LARGEST_BYTES = 1_000_000
"""Of `film.json`, which has a few kB."""

_KNOWN = ("n_stored", "stored_shape", "nm_per_px", "frame_time_s", "notes", "film_id", "versions")
"""What a run finds out about its film."""


@dataclass(frozen=True)
class FilmStudy:
    """A film that is analysed into a folder.

    Parameters
    ----------
    folder
        Where results are kept.
    place
        The film, and how it is read.
    recipe
        How its frames are analysed.
    as_given
        Whether the method "automatic" is kept for every frame.
    link
        How particles are linked: it can be changed afterwards, without another look at the frames.
    n_stored, stored_shape
        How many frames the file holds, and the rows and columns of each; none before it was looked at.
    nm_per_px, frame_time_s
        In force, None where they are not known.
    notes
        What was settled.
    film_id
        Of the film as it is read, to which corrections belong.
    versions
        Of the software and the networks that analysed it, see `nanotem.study.software`.
    """

    folder: Path
    place: FilmPlace
    recipe: Recipe = field(default_factory=Recipe)
    as_given: bool = False
    link: LinkParams = field(default_factory=LinkParams)
    n_stored: int = 0
    stored_shape: tuple[int, int] = (0, 0)
    nm_per_px: float | None = None
    frame_time_s: float | None = None
    notes: tuple[str, ...] = ()
    film_id: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def part(self) -> FilmPart:
        """Which part of the file is analysed."""
        return FilmPart(self.n_stored, self.stored_shape, self.place.reading)

    @property
    def n_frames(self) -> int:
        """How many frames are analysed."""
        return self.part.n_frames

    @property
    def recipe_of_frames(self) -> Recipe:
        """What every frame was analysed with: a fast method in the place of Automatic, unless that was wanted."""
        return self.recipe if self.as_given else for_every_frame(self.recipe)[0]

    def run(self, workers: Workers) -> Generator[tuple[int, int]]:
        """Settle what all frames have in common, then analyse those that have no result yet; see `run_film`.

        Yields
        ------
        tuple of int
            How many frames are done, and how many there are.

        Raises
        ------
        NanotemError
            If the film cannot be read, the folder holds a batch, another run writes to it, or it cannot be written.
        """
        check_is_for(self.folder, _FILE)
        with writing(self.folder):
            film = self.place.open()
            settled = settle(film, self.recipe, as_given=self.as_given)
            scale = settled.scale.nm_per_px if settled.scale else None
            source = film.source
            known = replace(self, n_stored=source.n_frames, stored_shape=source.shape, nm_per_px=scale, film_id=film.id)
            used = software([settled.recipe])
            _write(replace(known, frame_time_s=film.frame_time_s, notes=settled.notes, versions=used))
            for n_done in run_film(self.place, settled, self.folder, workers, n_frames=film.n_frames):
                yield n_done, film.n_frames

    def history(self, link: LinkParams | None = None) -> FilmHistory:
        """Return what was found, linked, with the corrections that were kept.

        Raises
        ------
        NanotemError
            If not every frame was analysed yet, or a file is damaged.
        """
        if not self.n_frames:
            raise NanotemError(
                f"{self.folder} does not say how many frames its film has.",
                "Run the analysis again: it goes on where it was.",
            )
        edits, edit_notes = self._kept_edits()
        return gather(
            self.folder,
            self.part,
            nm_per_px=self.nm_per_px,
            frame_time_s=self.frame_time_s,
            link=link or self.link,
            notes=self.notes + edit_notes,
            edits=edits,
        )

    def edits(self) -> tuple[Edit, ...]:
        """Return the links that were cut or joined by hand; none from a file that belongs to another film."""
        return self._kept_edits()[0]

    def keep_edits(self, edits: Iterable[Edit]) -> None:
        """Keep corrections with the film.

        Raises
        ------
        NanotemError
            If the file cannot be written.
        """
        write_file(self.folder / _EDITS, write_edits(edits, image_id=self.film_id).encode())

    def keep_link(self, link: LinkParams) -> "FilmStudy":
        """Keep how particles are linked with the film, and return the study with it.

        Raises
        ------
        NanotemError
            If the file cannot be written.
        """
        study = replace(self, link=link)
        _write(study)
        return study

    @property
    def is_complete(self) -> bool:
        """Whether every frame has a result, or the reason why there is none."""
        return self.n_frames > 0 and all(read_record(self.folder, number) for number in range(self.n_frames))

    def _kept_edits(self) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
        try:
            text = (self.folder / _EDITS).read_text(encoding="utf-8")
            return read_edits(text, image_id=self.film_id), ()
        except FileNotFoundError:
            return (), ()
        except (OSError, ValueError) as error:
            return (), (f"{_EDITS} was left aside. {error}",)


def open_film_study(folder: Path) -> FilmStudy:
    """Open the folder of a film that was analysed.

    Raises
    ------
    UnreadableFileError
        If it holds no film, or one of another version.
    ParameterError
        If what the film was analysed with breaks its limits.
    """
    path = folder / _FILE
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError(f"it has more than {_LARGEST_BYTES:,} bytes")
        return _read(folder, json.loads(path.read_text(encoding="utf-8")))
    except NanotemError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableFileError(
            f"{folder} holds no analysed film that can be opened ({error}).", "Analyse the film into a new folder."
        ) from error


def _write(study: FilmStudy) -> None:
    place = study.place
    values = {
        "format": _FORMAT,
        "film": str(place.path.resolve()),
        "image": place.image,
        "reading": asdict(place.reading),
        "given": {"nm_per_px": place.nm_per_px, "frame_time_s": place.frame_time_s},
        "recipe": write_recipe(study.recipe),
        "as_given": study.as_given,
        "link": asdict(study.link),
        **{name: getattr(study, name) for name in _KNOWN},
    }
    write_file(study.folder / _FILE, json.dumps(values, indent=1).encode())


def _read(folder: Path, values: dict[str, Any]) -> FilmStudy:
    if values["format"] != _FORMAT:
        raise ValueError(f"its format is {values['format']}, not {_FORMAT}")
    place = FilmPlace(Path(values["film"]), values["image"], ReadingParams(**values["reading"]), **values["given"])
    rows, columns = values.get("stored_shape", (0, 0))  # folders of before have neither: the next run finds both out
    return FilmStudy(
        folder,
        place,
        read_recipe(values["recipe"]),
        bool(values["as_given"]),
        LinkParams(**values["link"]),
        int(values.get("n_stored", 0)),
        (int(rows), int(columns)),
        values["nm_per_px"],
        values["frame_time_s"],
        tuple(map(str, values["notes"])),
        str(values.get("film_id", "")),
        {str(name): str(version) for name, version in values.get("versions", {}).items()},
    )
