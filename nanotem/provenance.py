"""What decided a result besides image, recipe and corrections: software and networks."""

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

import cv2

import nanotem

_LIBRARIES = ("numpy", "scipy", "pandas", "scikit-image")


def versions(*more: str) -> dict[str, str]:
    """Return the versions of what counts and measures: nanotem, Python and libraries.

    Parameters
    ----------
    more
        Further libraries that had a part in the result, such as "onnxruntime" where particles were classified.
    """
    found = {"nanotem": nanotem.__version__, "python": platform.python_version()}
    found |= {name: version(name) for name in _LIBRARIES}
    return found | {"opencv": cv2.__version__} | {name: version(name) for name in more}


@dataclass(frozen=True)
class Provenance:
    """Versions of the software and identities of the networks that had a say in a result.

    Attributes
    ----------
    versions
        By the name of the library.
    networks
        SHA-256 of what decides the answers of each network, by its name; empty text for one that should have been
        asked and was absent.
    """

    versions: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)

    def differences(self, other: "Provenance") -> tuple[str, ...]:
        """Say in sentences in what another provenance differs from this one; what only one of them names is left out.

        The words are those of somebody who has this provenance and replays a result of the other.
        """
        notes = []
        changed = _changed(other.versions, self.versions)
        if changed:
            made_with = ", ".join(f"{name} {other.versions[name]} (here {self.versions[name]})" for name in changed)
            notes.append(f"It was made with other versions, so that last digits may differ: {made_with}.")
        for name in _changed(other.networks, self.networks):
            here, there = (one.networks[name][:8] or "absent" for one in (self, other))
            notes.append(f"It was made with another network {name} ({there}, here {here}): particles may differ.")
        return tuple(notes)


def _changed(one: Mapping[str, str], other: Mapping[str, str]) -> Iterable[str]:
    return [name for name, value in one.items() if name in other and other[name] != value]
