"""Damaged and hostile files of every kind: refused with a reason, or read for what they are.

    python -m benchmarks.fuzz [--count N] [--seed S] [--kinds PART …]

For every case a good file is drawn and damaged: bits flipped, cut short, halves zeroed, numbers set to extremes, pieces
doubled, another name. It is tried in a child process that has 1.5 GB and 20 s. Counted are

"refused"         a `NanotemError`, which is what should happen most often
"the same"        read, and nothing that counts has changed
"changed"         read, changed, and a strict reader reads the same change: the file says so
"noted"           read, changed, with a note
"silent"          read and changed without a word, where a strict reader refuses or reads something else
"unexpected"      any other exception
"hung", "died"    no answer within 20 s; the process ended
"over memory"     more than 500 MB above where it began, or a `MemoryError`

The last five should be 0; their cases are listed, and `--only KIND SEED NUMBER` repeats one.

A kind is one `Kind`: a function that draws a good file, and one that tries a damaged one beside the good one. Add it to
`KINDS`.
"""

import argparse
import json
import resource
import selectors
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, cast

import numpy as np
import pandas as pd

from nanotem.errors import NanotemError

MEMORY_BYTES = 1_500_000_000
GROWTH_MB = 500
SECONDS = 20
FAULTS = ("silent", "unexpected", "hung", "died", "over memory")

_EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 2**63 - 1, 2**64 - 1)
_HEADER_BYTES = 2048
_OTHER_NAMES = ("image.png", "image.mrc", "image.dm4", "image", "a*b*c.tif", "\udcff\udcfe.tif", "image_1.ser", "x.emi")


class Case(NamedTuple):
    """A file with its name and the files beside it."""

    data: bytes
    name: str
    companions: Mapping[str, bytes] = MappingProxyType({})


class Kind(NamedTuple):
    """What is tried: `draw` a good file; `judge` a damaged one beside it ("the same", "changed", "noted", "silent")."""

    draw: Callable[[np.random.Generator], Case]
    judge: Callable[[Case, Case], str]


class Answer(NamedTuple):
    """What came of one case."""

    kind: str
    number: int
    result: str
    why: str = ""


def kinds() -> dict[str, Kind]:
    """Return every kind; imported late, because a child that tries one of them needs the memory."""
    from benchmarks.fuzz_images import KINDS as IMAGES
    from benchmarks.fuzz_labels import KINDS as LABELS

    return {**IMAGES, **LABELS}


def damaged(case: Case, rng: np.random.Generator) -> Case:
    """Damage a file in one to three ways."""
    for _ in range(rng.integers(1, 4)):
        way = _WAYS[int(rng.integers(len(_WAYS)))]
        case = way(case, rng)
    return case


def _flip(case: Case, rng: np.random.Generator) -> Case:
    content = bytearray(case.data)
    for _ in range(rng.integers(1, 9) if content else 0):
        content[_place(len(content), rng)] ^= 1 << int(rng.integers(8))
    return case._replace(data=bytes(content))


def _cut(case: Case, rng: np.random.Generator) -> Case:
    return case._replace(data=case.data[: int(rng.integers(len(case.data) + 1))])


def _zero(case: Case, rng: np.random.Generator) -> Case:
    """Zero the second half, or a piece, as an interrupted copy leaves it."""
    length = len(case.data)
    begin = length // 2 if rng.random() < 0.5 else int(rng.integers(length + 1))
    end = length if rng.random() < 0.7 else min(begin + int(rng.integers(1, 512)), length)
    return case._replace(data=case.data[:begin] + bytes(end - begin) + case.data[end:])


def _extreme(case: Case, rng: np.random.Generator) -> Case:
    content = bytearray(case.data)
    for _ in range(rng.integers(1, 4)):
        n_bytes = int(rng.choice([1, 2, 4, 8]))
        if len(content) > n_bytes:
            at = _place(len(content) - n_bytes, rng)
            value = int(_EXTREMES[int(rng.integers(len(_EXTREMES)))]) % 256**n_bytes
            content[at : at + n_bytes] = value.to_bytes(n_bytes, "little" if rng.random() < 0.6 else "big")
    return case._replace(data=bytes(content))


