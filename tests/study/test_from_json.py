from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from nanotem.study.from_json import from_json


@dataclass(frozen=True)
class Saved:
    count: int
    mean: float | None
    method: Literal["a", "b"]
    name: str
    notes: tuple[str, ...]
    ends: Mapping[str, tuple[float | None, ...]]


GOOD: dict[str, Any] = {
    "count": 3,
    "mean": 2.5,
    "method": "a",
    "name": "x",
    "notes": ["one", "two"],
    "ends": {"d": [1.0, None]},
}


def test_a_dataclass_comes_back() -> None:
    assert from_json(Saved, GOOD) == Saved(3, 2.5, "a", "x", ("one", "two"), {"d": (1.0, None)})
    assert from_json(Saved, GOOD | {"mean": None, "notes": []}) == Saved(3, None, "a", "x", (), {"d": (1.0, None)})
    assert from_json(Saved, GOOD | {"mean": 2}) == Saved(3, 2, "a", "x", ("one", "two"), {"d": (1.0, None)})


@pytest.mark.parametrize(
    "change",
    [
        {"count": 3.0}, {"count": True}, {"count": 2**60}, {"count": "3"}, {"count": None},
        {"mean": [1]}, {"mean": float("nan")}, {"mean": float("inf")}, {"mean": 10**400}, {"mean": "2"}, {"mean": {}},
        {"method": "c"}, {"method": []}, {"name": 3}, {"name": None}, {"notes": "one"}, {"notes": [1]}, {"more": 1},
        {"ends": {"d": 1.0}}, {"ends": {"d": ["1"]}}, {"ends": [1.0]}, {"ends": None},
    ],
)  # fmt: skip
def test_what_is_not_of_its_type_is_none(change: dict[str, Any]) -> None:
    assert from_json(Saved, GOOD | change) is None


def test_a_field_that_is_absent_makes_none() -> None:
    assert from_json(Saved, {name: value for name, value in GOOD.items() if name != "mean"}) is None
