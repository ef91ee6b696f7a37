"""Maps as a NumPy archive."""

import io
import json

import numpy as np
from explanation.spot import spot_explainer, spotted_crop

from nanotem.explanation.archive import Origin, description, to_npz
from nanotem.explanation.explain import explain

ORIGIN = Origin("gold.tif", "ab" * 32, (7,), "solid", "cd" * 32)


def test_an_archive_says_how_to_make_its_maps_again() -> None:
    crops = spotted_crop()[None]
    found = [
        explain(spot_explainer(), crops, target="spot", contrast="no spot", method=name)
        for name in ("smoothgrad", "occlusion")
    ]
    with np.load(io.BytesIO(to_npz(found, crops, ORIGIN)), allow_pickle=False) as stored:
        described = json.loads(str(stored["description"]))
        np.testing.assert_array_equal(stored["crops"], crops)
        for one, told in zip(found, described, strict=True):
            np.testing.assert_array_equal(stored[told["method"]], one.values)
            again = explain(spot_explainer(), crops, **told["question"], method=told["method"])
            np.testing.assert_array_equal(again.values, one.values)
    assert described[0]["parameters"] == {"nb_samples": 64, "noise": 0.1}
    assert described[0]["channels"] == ["contrast", "mask"]
    assert described[1]["channels"] == ["whole pixels"]


def test_the_description_names_image_particle_and_model() -> None:
    one = explain(spot_explainer(), spotted_crop()[None], target="spot", method="saliency")
    told = description(one, ORIGIN)
    assert told["image"] == {"name": "gold.tif", "sha256": "ab" * 32, "particles": [7]}
    assert told["model"]["sha256"] == "cd" * 32
    assert {"xplique", "tensorflow", "nanotem"} <= set(told["versions"])
