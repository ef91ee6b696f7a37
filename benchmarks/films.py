"""Tracks, coalescences, growth, sizes, time and memory of films, on films that are drawn with known truth.

    python -m benchmarks.films drawn [--films 1] [--frames 200] [--particles 300] [--side 1024] [--kinds still,focus]
    python -m benchmarks.films tracks [--films 2] [--frames 200] [--particles 300] [--side 1024] [--kinds coalescence]
    python -m benchmarks.films laws [--films 100] [--frames 100] [--particles 200] [--seed 1]

`drawn` draws every frame of films of each kind, analyses them as the command line does, and compares with what was
drawn: links, whole tracks, coalescences, DET and TRA of the Cell Tracking Challenge, bias of the diameters, trend where
nothing grows, drift, time and peak memory of the workers. `laws` asks how often the exponent of growth, and the trend
where nothing grows, lie in their intervals; frames are not drawn there: diameters and places are the true ones with
noise, of each particle (2 %) and of whole frames (0.2 %, correlated over some frames), so that a hundred films take
minutes.
"""

import argparse
import resource
import tempfile
import time
from multiprocessing import Pool as Processes
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nanotem.batch import Pool
from nanotem.film.curves import curves_of
from nanotem.film.displacement import displacement_of
from nanotem.film.evaluation import match, score_tracks
from nanotem.film.frame_result import FrameRecord
from nanotem.film.growth import growth_law
from nanotem.film.history import FilmHistory
from nanotem.film.part import FilmPart
from nanotem.film.study import FilmStudy, open_film_study
from nanotem.film.task import FilmPlace
from nanotem.synthetic.film import SyntheticFilm, simulate_film

KINDS: dict[str, dict[str, Any]] = {
    "still": {"process": "nothing", "drift_px": 1.5, "brownian_px": 0.5},
    "focus": {"process": "nothing", "drift_px": 1.0, "brownian_px": 0.3, "focus_drift_px": 1.5},
    "coalescence": {"process": "coalescence", "merging_share": 0.4, "drift_px": 1.5, "brownian_px": 0.5},
    "ripening": {"process": "ripening", "drift_px": 0.5, "brownian_px": 0.3},
    "nucleation": {"process": "nucleation", "drift_px": 0.5, "brownian_px": 0.3},
}
LEAST_PX = 8.0
"""The smallest particles that count: so many pixels a size needs."""

SIZE_NOISE, FRAME_NOISE, CORRELATION, PLACE_NOISE_PX, MISSED = 0.02, 0.002, 0.7, 0.15, 0.01
"""Of drawn films: the scatter of diameters, what whole frames add and how it fades, the scatter of places, and the
share of particles that a segmentation misses."""


def film_of(kind: str, args: argparse.Namespace, seed: int) -> SyntheticFilm:
    """Return a film of a kind: diameters of 8 to 60 px, 24 px on average."""
    return simulate_film(
        n_frames=args.frames, n_particles=args.particles, side_px=args.side, diameter_nm=6.0, nm_per_px=0.25,
        spread=0.3, seed=seed, **KINDS[kind],
    )  # fmt: skip


def draw(film: SyntheticFilm, folder: Path, workers: int) -> Path:
    """Write all frames as numbered pictures, several at once."""
    folder.mkdir()
    with Processes(workers) as pool:
        pool.starmap(_draw_one, [(film, folder, number) for number in range(film.n_frames)], chunksize=8)
    return folder


def _draw_one(film: SyntheticFilm, folder: Path, number: int) -> None:
    import cv2

    cv2.imwrite(str(folder / f"{number:05}.png"), film.frame(number).pixels)


def drawn(args: argparse.Namespace) -> None:
    """Draw, analyse and score films of each kind."""
    for kind in args.kinds.split(","):
        for seed in range(args.seed, args.seed + args.films):
            film = film_of(kind, args, seed)
            with tempfile.TemporaryDirectory() as folder:
                pictures = draw(film, Path(folder) / "pictures", args.workers)
                began = time.perf_counter()
                study = FilmStudy(Path(folder) / "study", FilmPlace(pictures, None, nm_per_px=film.nm_per_px))
                with Pool(args.workers) as pool:
                    for _ in study.run(pool):
                        pass
                study = open_film_study(study.folder)
                history = study.history()
                score = score_tracks(history.particles, history.events, film.truth, film.merges, least_px=LEAST_PX)
                seconds = time.perf_counter() - began
                _report(kind, seed, film, history, score, seconds)


def _report(kind: str, seed: int, film: SyntheticFilm, history: FilmHistory, score: Any, seconds: float) -> None:
    truth = film.truth.query("is_whole and diameter_px >= @LEAST_PX")
    row = match(history.particles, truth)
    bias = np.log(
        history.particles["diameter_px"].to_numpy()[row[row >= 0]] / truth["diameter_px"].to_numpy()[row >= 0]
    )
    drift = history.frames[["drift_row_px", "drift_column_px"]].to_numpy() - film.drift_px
    curves = curves_of(history)
    trend, law, motion = curves.trend, growth_law(curves), displacement_of(history)
    whole_film = history.times[-1]
    print(
        f"{kind} seed {seed}: links {score.links:.4f} whole {score.whole:.3f} merges found {score.merges_found:.3f} "
        f"false {score.merges_false:.3f} DET {score.det:.4f} TRA {score.tra:.4f}; diameter bias "
        f"{100 * bias.mean():+.2f} % scatter {100 * bias.std():.2f} %; trend {100 * trend.value * whole_film:+.2f} % "
        f"({100 * trend.low * whole_film:+.2f} to {100 * trend.high * whole_film:+.2f} %); drift off by at most "
        f"{np.nanmax(np.abs(drift)):.2f} px; {law.verdict}, exponent {law.exponent.value:.2f} "
        f"({law.exponent.low:.2f} to {law.exponent.high:.2f}); motion {motion.verdict}; {seconds:.0f} s, "
        f"{_peak_gb():.2f} GB",
        flush=True,
    )


