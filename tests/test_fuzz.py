"""A small count of damaged files; `python -m benchmarks.fuzz` tries more."""

import numpy as np
import pytest

from benchmarks.fuzz import FAULTS, Case, damaged, kinds, run, tried


@pytest.mark.parametrize("kind", kinds())
def test_damaged_files_are_refused_or_read_for_what_they_are(kind):
    answers = [tried(kind, 2024, number) for number in range(4)]
    assert [answer for answer in answers if answer.result in FAULTS] == []


def test_a_child_answers_every_case():
    answers = list(run("labels: PNG", 5, 3))
    assert [answer.number for answer in answers] == [0, 1, 2]
    assert {answer.result for answer in answers} <= {"refused", "the same", "changed", "noted"}


def test_damage_is_drawn_from_its_seed_alone():
    case = Case(bytes(range(256)) * 20, "a.tif")
    first, again, other = (damaged(case, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert damaged(Case(b"", "empty"), np.random.default_rng(3)).data == b""
