"""A card that was changed on purpose, made part of its network again.

A network whose card or arrays were changed is refused. Whoever changed them on purpose, for example the temperature
after a calibration on own particles, seals the network anew::

    python -c "from pathlib import Path; from nanotem.training.seal import seal; seal(Path('FOLDER'), 'solid')"
"""

from pathlib import Path

from nanotem.morphology.classifier import Classifier
from nanotem.networks.errors import ModelError
from nanotem.networks.files import read_unproven, write_card
from nanotem.segmentation.network.card import NAME
from nanotem.segmentation.network.segmenter import Segmenter


def seal(folder: Path, name: str) -> str:
    """Write the identity of a network as it is now into its card, if it answers as it did when it was trained.

    Parameters
    ----------
    folder
        Holds its files.
    name
        "segmenter", or the name of a classifier.

    Returns
    -------
    str
        Its identity, SHA-256 in hex.

    Raises
    ------
    ModelError
        If a file is absent or broken, a field of the card is wrong, or the golden answers are others; the card is then
        left as it was.
    """
    path = folder / f"{name}.json"
    files = read_unproven(folder, name)
    before = path.read_bytes()
    identity = write_card(files)
    try:
        Segmenter.load(folder) if name == NAME else Classifier.load(name, folder)
    except ModelError:
        path.write_bytes(before)
        raise
    return identity
