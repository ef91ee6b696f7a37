"""What the witnesses say of a micrograph whose particles are known, kept in a file."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from nanotem.analysis import analyse
from nanotem.micrograph import GreyImage, Labels, Micrograph, Pixels
from nanotem.networks.files import packed
from nanotem.readers import read_file, read_values
from nanotem.segmentation.judge.polarity import brighter
from nanotem.segmentation.judge.proposals import Proposals
from nanotem.segmentation.judge.testimony import Hearing, Testimony
from nanotem.segmentation.method import Foreground
from nanotem.segmentation.network.segmenter import Segmenter
from nanotem.training.judge.boxes import Boxes, nearest_box, read_boxes
from nanotem.training.segmenter.drawn.kinds import draw_kind
from nanotem.training.segmenter.targets import at_half_contrast

REAL, BOXED = "real", "boxed"
"""Kinds of photographs: labelled, or with boxes around the particles."""

Nearest = Callable[[Proposals], tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]]
"""Returns the largest overlap of every proposal with a true particle, and the number of that particle."""

TruthOf = Callable[[GreyImage], tuple[int, Nearest]]
"""Takes the levelled image, and returns the number of true particles and how proposals are compared with them."""


@dataclass(frozen=True, eq=False)
class Heard:
    """One testimony, and how near each proposal comes to a true particle.

    Attributes
    ----------
    features
        Shape (proposals, features).
    overlap
        Largest intersection over union with a true particle.
    truth
        The number of that particle.
    atom_px, indices, indptr, witness
        The proposals without their picture, see `Proposals`.
    """

    features: npt.NDArray[np.float32]
    overlap: npt.NDArray[np.float32]
    truth: npt.NDArray[np.int32]
    atom_px: npt.NDArray[np.float64]
    indices: npt.NDArray[np.int32]
    indptr: npt.NDArray[np.int32]
    witness: npt.NDArray[np.int32]

    @property
    def proposals(self) -> Proposals:
        """The proposals, without a picture."""
        n = len(self.witness)
        members = sparse.csr_matrix((np.ones(len(self.indices)), self.indices, self.indptr), (n, len(self.atom_px)))
        nowhere = np.zeros((1, 1), np.int32)
        return Proposals(nowhere, self.atom_px, members, self.witness.astype(np.intp), self.witness.astype(np.intp))


@dataclass(frozen=True, eq=False)
class JudgeExample:
    """A micrograph whose particles are known.

    Attributes
    ----------
    name, kind
        Of the file or seed, and "real", "boxed" or what was drawn.
    n_true
        Number of true particles.
    glance, closer
        What is said at a glance, and after a closer look.
    """

    name: str
    kind: str
    n_true: int
    glance: Heard
    closer: Heard

    @property
    def is_real(self) -> bool:
        """Whether it is a photograph."""
        return self.kind in (REAL, BOXED)

    def fold(self, n_folds: int) -> int:
        """Return which fold it belongs to, by a hash of its name."""
        return int(sha256(self.name.encode()).hexdigest(), 16) % n_folds


def labelled(truth: Labels, *, drawn_by_hand: bool) -> TruthOf:
    """Compare with a label image; outlines that were drawn by hand are moved to half of the contrast."""

    def truth_of(flattened: GreyImage) -> tuple[int, Nearest]:
        labels = at_half_contrast(truth, flattened) if drawn_by_hand else truth
        return len(np.unique(labels[labels > 0])), partial(nearest_truth, truth=labels)

    return truth_of


def boxed(boxes: Boxes) -> TruthOf:
    """Compare with boxes."""
    return lambda flattened: (len(boxes), partial(nearest_box, boxes=boxes))


def example_of(
    name: str, kind: str, pixels: Pixels, truth_of: TruthOf, segmenter: Segmenter, *, truth: Labels | None = None
) -> tuple[JudgeExample, list[str]]:
    """Hear the witnesses of a micrograph; return the example and the names of the features.

    Parameters
    ----------
    name, kind
        As for `JudgeExample`.
    pixels
        Grey image.
    truth_of
        Compares proposals with the true particles.
    segmenter
        The network among the witnesses.
    truth
        True particles, which say whether these are dark or bright: then what is on the other side is never one.
    """
    foreground = Foreground.of(analyse(Micrograph(pixels, id="", name="")).preprocessed)
    assert foreground.flattened is not None
    assert foreground.reversed is not None
    if truth is not None and truth.any():
        is_bright = brighter(truth, foreground.flattened) >= 0
        foreground = replace(foreground if is_bright else foreground.reversed(), reversed=None)
    hearing = Hearing(foreground, segmenter)
    glance, closer = hearing.at_a_glance(), hearing.looked_closer()
    assert hearing.foreground.flattened is not None
    n_true, nearest = truth_of(hearing.foreground.flattened)
    return JudgeExample(name, kind, n_true, _heard(glance, nearest), _heard(closer, nearest)), list(closer.evidence)


def _heard(testimony: Testimony, nearest: Nearest) -> Heard:
    proposals, members = testimony.proposals, testimony.proposals.members.tocsr()
    overlap, number = nearest(proposals)
    features = np.stack(list(testimony.evidence.values()), axis=1).astype(np.float32)
    return Heard(
        features,
        overlap.astype(np.float32),
        number.astype(np.int32),
        proposals.atom_px,
        members.indices.astype(np.int32),
        members.indptr.astype(np.int32),
        proposals.witness.astype(np.int32),
    )


def nearest_truth(proposals: Proposals, truth: Labels) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return the largest intersection over union of every proposal with a true particle, and which that is."""
    n_true = int(truth.max()) + 1
    places = (proposals.atoms.ravel(), truth.ravel())
    met = sparse.coo_matrix((np.ones(truth.size), places), shape=(len(proposals.atom_px), n_true)).tocsr()
    shared = np.asarray((proposals.members @ met).todense())
    true_px = np.bincount(truth.ravel(), minlength=n_true)
    overlap = shared / np.maximum(proposals.areas_px[:, None] + true_px[None] - shared, 1)
    overlap[:, 0] = 0
    return overlap.max(axis=1), overlap.argmax(axis=1)


