"""The profile of the edges, settled once for all images of a sample, so that they are measured alike.

Sharp images can tell the profile, blurred ones cannot: judged one by one, two images of the same particles may come out
as flat and as rounded, and their sizes apart by the blur.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from nanotem.outlines import ClassWeights, ProfileScores
from nanotem.outlines.params import OutlineParams
from nanotem.study.from_json import from_json
from nanotem.study.origin import is_analysed
from nanotem.study.record import read_record
from nanotem.study.study import Status, Study, StudyImage
from nanotem.study.upload import damage_of

_N_LOOKED_AT = 5
"""Images of a sample that are looked at, evenly spread over their names: each is analysed once more with what they show
together, and 8 particles count as independent witnesses however many there are."""


def to_look_at(study: Study) -> tuple[StudyImage, ...]:
    """Return the images that are to be analysed before the profiles of their samples can be settled.

    They are some of each sample whose profile is not settled yet, to be measured each by itself. A sample with a single
    image has none, and images without a sample are always measured by themselves.
    """
    return tuple(
        replace(image, class_weights=())
        for images in _samples(study)
        if not _kept(study, images)
        for image in _some(study, images)
    )


def with_profiles_settled(study: Study) -> Study:
    """Return the study with a profile for every sample: that of its images before, or what those looked at say.

    Images that were analysed with another profile wait again, but those that are not there any more keep their results.
    A sample none of whose images has particles stays as it is.
    """
    for images in _samples(study):
        weights = _kept(study, images) or _shown(study, _some(study, images))
        for image in images:
            if weights and image.class_weights != weights and _is_there(study, image):
                status: Status = "waiting" if image.status == "done" else image.status
                study = study.with_image(replace(image, class_weights=weights, status=status))
    return study


def _samples(study: Study) -> Iterator[tuple[StudyImage, ...]]:
    """Yield the images that are to be measured alike: of one sample, two at least, whose recipes leave it to them."""
    samples: Mapping[str, list[StudyImage]] = defaultdict(list)
    for image in study.images:
        if image.sample and image.settings.recipe.outlines.classes == "automatic":
            samples[image.sample].append(image)
    yield from (tuple(images) for images in samples.values() if len(images) > 1)


def _some(study: Study, images: tuple[StudyImage, ...]) -> tuple[StudyImage, ...]:
    images = tuple(image for image in images if _is_there(study, image))
    places = np.linspace(0, len(images) - 1, min(_N_LOOKED_AT, len(images))).round().astype(int)
    return tuple(images[place] for place in places.tolist())


def _kept(study: Study, images: tuple[StudyImage, ...]) -> ClassWeights:
    """Return the profile that was settled for a sample and with which images of it were analysed; empty if none was."""
    known = Counter(
        image.class_weights
        for image in images
        if image.class_weights
        and (record := read_record(study, image))
        and record.image.get("sample") == image.sample
        and is_analysed(study, image)
    )
    return known.most_common(1)[0][0] if known else ()


def _is_there(study: Study, image: StudyImage) -> bool:
    """Whether an image can be measured anew."""
    return study.path_of(image).exists() and not damage_of(study, image)


def _shown(study: Study, images: tuple[StudyImage, ...]) -> ClassWeights:
    """Return what the edges in some analysed images say together; empty if there are none."""
    scores = sum((_scores(study, image) for image in images), start=ProfileScores())
    return OutlineParams().settled_by(scores).class_weights if scores.n else ()


def _scores(study: Study, image: StudyImage) -> ProfileScores:
    """Return what the edges of an image said; nothing where it has no result."""
    record = read_record(study, image)
    known = from_json(ProfileScores, record.edges) if record and is_analysed(study, image) else None
    return known if known and len(known.total) == len(ProfileScores().total) else ProfileScores()
