"""The trained network, ready to use: loaded once, never changed, safe to share between threads."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from nanotem.micrograph import GreyImage
from nanotem.networks.folders import MODELS
from nanotem.networks.onnx import OnnxNetwork
from nanotem.networks.proof import check_golden
from nanotem.segmentation.network.card import SegmenterCard, read_files
from nanotem.segmentation.network.maps import Maps
from nanotem.segmentation.network.tiles import in_tiles


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

    @classmethod
    def load(cls, folder: Path) -> "Segmenter":
        """Load the network of a folder and prove that it is the one that its card describes.

        Raises
        ------
        ModelError
            If a file is absent, broken, or not what the card says.
        """
        network, card, golden = read_files(folder)
        segmenter = cls(network, card)
        check_golden("The segmentation network", segmenter._network(golden.image), golden.maps)
        return segmenter

    def predict(self, image: GreyImage, *, flips: bool = False) -> Maps:
        """Predict foreground and normalised distance.

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


@lru_cache(maxsize=1)
def own_segmenter() -> Segmenter:
    """Return the network that comes along, loaded once.

    Raises
    ------
    ModelError
        If it is absent or broken.
    """
    return Segmenter.load(MODELS)
