"""The record of an image: what its result follows from, its numbers, and the checksums of its files.

It is written last, so that where a record is, all is; and it has a checksum itself, so that no bit that changes on a
disk can change a number.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from nanotem.errors import UnreadableFileError
from nanotem.files.digest import sha256_of
from nanotem.files.replacing import write_file
from nanotem.study.study import Kind, Study, StudyImage

_LARGEST_BYTES = 64 * 1024**2
"""The corrections in it may replace all labels of a large image, packed; such a record has had up to 10 MB."""


@dataclass(frozen=True)
class Record:
    """What is known of the result of an image.

    Parameters
    ----------
    image
        Its "path" and "sample" at that time.
    origin
        From `nanotem.study.origin`.
    summary
        The fields of `nanotem.summary.ImageSummary`.
    files
        SHA-256 of each file of the result, by its kind.
    edges
        What they say of their profile: the fields of `nanotem.outlines.ProfileScores`; empty where nobody asked.
    shapes
        By "outline" and "solid" the fields of `nanotem.morphology.population.ClassCounts`; empty where nobody asked.
    shares
        By the same the part of the population that each class is, as `nanotem.study.shares` keeps it; empty where
        nobody asked, and in records of versions that did not keep it.
    """

    image: Mapping[str, str]
    origin: Mapping[str, Any]
    summary: Mapping[str, Any]
    files: Mapping[str, str]
    edges: Mapping[str, Any] = field(default_factory=dict)
    shapes: Mapping[str, Any] = field(default_factory=dict)
    shares: Mapping[str, Any] = field(default_factory=dict)


def write_record(
    study: Study,
    image: StudyImage,
    origin: Mapping[str, Any],
    summary: Mapping[str, Any],
    contents: Mapping[Kind, bytes],
    *,
    edges: Mapping[str, Any] | None = None,
    shapes: Mapping[str, Any] | None = None,
    shares: Mapping[str, Any] | None = None,
) -> None:
    """Write the files of a result and then its record, among the drafts of the study if it has some; see `Record`.

    Raises
    ------
    NanotemError
        If a file cannot be written.
    """
    for kind, content in contents.items():
        write_file(study.draft(image, kind), content)
    record = {
        "image": {"path": image.path, "sample": image.sample},
        "origin": origin,
        "summary": summary,
        "files": {kind: hashlib.sha256(content).hexdigest() for kind, content in contents.items()},
        "edges": edges or {},
        **({"shapes": shapes} if shapes else {}),
        **({"shares": shares} if shares else {}),
    }
    sealed = {"record": record, "sha256": _digest(record)}
    write_file(study.draft(image, "records"), json.dumps(sealed, indent=1).encode())


def read_record(study: Study, image: StudyImage) -> Record | None:
    """Return the record of an image; None if it is not there, or was changed."""
    return _record(study.file(image, "records"))


def has_its_files(study: Study, image: StudyImage, record: Record) -> bool:
    """Whether each file of a result is there as it was written, bit by bit."""
    kinds: tuple[Kind, ...] = ("particles", "labels", "previews")
    return all(digest_of(study.file(image, kind)) == record.files.get(kind) for kind in kinds)


def digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file, which is read again only after it was written to; None if it cannot be read."""
    try:
        state = path.stat()
        return _digest_of_state(path, state.st_ino, state.st_size, state.st_mtime_ns)
    except (OSError, UnreadableFileError):
        return None


@lru_cache(maxsize=100_000)  # some 30 MB, for the files of 30,000 images
def _digest_of_state(path: Path, *state: int) -> str:
    return sha256_of(path)


def _record(path: Path) -> Record | None:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return None
        saved = json.loads(path.read_bytes())
        record = saved["record"]
        if saved["sha256"] != _digest(record):
            return None
        parts = {name: record[name] for name in ("image", "origin", "summary", "files")}
        parts |= {name: record.get(name, {}) for name in ("edges", "shapes", "shares")}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return Record(**parts) if all(isinstance(part, dict) for part in parts.values()) else None


def _digest(record: object) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