def _double(case: Case, rng: np.random.Generator) -> Case:
    begin, end = sorted(int(place) for place in rng.integers(len(case.data) + 1, size=2))
    at = int(rng.integers(len(case.data) + 1))
    return case._replace(data=case.data[:at] + case.data[begin:end] + case.data[at:])


def _rename(case: Case, rng: np.random.Generator) -> Case:
    return case._replace(name=_OTHER_NAMES[int(rng.integers(len(_OTHER_NAMES)))])


def _place(n_bytes: int, rng: np.random.Generator) -> int:
    """Return a place in the file, half of the time in its header."""
    return int(rng.integers(min(n_bytes, _HEADER_BYTES) if rng.random() < 0.5 else n_bytes))


_WAYS = (_flip, _cut, _zero, _extreme, _extreme, _double, _rename)


def tried(kind: str, seed: int, number: int) -> Answer:
    """Draw, damage and try one case, in this process."""
    rng = np.random.default_rng([seed, number, zlib.crc32(kind.encode())])
    good = kinds()[kind].draw(rng)
    bad = damaged(good, rng)
    before_mb = _peak_mb()
    try:
        result, why = kinds()[kind].judge(bad, good), ""
    except NanotemError as error:
        is_memory = isinstance(error.__cause__, MemoryError) or isinstance(
            error.__cause__ and error.__cause__.__cause__, MemoryError
        )
        result, why = ("over memory", "MemoryError") if is_memory else ("refused", "")
    except Exception as error:  # noqa: BLE001 - that there is none is what is tested
        result, why = "unexpected", f"{type(error).__name__}: {error}"
    if _peak_mb() - before_mb > GROWTH_MB:
        result, why = "over memory", f"{_peak_mb() - before_mb:.0f} MB more"
    return Answer(kind, number, result, why[:300])


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def run(kind: str, seed: int, count: int) -> Iterator[Answer]:
    """Try `count` cases in children, each of which goes on until it hangs or dies."""
    number = 0
    while number < count:
        for answer in _batch(kind, seed, range(number, count)):
            yield answer
            number = answer.number + 1


def _batch(kind: str, seed: int, numbers: Sequence[int]) -> Iterator[Answer]:
    command = [sys.executable, "-m", "benchmarks.fuzz", "--child", kind, str(seed), str(numbers[0]), str(numbers[-1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            child.stdout.readline()
            for number in numbers:
                if not selector.select(SECONDS):
                    child.kill()
                    yield Answer(kind, number, "hung")
                    return
                line = child.stdout.readline()
                if not line:
                    yield Answer(kind, number, "died", f"exit status {child.wait()}")
                    return
                yield Answer(*json.loads(line))


def _child(kind: str, seed: int, first: int, last: int) -> None:
    kinds()
    print("ready", flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for number in range(first, last + 1):
        print(json.dumps(tried(kind, seed, number)), flush=True)


def main() -> None:
    """Print how often each result came, by kind, and every fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500, help="cases in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", default=[], help="only those whose name holds one of these")
    parser.add_argument("--only", nargs=3, metavar=("KIND", "SEED", "NUMBER"))
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, *numbers = options.child
        _child(kind, *map(int, numbers))
        return
    if options.only:
        kind, seed, number = cast(tuple[str, str, str], options.only)
        print(tried(kind, int(seed), int(number)))
        return
    chosen = [kind for kind in kinds() if not options.kinds or any(part in kind for part in options.kinds)]
    each = -(-options.count // len(chosen))
    tables = []
    for kind in chosen:
        tables.append(pd.DataFrame(run(kind, options.seed, each)))
        print(f"{kind}: {tables[-1]['result'].value_counts().to_dict()}", flush=True)
    answers = pd.concat(tables)
    print(pd.crosstab(answers["kind"], answers["result"], margins=True).to_string())
    faults = answers[answers["result"].isin(FAULTS)]
    print(f"{len(answers)} cases, {len(faults)} faults")
    for fault in faults.itertuples():
        print(f"  {fault.result}: --only {fault.kind!r} {options.seed} {fault.number}  {fault.why}")
    sys.exit(1 if len(faults) else 0)


if __name__ == "__main__":
    main()
