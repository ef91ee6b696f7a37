"""The report of a film, one HTML page."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from nanotem.errors import NanotemError
from nanotem.figures.pictures import data_address, encode
from nanotem.film.curves import SizeCurves, curves_of, one_of
from nanotem.film.displacement import Displacement, displacement_of
from nanotem.film.events import EVENT_KINDS
from nanotem.film.export import event_table, frame_picture, tracks_in_frame
from nanotem.film.figures import count_figure, displacement_figure, drift_figure, kymograph, mean_figure
from nanotem.film.frame_result import read_polygons
from nanotem.film.frames import FRAME_FLAGS
from nanotem.film.growth import GrowthLaw, coalescence_rate, growth_law, merging_share_of
from nanotem.film.history import FilmHistory
from nanotem.film.study import FilmStudy
from nanotem.provenance import Provenance, versions
from nanotem.report.methods import software_sentence
from nanotem.report.page import PAGE_MM, chart, render
from nanotem.report.recipe_sentences import recipe_sentences
from nanotem.report.recipe_table import recipe_lines
from nanotem.report.words import plural
from nanotem.study.software import provenance_of

_MOST_EVENTS = 60
"""Rows of the list: two pages; a film of coalescence has some hundreds."""

_PICTURE_PX = 700
"""Longest side of a picture: half a page at 200 dots per inch."""


def film_report(study: FilmStudy, history: FilmHistory) -> str:
    """Return the report of an analysed film as one HTML page that needs no network and prints on A4.

    Parameters
    ----------
    study
        The film, with its folder.
    history
        What was found in it, with the corrections in force.
    """
    curves, motion = curves_of(history), displacement_of(history)
    law = growth_law(curves, merging_share=merging_share_of(history))
    events = event_table(history)
    odd = history.frames[history.frames["flags"] != ""]
    half_mm = PAGE_MM / 2 - 2
    context = {
        "title": study.place.path.name,
        "subtitle": _subtitle(history),
        "tiles": _tiles(history, curves),
        "notes": history.notes,
        "pictures": list(_pictures(study, history)),
        "charts": {
            "mean": chart(mean_figure(curves), "Mean diameter against time", width_mm=half_mm),
            "kymograph": chart(kymograph(curves), "Histogram of diameters against time", width_mm=half_mm),
        }
        if not curves.is_empty
        else {},
        "trend": curves.trend_in_words,
        "quantities": list(_quantities(history, curves, law, motion)),
        "growth": law,
        "motion": motion,
        "displacement": ""
        if motion.table.empty
        else chart(displacement_figure(motion, history), "Mean squared displacement against time", width_mm=half_mm),
        "drift": chart(drift_figure(history), "Drift of the support against time", width_mm=half_mm),
        "count": chart(count_figure(curves), "Number of particles against time", width_mm=half_mm),
        "event_counts": [(kind, history.event_counts[kind]) for kind in EVENT_KINDS],
        "events": _titled(events.head(_MOST_EVENTS), history),
        "n_more_events": max(len(events) - _MOST_EVENTS, 0),
        "odd_frames": pd.DataFrame({"Frame": odd["frame"] + 1, "Why": odd["flags"].map(_reasons)}),
        "methods": _methods(study, history),
        "recipe": recipe_lines(study.recipe_of_frames),
        "versions": _provenance(study).versions,
    }
    return render("film.html", context)


def _subtitle(history: FilmHistory) -> str:
    rows, columns = history.shape
    scale = f"{history.nm_per_px:.4g} nm per px" if history.nm_per_px else "no scale"
    time = f"{history.frame_time_s:.4g} s from frame to frame" if history.frame_time_s else "time not known"
    return f"{plural(len(history.records), 'frame')} of {columns} × {rows} px, {scale}, {time}."


def _tiles(history: FilmHistory, curves: SizeCurves) -> list[tuple[str, str, str]]:
    counts, kinds = curves.present.sum(axis=0), history.event_counts
    ends = f"{counts[0]} → {counts[-1]}" if counts.size else "–"
    n_out = len(history.records) - len(history.counted)
    return [
        ("Frames", str(len(history.records)), f"{n_out} left out" if n_out else "all count"),
        ("Tracks", str(len(history.lasting)), f"of at least {plural(history.rules.shortest_track, 'frame')}"),
        ("Particles", ends, "in the first and last frame"),
        ("Merge", str(kinds["merges"]), "coalescences"),
        ("Appear, disappear", f"{kinds['appears']}, {kinds['disappears']}", "inside the picture"),
    ]


def _pictures(study: FilmStudy, history: FilmHistory) -> Iterator[tuple[str, str]]:
    """Yield the first and the last frame that count, where they can still be read."""
    try:
        film = study.place.open()
    except NanotemError:
        return
    for number in np.unique(history.counted[[0, -1]]).tolist() if history.counted.size else ():
        try:
            pixels, polygons = film.frame(number).pixels, read_polygons(study.folder, number)
        except NanotemError:
            continue
        picture = frame_picture(pixels, polygons, tracks_in_frame(history, number), longest_px=_PICTURE_PX)
        yield history.part.named(number), data_address(encode(picture))


def _quantities(
    history: FilmHistory, curves: SizeCurves, law: GrowthLaw, motion: Displacement
) -> Iterator[tuple[str, str, str]]:
    unit, time = history.unit, one_of(history.time_unit)
    for name, estimate, of in (
        *((f"Mean diameter, {end} frame", mean, unit) for end, mean in curves.mean_at_ends.items()),
        ("Growth of particles that are followed", curves.trend_percent, f"% per {time}"),
        ("Mean diameter, last by first", law.growth, ""),
        ("Exponent of growth", law.exponent, ""),
        ("Rate, if r³ grows evenly", law.rate_cubic, f"{unit}³/{time}"),
        ("Rate, if r² grows evenly", law.rate_square, f"{unit}²/{time}"),
        (f"Coalescences per particle and {time}", coalescence_rate(history), ""),
        ("Exponent of the mean squared displacement", motion.alpha, ""),
        ("Diffusion coefficient, if Brownian", motion.diffusion, f"{unit}²/{time}"),
    ):
        if not np.isnan(estimate.value):
            yield name, estimate.value_in_words(of), estimate.ends_in_words(of)


def _titled(events: pd.DataFrame, history: FilmHistory) -> pd.DataFrame:
    """Return the events under headings for people, with frames of the file where these are others."""
    headings = {"frame": "Frame", "time": f"Time ({history.time_unit})", "event": "Event", "before": "Tracks before"}
    headings |= {"after": "Tracks after", "row_px": "Row (px)", "column_px": "Column (px)"}
    if not history.part.has_all_frames:
        headings["frame_in_file"] = "Frame of the file"
    return events[[name for name in events if name in headings]].rename(columns=headings)


def _reasons(flags: str) -> str:
    return " ".join(FRAME_FLAGS[flag] for flag in flags.split())


def _provenance(study: FilmStudy) -> Provenance:
    """Return what made the results; what is here where a version kept them that did not say."""
    return provenance_of(study.versions or versions())


def _methods(study: FilmStudy, history: FilmHistory) -> str:
    sentences = [
        software_sentence(_provenance(study)),
        *recipe_sentences(study.recipe_of_frames),
        "Polarity, scale, writing over the picture and the class of the edges were settled once for the film.",
        "The drift of the support was found by cross-correlation of what lies between the particles, in quarters of "
        "the picture.",
        f"Particles were linked from frame to frame by trackpy (Crocker and Grier) over at most "
        f"{history.farthest_px:.3g} px, with the logarithm of the diameter as a third coordinate, and found again "
        f"after at most {plural(history.link.missing_frames, 'missing frame')}.",
        "Two particles in contact were taken to merge where one particle with the volume of both lies at their centre "
        "of mass from then on.",
        *history.by_hand,
        "Intervals are 95 %: of curves by resampling tracks and what frames add, of the exponent of ripening "
        "by a jackknife over particles, of the rate of coalescence by Garwood.",
    ]
    return " ".join(sentences)
