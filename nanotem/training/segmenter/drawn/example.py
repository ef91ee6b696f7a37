"""A drawn micrograph as an example to learn from."""

import numpy as np

from nanotem.preprocess.params import DenoiseParams, PreprocessParams
from nanotem.training.segmenter.drawn.kinds import draw_kind, kind_of
from nanotem.training.segmenter.example import Example, make_example

_NOISE_FILTERS = (DenoiseParams(), DenoiseParams(contrast_to_noise=0), DenoiseParams(method="none"))
_SHARES = (0.5, 0.3, 0.2)
"""The default filter takes a monolayer of 6 px for noise, so that nothing could be learned of it: other examples are
filtered less."""


def draw_example(seed: int, kind: str | None = None) -> Example:
    """Draw a micrograph and turn it into an example; the same seed and kind give the same.

    Parameters
    ----------
    seed
        Any whole number from 0.
    kind
        One of `nanotem.training.segmenter.drawn.kinds.KINDS`; that which the seed stands for if None.
    """
    drawn = draw_kind(kind or kind_of(seed), seed)
    denoise = _NOISE_FILTERS[int(np.random.default_rng((seed, 3)).choice(len(_NOISE_FILTERS), p=_SHARES))]
    return make_example(drawn.pixels, drawn.labels, empty_px=drawn.empty_px, params=PreprocessParams(denoise=denoise))
