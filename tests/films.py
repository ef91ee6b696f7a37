"""Films for tests: drawn, and analysed in the test's own process."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nanotem.film.frame_result import FrameRecord
from nanotem.film.history import FilmHistory
from nanotem.film.part import FilmPart
from nanotem.film.study import FilmStudy, open_film_study
from nanotem.film.task import FilmPlace
from nanotem.synthetic.film import SyntheticFilm, simulate_film


class Here:
    """Workers that do every task at once, in this process."""

    def n_threads(self) -> int:
        return 1

    def submit(self, task: Callable[[Any, Any], Any], whole: Any, part: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(task(whole, part))
        except BaseException as error:  # noqa: BLE001 - whatever it is, as a pool does
            future.set_exception(error)
        return future

    def has_died(self, error: BaseException) -> bool:
        return isinstance(error, MemoryError)

    def give_up(self, futures: Iterable[Any]) -> None:
        pass


def analysed_film(folder: Path, film: SyntheticFilm, **options: Any) -> FilmStudy:
    """Write a drawn film and analyse it."""
    path = folder / "film.tif"
    film.write(path)
    for _ in FilmStudy(folder / "study", FilmPlace(path), **options).run(Here()):
        pass
    return open_film_study(folder / "study")


def history_of(
    film: SyntheticFilm, *, seed: int = 0, size_noise: float = 0.02, place_noise_px: float = 0.15, missed: float = 0.0
) -> FilmHistory:
    """Return what a perfect segmentation with some noise would find in a film, without drawing it."""
    rng, n_frames = np.random.default_rng(seed), film.n_frames
    truth = film.truth
    truth = truth[(truth["diameter_px"] > 6) & (rng.random(len(truth)) >= missed)].reset_index(drop=True)
    noise = rng.normal(0, place_noise_px, (len(truth), 2))
    found = truth.assign(
        label=truth["particle"] + 1,
        row_px=truth["row_px"] + noise[:, 0],
        column_px=truth["column_px"] + noise[:, 1],
        diameter_px=truth["diameter_px"] * np.exp(rng.normal(0, size_noise, len(truth))),
        diameter_uncertainty_px=0.1,
        flags=np.where(truth["is_whole"], "", "touches_frame"),
    )
    counts = found.groupby("frame").size().reindex(range(n_frames), fill_value=0)
    steps = np.diff(film.drift_px, axis=0, prepend=np.nan)
    records = tuple(
        FrameRecord(k, "", int(counts[k]), int(counts[k]), 1.0, 100.0, 10.0, *steps[k].tolist(), 0.05)
        for k in range(n_frames)
    )
    side = film.params.scene.frame.side_px
    return FilmHistory(
        records, found, FilmPart(n_frames, (side, side)), film.nm_per_px, film.params.motion.frame_time_s
    )


def still_particles(n_frames: int, **more: Any) -> pd.DataFrame:
    """Return a table of four particles that stay where they are, for tests that change some of it."""
    places = np.array([(40.0, 40.0), (40.0, 160.0), (160.0, 40.0), (160.0, 160.0)])
    frame, particle = (part.ravel() for part in np.mgrid[:n_frames, : len(places)])
    table = pd.DataFrame({"frame": frame, "label": particle + 1, "particle": particle})
    table = table.assign(row_px=places[particle, 0], column_px=places[particle, 1], diameter_px=20.0, flags="")
    return table.assign(support_row_px=table["row_px"], support_column_px=table["column_px"], **more)


def drawn(**values: Any) -> SyntheticFilm:
    """Return a small film."""
    small = {"n_frames": 6, "n_particles": 10, "side_px": 192, "diameter_nm": 5.0, "brownian_px": 0.2, "seed": 3}
    return simulate_film(**small | values)
