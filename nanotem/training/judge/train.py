"""The whole training of the judge: labelled and drawn micrographs in, trees with their card out."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.networks.folders import MODELS
from nanotem.provenance import versions
from nanotem.segmentation.automatic import DOUBT, LEAST_PROBABILITY
from nanotem.segmentation.judge.card import JudgeCard, save_judge
from nanotem.segmentation.judge.count import CountEstimate, count_estimate
from nanotem.segmentation.judge.judge import Judge
from nanotem.segmentation.judge.trees import Trees
from nanotem.segmentation.network.segmenter import segmenter_of
from nanotem.synthetic.files import each
from nanotem.training.judge.calibrate import Answer, answer, calibrated, scatter_of, share_missed
from nanotem.training.judge.config import JudgeConfig
from nanotem.training.judge.example import REAL, JudgeExample, hear_drawn, hear_real, is_boxed, read_example
from nanotem.training.judge.fit import fit_trees
from nanotem.training.segmenter.drawn.kinds import KINDS
from nanotem.training.segmenter.labelled import labelled_pairs, purpose_of

_BELOW, _ABOVE = 0.005, 0.045
"""Share of counts that may lie beyond either end of their intervals. What is found is rarely false, what is missed is
sometimes much: of all ways to leave out one in twenty this makes the intervals of micrographs the shortest, 0.89 of the
number found on average (1.40 with half beyond either end), and still 0 is in 94 % of those of empty frames."""

_Job = tuple[Path, Callable[[], None]]


def train_judge(
    config: JudgeConfig,
    folder: Path,
    *,
    real: Sequence[Path] = (),
    network: Path = MODELS,
    processes: int = 1,
    report: Callable[[str], object] = lambda text: None,
) -> JudgeCard:
    """Train the judge and write it with its card.

    Parameters
    ----------
    config
        Settings.
    folder
        For examples and the judge; examples that are there are used again.
    real
        Folders that hold `images` and `labels`, label images or text files of boxes. Of labelled images those alone are
        heard that no network has learned from, see `nanotem.training.segmenter.labelled.purpose_of`: what a network
        says of the others is too good. With 286 of these beside the 80, each heard by a network that was trained
        without it, F1 on the 80 stayed 0.884. No network learns from boxes.
    network
        Folder of the segmentation network that is a witness.
    processes
        How many hear witnesses, and learn.
    report
        Told what is being done.

    Raises
    ------
    ParameterError
        If there are fewer examples than folds.
    """
    jobs = _jobs(config, folder / "examples", real, network)
    report(f"{len(jobs)} micrographs")
    for _ in each(_prepare, jobs, processes=processes, chunk=1):
        pass
    read = [read_example(path) for path, _ in jobs]
    if len(read) < config.n_folds:
        raise ParameterError(f"{len(read)} micrographs are too few for {config.n_folds} folds.", "Draw or label more.")
    examples, names = [example for example, _ in read], read[0][1]
    report("Learning, with a part left out in turn")
    raw = _card(names, segmenter_of(network).sha256, config)
    parts = [(fold, [path for path, _ in jobs], config) for fold in (*range(config.n_folds), None)]
    *trees, whole = each(_learned_without, parts, processes=processes, chunk=1)
    first = _held_out(examples, trees, raw, config)
    slope, offset = calibrated([one for _, one in first])
    card = replace(raw, slope=slope, offset=offset)
    again = _held_out(examples, trees, card, config)
    card = replace(card, missed=share_missed([one for _, one in again]))
    card = _with_scatter(card, [one for _, one in again])
    card = replace(card, figures=_figures(again, card))
    return save_judge(folder, whole, card)


def _jobs(config: JudgeConfig, folder: Path, real: Sequence[Path], network: Path) -> list[_Job]:
    folder.mkdir(parents=True, exist_ok=True)
    jobs: list[_Job] = []
    for one in real:
        for image, label in labelled_pairs(one):
            if is_boxed(label) or purpose_of(image) != "real":
                path = folder / f"real_{one.name}_{image.stem}.npz"
                jobs.append((path, partial(_heard_real, path, image, label, network)))
    for number in range(config.n_drawn):
        kind, seed = list(KINDS)[number % len(KINDS)], config.seed + number // len(KINDS)
        path = folder / f"drawn_{kind.replace(': ', '_').replace(' ', '_')}_{seed}.npz"
        jobs.append((path, partial(_heard_drawn, path, kind, seed, network)))
    return jobs


def _prepare(job: _Job) -> None:
    path, work = job
    if not path.exists():
        work()


def _heard_real(path: Path, image: Path, label: Path, network: Path) -> None:
    hear_real(path, image, label, segmenter_of(network))


def _heard_drawn(path: Path, kind: str, seed: int, network: Path) -> None:
    hear_drawn(path, kind, seed, segmenter_of(network))


def _learned_without(part: tuple[int | None, Sequence[Path], JudgeConfig]) -> Trees:
    """Learn from all examples without those of a fold; they are read here, as they are too large to be handed over."""
    fold, paths, config = part
    examples = (read_example(path)[0] for path in paths)
    return fit_trees([one for one in examples if one.fold(config.n_folds) != fold], config)


def _held_out(
    examples: Sequence[JudgeExample], trees: Sequence[Trees], card: JudgeCard, config: JudgeConfig
) -> list[tuple[JudgeExample, Answer]]:
    """Return every example with what those trees say of it that did not learn from it."""
    judges = [Judge(some, card) for some in trees]
    return [(one, _answer(one, judges[one.fold(config.n_folds)], config)) for one in examples]


def _answer(example: JudgeExample, judge: Judge, config: JudgeConfig) -> Answer:
    """Answer as the method does: the glance stands unless the judge doubts it."""
    weight = 1.0 if example.kind == REAL else config.drawn_share
    for heard in (example.glance, example.closer):
        said = answer(
            heard,
            judge.of_rows(heard.features),
            example.n_true,
            weight,
            least_probability=LEAST_PROBABILITY,
        )
        if _counted(said, judge.card).doubtful_share <= DOUBT:
            break
    return said


def _counted(answer: Answer, card: JudgeCard) -> CountEstimate:
    return count_estimate(answer.kept, answer.left, card, unsure=answer.unsure)


def _with_scatter(card: JudgeCard, answers: Sequence[Answer]) -> JudgeCard:
    """Return the card with the scatter of the counts of those in which something is found."""
    counted = [one for one in answers if len(one.kept)]
    n_true, weights = np.array([one.n_true for one in counted]), np.array([one.weight for one in counted])

    def ends(scatter: float) -> npt.NDArray[np.float64]:
        some = replace(card, scatter_false=scatter, scatter_missed=scatter)
        return np.array([(count.low, count.high) for count in (_counted(one, some) for one in counted)])

    return replace(
        card,
        scatter_false=scatter_of(1 - _BELOW, lambda scatter: ends(scatter)[:, 0] - n_true, weights),
        scatter_missed=scatter_of(1 - _ABOVE, lambda scatter: n_true - ends(scatter)[:, 1], weights),
    )


def _figures(answers: Sequence[tuple[JudgeExample, Answer]], card: JudgeCard) -> dict[str, float | dict[str, float]]:
    """Return F1, panoptic quality, calibration error and coverage of the count, by kind."""
    kinds = dict.fromkeys(example.kind for example, _ in answers)
    return {kind: _of_kind([one for example, one in answers if example.kind == kind], card) for kind in kinds}


def _of_kind(answers: Sequence[Answer], card: JudgeCard) -> dict[str, float]:
    counts = [_counted(one, card) for one in answers]
    holds = [count.low - 0.5 <= one.n_true <= count.high + 0.5 for one, count in zip(answers, counts, strict=True)]
    said = np.concatenate([one.kept for one in answers])
    is_true = np.concatenate([one.is_true[: len(one.kept)] for one in answers])
    return {
        "n": float(len(answers)),
        "f1_50": round(float(np.mean([one.f1 for one in answers])), 3),
        "pq": round(float(np.mean([one.pq for one in answers])), 3),
        "nothing_found": round(float(np.mean([len(one.kept) == 0 for one in answers])), 3),
        "calibration_error": round(_calibration_error(said, is_true), 3),
        "count_in_interval": round(float(np.mean(holds)), 3),
    }


def _calibration_error(said: npt.NDArray[np.float64], is_true: npt.NDArray[np.bool_]) -> float:
    """Return the mean difference between what is said and what is true, in ten bins of equal width."""
    bins = np.minimum((said * 10).astype(int), 9)
    n = np.bincount(bins, minlength=10)
    differences = np.abs(np.bincount(bins, said, 10) - np.bincount(bins, is_true, 10))
    return float(differences.sum() / max(n.sum(), 1))


def _card(names: list[str], segmenter: str, config: JudgeConfig) -> JudgeCard:
    return JudgeCard(
        features=names,
        segmenter=segmenter,
        slope=1.0,
        offset=0.0,
        missed=1.0,
        scatter_false=0.0,
        scatter_missed=0.0,
        versions=versions("scikit-learn"),
        training={**asdict(config)},
    )
