"""The table of frames: which of them are out of the ordinary."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.ndimage import median_filter

from nanotem.film.frame_result import FrameRecord

Floats = npt.NDArray[np.float64]

FRAME_FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "failed": "It could not be read or analysed.",
        "blank": "It shows far fewer particles than the frames around it: the beam was off, or the picture is lost.",
        "blurred": "Its edges are far more blurred than those of the frames around it.",
        "jumped": "The support moved much farther than from other frames to the next.",
        "repeated": "It is the same picture as the one before.",
        "drift_unknown": "How far the support moved cannot be told; it was taken to move like the particles, or not.",
    }
)
"""Why a frame is out of the ordinary. The first three kinds are left out of tracks and curves."""

_LEFT_OUT = ("failed", "blank", "blurred")

_AROUND = 15
"""Frames of which the median is the ordinary: three blank frames in a row do not move it."""

_FEW = 0.3
"""Share of the ordinary number of particles; even the fastest coalescence leaves more from frame to frame."""

_LEAST_ORDINARY = 5
"""Particles from which on their absence is no chance."""

_BLURRED, _LEAST_BLUR_PX = 1.8, 0.5
"""Times the ordinary blur, and so much more of it: focus that drifts changes both little within 15 frames."""

_FAR, _LEAST_JUMP_PX = 6.0, 4.0
"""A jump is so many times the typical step, and so far at the least."""


def frame_table(records: Sequence[FrameRecord]) -> pd.DataFrame:
    """Return one row per frame, with flags.

    Parameters
    ----------
    records
        Of all frames, in their order.

    Returns
    -------
    pandas.DataFrame
        The fields of `FrameRecord` but the key, without counts where there is no result, and `flags`, words of
        `FRAME_FLAGS`.
    """
    table = pd.DataFrame([asdict(record) for record in records]).drop(columns="key")
    failed = table["reason"] != ""
    counts = table[["n_particles", "n_whole"]].astype("Int64").where(~failed)
    blank = ~failed & _is_blank(counts["n_particles"].to_numpy(np.float64, na_value=np.nan))
    blurred = ~failed & ~blank & _is_blurred(table["blur_px"].where(~failed & ~blank).to_numpy(np.float64))
    length = np.hypot(*table[["step_row_px", "step_column_px"]].to_numpy(np.float64).T)
    unknown = np.isnan(length) & (np.arange(len(table)) > 0) & ~failed.to_numpy()
    jumped = _has_jumped(length)
    repeated = ~failed & _is_repeated(table)
    masks = {"failed": failed, "blank": blank, "blurred": blurred, "jumped": jumped}
    masks |= {"repeated": repeated, "drift_unknown": unknown}
    flags = [" ".join(name for name in masks if np.asarray(masks[name])[k]) for k in range(len(table))]
    return table.assign(**counts, flags=flags)


def is_left_out(frames: pd.DataFrame) -> "pd.Series[bool]":
    """Return which frames tell nothing of sizes and counts."""
    return has_any_of(frames, _LEFT_OUT)


def has_any_of(frames: pd.DataFrame, flags: Collection[str]) -> "pd.Series[bool]":
    """Return which frames carry at least one of some flags."""
    return frames["flags"].map(lambda own: not set(flags).isdisjoint(own.split()))


def _ordinary(values: Floats) -> Floats:
    """Return the median of the frames around each; frames without a value count like the typical one."""
    typical = np.nanmedian(values) if np.isfinite(values).any() else 0.0
    filled = np.where(np.isfinite(values), values, typical)
    return np.asarray(median_filter(filled, min(_AROUND, len(values)), mode="nearest"))


def _is_repeated(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether a frame has the very grey values of the one before: no noise of a camera comes twice."""
    told = table[["grey_median", "grey_spread"]].to_numpy(np.float64)
    same = (np.diff(told, axis=0) == 0).all(axis=1) & (told[1:, 1] > 0)
    return np.concatenate([[False], same])


def _is_blank(n_particles: Floats) -> npt.NDArray[np.bool_]:
    ordinary = _ordinary(n_particles)
    return np.asarray((ordinary >= _LEAST_ORDINARY) & (n_particles < _FEW * ordinary))


def _is_blurred(blur_px: Floats) -> npt.NDArray[np.bool_]:
    ordinary = _ordinary(blur_px)
    return np.asarray((blur_px > _BLURRED * ordinary) & (blur_px > ordinary + _LEAST_BLUR_PX))


def _has_jumped(length: Floats) -> npt.NDArray[np.bool_]:
    typical = float(np.nanmedian(length)) if np.isfinite(length).any() else 0.0
    return np.asarray(np.nan_to_num(length) > max(_FAR * typical, _LEAST_JUMP_PX))