def _peak_gb() -> float:
    """Return the peak memory of this process and of its largest worker in GB."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) / 1e6


def tracks(args: argparse.Namespace) -> None:
    """Score linking and events where what was found is the truth with noise."""
    for kind in args.kinds.split(","):
        for seed in range(args.seed, args.seed + args.films):
            film = film_of(kind, args, seed)
            history = noisy_history(film, seed, missed=MISSED)
            began = time.perf_counter()
            score = score_tracks(history.particles, history.events, film.truth, film.merges, least_px=LEAST_PX)
            print(
                f"{kind} seed {seed}: links {score.links:.4f} whole {score.whole:.3f} merges {len(film.merges)} found "
                f"{score.merges_found:.3f} false {score.merges_false:.3f} DET {score.det:.4f} TRA {score.tra:.4f}; "
                f"{time.perf_counter() - began:.0f} s",
                flush=True,
            )


def noisy_history(film: SyntheticFilm, seed: int, *, missed: float = 0.0) -> FilmHistory:
    """Return the truth of a film with noise, as if every particle had been found but for a share."""
    rng, n_frames = np.random.default_rng(seed), film.n_frames
    truth = film.truth.query("diameter_px >= @LEAST_PX")
    truth = truth[rng.random(len(truth)) >= missed].reset_index(drop=True)
    common = np.zeros(n_frames)
    for k in range(1, n_frames):
        common[k] = CORRELATION * common[k - 1] + rng.normal(0, FRAME_NOISE)
    truth["diameter_px"] *= np.exp(rng.normal(0, SIZE_NOISE, len(truth)) + common[truth["frame"]])
    truth[["row_px", "column_px"]] += rng.normal(0, PLACE_NOISE_PX, (len(truth), 2))
    truth["flags"] = np.where(truth["is_whole"], "", "touches_frame")
    counts = truth.groupby("frame").size().reindex(range(n_frames), fill_value=0)
    steps = np.diff(film.drift_px, axis=0, prepend=np.nan)
    records = [
        FrameRecord(
            k, "", int(counts[k]), int(counts[k]), blur_px=1.0, step_row_px=steps[k, 0], step_column_px=steps[k, 1]
        )
        for k in range(n_frames)
    ]
    side = film.params.scene.frame.side_px
    part = FilmPart(n_frames, (side, side))
    return FilmHistory(tuple(records), truth, part, film.nm_per_px, film.params.motion.frame_time_s)


def laws(args: argparse.Namespace) -> None:
    """Count how often exponent and trend lie in their intervals."""
    for law in args.laws.split(","):
        process, exponent = law[:-1], int(law[-1])
        jobs = [(args, process, exponent, seed) for seed in range(args.seed, args.seed + args.films)]
        with Processes(args.workers) as pool:
            table = pd.DataFrame(pool.map(_law, jobs, chunksize=4))
        n = len(table)
        print(
            f"{process} {exponent}: exponent inside {table['inside'].sum()} of {n}, mean {table['value'].mean():.2f} "
            f"± {table['value'].std():.2f}, width {table['width'].mean():.2f}; said to ripen "
            f"{table['ripens'].sum()}; verdicts "
            f"{table['verdict'].value_counts().to_dict()}; trend of 0 inside {table['still'].sum()} of {n}",
            flush=True,
        )


def _law(job: tuple[argparse.Namespace, str, int, int]) -> dict[str, Any]:
    args, process, exponent, seed = job
    film = simulate_film(
        n_frames=args.frames, n_particles=args.particles, side_px=args.side, diameter_nm=6.0, nm_per_px=0.25,
        spread=0.1, process=process, exponent=exponent, seed=seed,
    )  # fmt: skip
    curves = curves_of(noisy_history(film, seed))
    law, trend = growth_law(curves), curves.trend
    return {
        "inside": law.exponent.low <= exponent <= law.exponent.high,
        "value": law.exponent.value,
        "width": law.exponent.high - law.exponent.low,
        "ripens": law.ripening.is_there,
        "verdict": law.verdict,
        "still": trend.low <= 0 <= trend.high,
    }


def main() -> None:
    """Read the command line and run one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["drawn", "tracks", "laws"])
    parser.add_argument("--films", type=int, default=1)
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--particles", type=int, default=200)
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--laws", default="growth2,growth3,ripening2,ripening3,nothing3")
    args = parser.parse_args()
    {"drawn": drawn, "tracks": tracks, "laws": laws}[args.part](args)


if __name__ == "__main__":
    main()
