"""The figures of the judge in docs/accuracy.md are those on its card."""

from pathlib import Path

from nanotem.networks.folders import MODELS
from nanotem.segmentation.judge.judge import judge_of

PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"
HEADING = "| micrographs | number | F1 | panoptic quality | held |"


def test_the_table_of_the_judge_is_that_of_its_card():
    rows = PAGE.read_text(encoding="utf-8").split(HEADING)[1].split("\n\n")[0].splitlines()[2:]
    written = {kind.strip(): [cell.strip() for cell in cells] for _, kind, *cells, _ in (r.split("|") for r in rows)}
    figures = judge_of(MODELS).card.figures
    assert written == {kind: as_written(some) for kind, some in figures.items() if isinstance(some, dict)}


def as_written(figures: dict[str, float]) -> list[str]:
    return [
        f"{figures['n']:.0f}",
        f"{figures['f1_50']:.2f}",
        f"{figures['pq']:.2f}",
        f"{figures['count_in_interval']:.2f}",
    ]
