"""Results are worked out once for all that share a store, and anew when what they depend on changes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace

import pytest

from nanotem.stage import Store, hash_of, is_known, stage, worked_out


@dataclass(frozen=True)
class Size:
    width: int = 3
    height: int = 5


@dataclass(frozen=True)
class Box:
    """Counts what it works out in `done`."""

    size: Size = field(default_factory=Size)
    depth: int = 7
    colour: str = "red"
    done: list[str] = field(default_factory=list, repr=False)
    store: Store = field(default_factory=dict, repr=False)
    watch: Callable[[str], AbstractContextManager[object]] = field(default=nullcontext, repr=False)

    @stage("size.width", "size.height", doing="Multiplying…")
    def area(self) -> int:
        """Width times height."""
        self.done.append("area")
        return self.size.width * self.size.height

    @stage("area", "depth")
    def volume(self) -> int:
        self.done.append("volume")
        return self.area * self.depth

    @stage("colour")
    def nothing(self) -> None:
        self.done.append("nothing")

    @stage("depth")
    def broken(self) -> int:
        self.done.append("broken")
        raise ValueError("too deep")


def test_a_result_is_worked_out_when_it_is_asked_for_and_once() -> None:
    box = Box()
    assert box.done == []
    assert (box.volume, box.volume, box.area) == (105, 105, 15)
    assert box.done == ["volume", "area"]


def test_what_shares_a_store_shares_what_depends_on_the_same() -> None:
    one = Box()
    other = replace(one, colour="blue")
    assert one.volume == other.volume
    assert one.done == ["volume", "area"]


def test_a_stage_is_known_once_it_was_worked_out_from_the_same() -> None:
    box = Box()
    assert not is_known(box, "area")
    assert box.volume == 105
    assert is_known(box, "area")
    assert is_known(replace(box, depth=1), "area")
    assert not is_known(replace(box, depth=1), "volume")


def test_without_a_common_store_nothing_is_shared() -> None:
    one = Box()
    other = replace(one, store={})
    assert one.area == other.area
    assert one.done == ["area", "area"]


def test_only_what_depends_on_a_change_is_worked_out_anew() -> None:
    one = Box()
    assert one.volume == 105
    assert replace(one, depth=1).volume == 15
    assert one.done == ["volume", "area", "volume"]
    assert replace(one, size=Size(4, 5)).volume == 140
    assert one.done[3:] == ["volume", "area"]
    assert one.volume == 105
    assert len(one.done) == 5


def test_parts_of_an_attribute_are_told_apart() -> None:
    assert Box(size=Size(3, 5)).area == 15
    one = Box(size=Size(1, 23))
    assert replace(one, size=Size(12, 3)).area == 36
    assert one.area == 23


def test_nothing_is_a_result_too() -> None:
    box = Box()
    assert box.nothing is None
    assert box.nothing is None
    assert box.done == ["nothing"]


def test_an_error_is_no_result() -> None:
    box = Box()
    for _ in range(2):
        with pytest.raises(ValueError, match="too deep"):
            _ = box.broken
    assert box.done == ["broken", "broken"]
    assert not box.store


def test_what_takes_long_is_said_while_it_is_done() -> None:
    told: list[str] = []

    @contextmanager
    def watch(doing: str) -> Iterator[None]:
        told.append(f"{doing} begins")
        yield
        told.append(f"{doing} ends")

    box = Box(watch=watch)
    assert box.volume == 105
    assert told == ["Multiplying… begins", "Multiplying… ends"]
    assert box.volume == 105
    assert len(told) == 2


class Forgetful(dict):
    """A store that keeps nothing."""

    def __setitem__(self, key: object, value: object) -> None:
        pass


def test_a_store_may_forget() -> None:
    box = Box(store=Forgetful())
    assert (box.volume, box.volume) == (105, 105)
    assert box.done == ["volume", "area"] * 2


class Square:
    """An object whose fields can be set, unlike its stages."""

    def __init__(self, side: int) -> None:
        self.side, self.store, self.watch = side, {}, nullcontext

    @stage("side")
    def area(self) -> int:
        return self.side**2


def test_a_result_cannot_be_set_but_follows_what_can() -> None:
    square = Square(3)
    with pytest.raises(AttributeError, match="area is worked out and cannot be set"):
        square.area = 3
    assert square.area == 9
    square.side = 4
    assert square.area == 16


def test_the_class_has_the_stage_with_its_words() -> None:
    assert Box.area.depends == ("size.width", "size.height")
    assert Box.area.doing == "Multiplying…"
    assert Box.area.__doc__ == "Width times height."


def test_a_result_without_a_stage_of_its_own_is_kept_under_its_name() -> None:
    box = Box()
    assert [worked_out(box, "twice", ("area",), lambda: box.done.append("twice") or 2 * box.area) for _ in "ab"] == [
        30,
        30,
    ]
    assert box.done == ["twice", "area"]
    assert ("twice", hash_of(box, "twice", ("area",))) in box.store


def test_a_hash_is_the_same_for_the_same_and_differs_by_name_and_by_what_it_depends_on() -> None:
    box = Box()
    assert hash_of(box, "volume", Box.volume.depends) == hash_of(Box(colour="blue"), "volume", Box.volume.depends)
    assert hash_of(box, "volume", ("area",)) != hash_of(box, "volume", ("area", "depth"))
    assert hash_of(box, "volume", ("area",)) != hash_of(box, "weight", ("area",))
    assert hash_of(box, "volume", ("area",)) != hash_of(Box(size=Size(1, 1)), "volume", ("area",))