def save_example(path: Path, example: JudgeExample, names: list[str]) -> None:
    """Write an example, and the names of its features."""
    arrays = {
        f"{look}_{f.name}": getattr(getattr(example, look), f.name)
        for look in ("glance", "closer")
        for f in fields(Heard)
    }
    about = {"name": example.name, "kind": example.kind, "n_true": example.n_true, "features": names}
    part = path.with_suffix(".part.npz")
    part.write_bytes(packed(**arrays, **{key: np.asarray(value) for key, value in about.items()}))
    part.replace(path)


def read_example(path: Path) -> tuple[JudgeExample, list[str]]:
    """Read an example, and the names of its features."""
    with np.load(path) as stored:
        glance, closer = (
            Heard(**{f.name: stored[f"{look}_{f.name}"] for f in fields(Heard)}) for look in ("glance", "closer")
        )
        about = str(stored["name"]), str(stored["kind"]), int(stored["n_true"])
        return JudgeExample(*about, glance, closer), stored["features"].tolist()


def hear_real(path: Path, image: Path, label: Path, segmenter: Segmenter) -> None:
    """Hear the witnesses of a labelled or boxed micrograph, and write the example."""
    micrograph, truth = read_file(image), None
    if is_boxed(label):
        kind, truth_of = BOXED, boxed(read_boxes(label, micrograph.shape))
    else:
        truth = read_values(label.read_bytes(), label.name).astype(np.int32)
        kind, truth_of = REAL, labelled(truth, drawn_by_hand=True)
    save_example(path, *example_of(path.stem, kind, micrograph.pixels, truth_of, segmenter, truth=truth))


def is_boxed(label: Path) -> bool:
    """Tell whether a file holds boxes rather than a label image."""
    return label.suffix == ".txt"


def hear_drawn(path: Path, kind: str, seed: int, segmenter: Segmenter) -> None:
    """Draw a micrograph, hear its witnesses, and write the example."""
    drawn = draw_kind(kind, seed)
    truth_of = labelled(drawn.labels, drawn_by_hand=False)
    save_example(path, *example_of(path.stem, kind, drawn.pixels, truth_of, segmenter, truth=drawn.labels))
