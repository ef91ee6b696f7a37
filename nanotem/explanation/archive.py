"""Maps to take away, with what produced them."""

import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from nanotem.explanation.attribution import Attribution
from nanotem.morphology.crops import CROP_VERSION, Crops
from nanotem.provenance import versions


@dataclass(frozen=True)
class Origin:
    """Where explained particles come from.

    Attributes
    ----------
    image_name, image_id
        Of the micrograph; the id is SHA-256 of its bytes.
    labels
        Numbers of the particles.
    model_name, model_sha256
        Of the model, from its card.
    """

    image_name: str
    image_id: str
    labels: tuple[int, ...]
    model_name: str
    model_sha256: str


def description(attribution: Attribution, origin: Origin) -> dict[str, Any]:
    """Return all that is needed to make the same maps again."""
    return {
        "method": attribution.method.name,
        "parameters": dict(attribution.method.parameters),
        "channels": list(attribution.channels) or ["whole pixels"],
        "combined_by": attribution.method.combine,
        "question": {"target": attribution.question.target, "contrast": attribution.question.contrast},
        "image": {"name": origin.image_name, "sha256": origin.image_id, "particles": list(origin.labels)},
        "model": {"name": origin.model_name, "sha256": origin.model_sha256, "crop_version": CROP_VERSION},
        "versions": versions("tensorflow", "xplique"),
    }


def to_npz(attributions: list[Attribution], crops: Crops, origin: Origin) -> bytes:
    """Return a NumPy archive: `crops`, one array of maps per method, and `description` as JSON text.

    Parameters
    ----------
    attributions
        Of the same crops; each is stored as METHOD, shape (particles, rows, columns, channels).
    crops
        What was explained.
    origin
        Where it comes from.
    """
    described = json.dumps([description(one, origin) for one in attributions], indent=1)
    stream = io.BytesIO()
    arrays: dict[str, Any] = {one.method.name: one.values for one in attributions}
    np.savez_compressed(stream, crops=crops, description=np.array(described), **arrays)
    return stream.getvalue()
