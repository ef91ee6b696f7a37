"""Images that a study holds more than once: they count once for their sample."""

from collections import Counter

from nanotem.study.record import read_record
from nanotem.study.study import Study, StudyImage


def copies_of(study: Study) -> frozenset[str]:
    """Return the names of images that do not count, as another one of their sample holds the same image.

    The same is what has the same bytes, or the same grey values in whatever format. Of such images that are done the
    first counts that has a scale, or the first if none has.
    """
    done = [image for image in study.images if image.status == "done"]
    times = Counter(key for image in done for key in _keys(image))
    several = [image for image in done if any(times[key] > 1 for key in _keys(image))]
    taken: set[tuple[str, str]] = set()
    copies = set()
    for image in sorted(several, key=lambda image: not _has_scale(study, image)):
        if _keys(image) & taken:
            copies.add(image.name)
        taken |= _keys(image)
    return frozenset(copies)


def _keys(image: StudyImage) -> set[tuple[str, str]]:
    return {(image.sample, content) for content in (image.id, image.pixels) if content}


def _has_scale(study: Study, image: StudyImage) -> bool:
    record = read_record(study, image)
    return record is not None and record.summary.get("nm_per_px") is not None
