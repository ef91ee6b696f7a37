"""A film in numbers, as the command line prints them."""

from typing import Any

from nanotem.film.curves import curves_of
from nanotem.film.displacement import Displacement, displacement_of
from nanotem.film.events import EVENT_KINDS
from nanotem.film.growth import GrowthLaw, coalescence_rate, growth_law, merging_share_of
from nanotem.film.history import FilmHistory
from nanotem.statistics.estimate import Estimate
from nanotem.summary import known


def film_dict(history: FilmHistory) -> dict[str, Any]:
    """Return what a film shows, as JSON can hold it.

    Returns
    -------
    dict
        "n_frames", "n_left_out"; "n_tracks" (those that last); "particles_per_frame" in the first and last frame;
        "unit" and "time_unit"; "mean_diameter" of the first and the last frame that has one; "trend" (share of its
        diameter by which a particle that is followed grows per unit of time) and "trend_sentence"; "growth" (exponent,
        rates, whether particles ripen, verdict, sentence); "coalescence_rate" (per particle and unit of time); "motion"
        (exponent, diffusion coefficient, verdict, sentence); "events" by kind; "notes". Estimates have "value", "low"
        and "high", None for what cannot be known.
    """
    curves = curves_of(history)
    law, motion = growth_law(curves, merging_share=merging_share_of(history)), displacement_of(history)
    kinds = history.event_counts
    counts = curves.present.sum(axis=0).tolist()
    return {
        "n_frames": len(history.records),
        "n_left_out": len(history.records) - len(history.counted),
        "n_tracks": len(history.lasting),
        "particles_per_frame": {"first": counts[0] if counts else 0, "last": counts[-1] if counts else 0},
        "unit": history.unit,
        "time_unit": history.time_unit,
        "mean_diameter": {"first": None, "last": None}
        | {end: estimate_dict(mean) for end, mean in curves.mean_at_ends.items()},
        "trend": estimate_dict(curves.trend),
        "trend_sentence": curves.trend_in_words,
        "growth": _growth(law),
        "coalescence_rate": estimate_dict(coalescence_rate(history)),
        "motion": _motion(motion),
        "events": {kind: kinds[kind] for kind in EVENT_KINDS},
        "notes": list(history.notes),
    }


def estimate_dict(estimate: Estimate) -> dict[str, float | None]:
    """Return a value with its interval, None for what is not known."""
    return {name: known(getattr(estimate, name)) for name in ("value", "low", "high")}


def _growth(law: GrowthLaw) -> dict[str, Any]:
    names = ("growth", "exponent", "rate_cubic", "rate_square")
    return {name: estimate_dict(getattr(law, name)) for name in names} | {
        "is_ripening": law.ripening.is_there,
        "verdict": law.verdict,
        "sentence": law.sentence,
    }


def _motion(motion: Displacement) -> dict[str, Any]:
    return {
        "exponent": estimate_dict(motion.alpha),
        "diffusion": estimate_dict(motion.diffusion),
        "verdict": motion.verdict,
        "sentence": motion.sentence,
    }
