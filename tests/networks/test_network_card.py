"""Every field of a card has its type and its range."""

from dataclasses import dataclass
from typing import Any

import pytest

from nanotem.networks.card import Card, card_of, check_range, typed
from nanotem.networks.errors import ModelError


@dataclass(frozen=True, eq=False, kw_only=True)
class SomeCard(Card):
    """A card with one field of its own."""

    temperature: float

    def __post_init__(self) -> None:
        check_range("temperature", self.temperature, 0.1, 10)


GOOD = {"name": "some", "temperature": 2, "training": {"seed": 1, "rate": 0.5, "kept": True, "start": None}}


def test_a_card_comes_back_with_its_types() -> None:
    card = card_of("some", GOOD, SomeCard)
    assert (card.temperature, type(card.temperature)) == (2.0, float)
    assert card.training == GOOD["training"]
    assert [type(value) for value in card.training.values()] == [int, float, bool, type(None)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"temperature": "2"}, "'2' is no float"),
        ({"temperature": True}, "True is no float"),
        ({"temperature": None}, "None is no float"),
        ({"temperature": float("nan")}, "nan is no float"),
        ({"temperature": float("inf")}, "inf is no float"),
        ({"temperature": 10**400}, "too large"),
        ({"temperature": 11}, "temperature = 11.0 is not between 0.1 and 10"),
        ({"curves": {"loss": 3}}, "3 is no list"),
        ({"curves": {"loss": [[1]]}}, "is no float"),
        ({"curves": []}, r"\[\] is no dict"),
        ({"versions": {"numpy": 2}}, "2 is no str"),
        ({"training": {"seed": [1]}}, r"\[1\] is none of"),
        ({"training": {"seed": 10**400}}, "too large|is none of"),
        ({"further": 1}, "further"),
    ],
    ids=str,
)
def test_wrong_fields_are_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError, match=f"The card of the network some is wrong: .*({said})"):
        card_of("some", {**GOOD, **changes}, SomeCard)


def test_an_absent_field_is_named() -> None:
    with pytest.raises(ModelError, match="temperature"):
        card_of("some", {"name": "some"}, SomeCard)


def test_the_card_of_another_network_is_refused() -> None:
    with pytest.raises(ModelError, match="The card of the network other describes 'some'"):
        card_of("other", GOOD, SomeCard)


@pytest.mark.parametrize(
    ("value", "hint"), [(3.0, int), (True, int), (2**60, int), ("a", list[str]), ([1], tuple[str, ...]), (1, bool)]
)
def test_other_types_are_refused(value: object, hint: Any) -> None:
    with pytest.raises(TypeError, match="is no"):
        typed(value, hint)
