"""The trained network, ready to use: loaded once, never changed, safe to share between threads."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage
from nanotem.morphology.card import check_golden
from nanotem.segmentation.learned.card import SegmenterCard, read_files
from nanotem.segmentation.learned.export import INPUT
from nanotem.segmentation.learned.targets import Maps
from nanotem.segmentation.learned.tiles import in_tiles

MODELS = Path(__file__).parents[2] / "models"
"""Folder of the network that comes along."""


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
        import onnxruntime

        self.card = card
        self._session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])

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
        check_golden("The segmentation network", segmenter._run(golden.image), golden.maps)
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
        return self._run(np.ascontiguousarray(tile)[None, None])[0].transpose(1, 2, 0)

    def _run(self, images: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        maps: npt.NDArray[np.float32] = self._session.run(None, {INPUT: images})[0]
        return maps


@lru_cache(maxsize=1)
def own_segmenter() -> Segmenter:
    """Return the network that comes along, loaded once.

    Raises
    ------
    ModelError
        If it is absent or broken.
    """
    return Segmenter.load(MODELS)
