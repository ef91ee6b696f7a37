"""The trained network, ready to use: loaded once, never changed, safe to share between threads."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from nanotem.micrograph import GreyImage
from nanotem.networks.errors import ModelError
from nanotem.networks.files import network_identity, remedy, unreadable
from nanotem.networks.folders import OWN, folder_named
from nanotem.networks.golden import check_golden
from nanotem.networks.onnx import OnnxNetwork
from nanotem.segmentation.network.card import NAME, SegmenterCard, read_files
from nanotem.segmentation.network.maps import BORDER, Maps
from nanotem.segmentation.network.scale import WORKING_PX
from nanotem.segmentation.network.tiles import in_tiles

_N_MAPS = ((BORDER,), (BORDER + 1,))
"""With and without a border."""


class Segmenter:
    """The network in the ONNX runtime, which needs no TensorFlow.

    Parameters
    ----------
    network
        Bytes of an ONNX file.
    card
        Its card.
    """

    def __init__(self, network: bytes, card: SegmenterCard) -> None:
        self.card = card
        self._network = OnnxNetwork(network)

    @property
    def sha256(self) -> str:
        """The identity of the network, for the provenance of what it finds."""
        return self.card.sha256

    @classmethod
    def load(cls, folder: Path) -> "Segmenter":
        """Load the network of a folder and prove that it is the one that its card describes.

        Raises
        ------
        ModelError
            If a file is absent, broken, or not what the card says, or the network wants to see particles at another
            size than this version shows them, or predicts something else.
        """
        network, card, golden = read_files(folder)
        if card.working_px != WORKING_PX:
            raise ModelError(
                f"The network in {folder.name} was trained on particles of {card.working_px:g} px, this version of "
                f"nanotem shows them at {WORKING_PX:g} px.",
                remedy(NAME),
            )
        try:
            segmenter = cls(network, card)
            answers = segmenter._network(golden.image)
        except Exception as error:  # the runtime has a dozen errors that share no base but this one
            raise unreadable(folder, NAME) from error
        if answers.shape[1:2] not in _N_MAPS:
            raise ModelError(
                f"The network in {folder.name} answers with arrays of shape {answers.shape}.",
                "A segmentation network predicts foreground and distance, and may predict borders.",
            )
        check_golden("The segmentation network", answers, golden.maps)
        return segmenter

    def predict(self, image: GreyImage, *, flips: bool = False) -> Maps:
        """Predict foreground, normalised distance and, where the network does, the border between neighbours.

        Parameters
        ----------
        image
            Standardised, particles bright and of the working size; even numbers of rows and columns.
        flips
            Whether the mean over four mirror images is taken: surer, and four times slower.

        Returns
        -------
        Maps
            At half the resolution.
        """
        mirrored: list[tuple[int, ...]] = [(), (0,), (1,), (0, 1)] if flips else [()]
        views = [np.flip(in_tiles(np.flip(image, axes), self._maps), axes) for axes in mirrored]
        return np.asarray(np.mean(views, axis=0), np.float32)

    def _maps(self, tile: GreyImage) -> Maps:
        return self._network(np.ascontiguousarray(tile)[None, None])[0].transpose(1, 2, 0)


def segmenter_of(folder: Path) -> Segmenter:
    """Return the network of a folder, loaded once for as long as its files stay the same.

    Parameters
    ----------
    folder
        For example `nanotem.networks.folders.folder_named("nanotem")`.

    Raises
    ------
    ModelError
        As for `Segmenter.load`.
    """
    return _loaded(folder, network_identity(folder, NAME))


def own_segmenter() -> Segmenter:
    """Return the network that comes along.

    Raises
    ------
    ModelError
        If it is absent or broken.
    """
    return segmenter_of(folder_named(OWN))


@lru_cache(maxsize=4)  # 60 MB each; a person compares two or three networks
def _loaded(folder: Path, identity: str) -> Segmenter:
    return Segmenter.load(folder)
