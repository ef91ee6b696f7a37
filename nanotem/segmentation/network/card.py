"""The card of the segmentation network, and its files."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nanotem.networks.card import Card, card_of, check_range
from nanotem.networks.files import ARRAYS, ONNX, packed, read_network, unreadable, write_network

NAME = "segmenter"
"""Name of the files of a network: NAME.onnx, NAME.json and NAME.npz."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SegmenterCard(Card):
    """What belongs to the segmentation network.

    Attributes
    ----------
    working_px
        Typical diameter at which it wants to see particles.
    figures
        Scores on micrographs that were kept out of training, or tables of them.
    """

    name: str = NAME
    working_px: float
    figures: dict[str, float | dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_range("working_px", self.working_px, 1, 1000)


@dataclass(frozen=True, eq=False)
class Golden:
    """An input, shape (1, 1, rows, columns), and the answer to it, shape (1, maps, rows / 2, columns / 2)."""

    image: npt.NDArray[np.float32]
    maps: npt.NDArray[np.float32]


def save_files(folder: Path, network: bytes, card: SegmenterCard, golden: Golden) -> SegmenterCard:
    """Write the network, its card and its golden answer; return the card with the identity of the network."""
    contents = {ONNX: network, ARRAYS: packed(image=golden.image, maps=golden.maps)}
    return replace(card, sha256=write_network(folder, NAME, asdict(card), contents))


def read_files(folder: Path) -> tuple[bytes, SegmenterCard, Golden]:
    """Read a network, its card and its golden answer.

    Raises
    ------
    ModelError
        If a file is absent or broken, or they do not belong together.
    """
    files = read_network(folder, NAME)
    card = card_of(NAME, files.card, SegmenterCard)
    if ONNX not in files.contents:
        raise unreadable(folder, NAME)
    return files.contents[ONNX], card, Golden(*files.arrays("image", "maps"))
