"""Results that are worked out when they are asked for, and kept under the hash of what they depend on."""

import hashlib
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from functools import reduce
from typing import Any, Generic, Protocol, TypeVar, overload

Key = tuple[str, str]
"""Name of the stage, and the hash of everything that its result depends on."""

Store = MutableMapping[Key, Any]
"""Where results are kept: a dict, or anything that behaves like one and may forget."""

T = TypeVar("T")


class Staged(Protocol):
    """An object with stages: where it keeps them, and who is told what is being done."""

    @property
    def store(self) -> Store:
        """Where results are kept."""

    @property
    def watch(self) -> Callable[[str], AbstractContextManager[object]]:
        """Takes what is being done, and returns a context in which it is done."""


class Stage(Generic[T]):
    """A property of a `Staged` object; see `stage`."""

    def __init__(self, work: Callable[[Any], T], depends: tuple[str, ...], doing: str) -> None:
        self.work, self.depends, self.doing = work, depends, doing
        self.__doc__ = work.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Stage[T]": ...
    @overload
    def __get__(self, instance: Staged, owner: type) -> T: ...
    def __get__(self, instance: Staged | None, owner: type) -> "Stage[T] | T":
        if instance is None:
            return self
        return worked_out(instance, self.name, self.depends, lambda: self.work(instance), doing=self.doing)

    def __set__(self, instance: Staged, value: T) -> None:
        raise AttributeError(f"{self.name} is worked out and cannot be set")


def stage(*depends: str, doing: str = "") -> Callable[[Callable[[Any], T]], Stage[T]]:
    """Make a method a stage: its result is worked out once for all objects that share a store and what it depends on.

    Parameters
    ----------
    depends
        Names of other stages, or of attributes whose text stands for their value (frozen dataclasses, strings,
        numbers); dots reach inside.
    doing
        What is being done, for a person who waits; empty for what is quick.

    Examples
    --------
    >>> from contextlib import nullcontext
    >>> class Circle:
    ...     watch = nullcontext
    ...     def __init__(self, radius, store):
    ...         self.radius, self.store = radius, store
    ...     @stage("radius")
    ...     def area(self):
    ...         return 3 * self.radius**2
    >>> Circle(2, store := {}).area
    12
    >>> [name for name, _ in store]
    ['area']
    """
    return lambda work: Stage(work, depends, doing)


def worked_out(instance: Staged, name: str, depends: tuple[str, ...], work: Callable[[], T], *, doing: str = "") -> T:
    """Return what is kept under a name for what it depends on, worked out first if need be.

    Parameters
    ----------
    instance
        Whose stages and attributes it depends on.
    name, depends, doing
        As for `stage`.
    work
        Works it out.
    """
    key = name, hash_of(instance, name, depends)
    if key not in instance.store:
        with instance.watch(doing) if doing else nullcontext():
            result = work()
        instance.store[key] = result
        return result
    return instance.store[key]


def is_known(instance: Staged, name: str) -> bool:
    """Tell whether a stage was worked out already and is kept."""
    found = getattr(type(instance), name)
    return (name, hash_of(instance, name, found.depends)) in instance.store


def hash_of(instance: Staged, name: str, depends: tuple[str, ...]) -> str:
    """Return the hash of a name and what it depends on; for another stage stands its own hash."""
    digest = hashlib.sha256(name.encode())
    for other in depends:
        found = getattr(type(instance), other, None)
        value = (
            hash_of(instance, other, found.depends)
            if isinstance(found, Stage)
            else repr(reduce(getattr, other.split("."), instance))
        )
        digest.update(f"|{other}={value}".encode())
    return digest.hexdigest()
