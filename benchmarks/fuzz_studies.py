"""Studies, analyses and recipes that were damaged or forged: what becomes of them, each in a process with limits.

    python -m benchmarks.fuzz_studies [--count 100] [--seed 0] [--kinds folder archive …]

Every kind is a function that takes a random generator and a folder, makes one mutated input, uses it as the program
would, and returns a verdict: "same" (the numbers are those of the undisturbed study), "refused" (a `NanotemError`),
"waiting" (a result does not count any more), or "other" with what changed without a word, which is a fault. What a
child cannot end in 20 s, or within 1.5 GB, or ends with any other error, is a fault too. What is printed is a line of
counts per kind, and the faults.
"""

import argparse
import contextlib
import io
import multiprocessing
import resource
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.scenes import draw_scene
from nanotem.analysis import Analysis, ScaleRule
from nanotem.analysis_file import SavedAnalysis, read_analysis, write_analysis
from nanotem.batch import analyse_image
from nanotem.edits.edits import Add, Merge, Name, Remove, Split, Target
from nanotem.errors import NanotemError
from nanotem.micrograph import Micrograph, Scale
from nanotem.recipe import Recipe
from nanotem.recipe.file import read_recipe, write_recipe
from nanotem.recipe.link import read_link
from nanotem.study import (
    Study,
    add_upload,
    combined_particles,
    edits_of,
    open_study,
    pack_study,
    prepare_study,
    read_summary,
    save_study,
    summary_table,
    unpack_study,
)
from nanotem.study.edits import keep_edits
from nanotem.study.record import read_record, write_record
from nanotem.study.software import software

MOST_BYTES = int(1.5e9)
MOST_S = 20
SIDE_PX = 384
Random: TypeAlias = np.random.Generator
Kind: TypeAlias = Callable[[Random, Path], str]

EDITS = (
    Remove((Target(40, 50, 300),)),
    Merge((Target(100, 100, 250), Target(110, 120, 260))),
    Split(Target(200, 210, 900), ((190.0, 200.5), (230.25, 240.0))),
    Add(((5.0, 5.0), (5.0, 25.0), (20.0, 15.0))),
    Name((Target(300, 310, 400),), "outline", "square"),
)
BLANK = Micrograph(np.zeros((9, 9), np.uint8), "3f9c" * 16, "rods.png")
SCALE = Scale(0.25, "scale bar", 0.01)


@cache
def study_files() -> dict[str, bytes]:
    """Return the files of an analysed study of two uploaded images, one of which was corrected."""
    with tempfile.TemporaryDirectory() as name:
        study = prepare_study(Path(name), [])
        for seed in (0, 1):
            pixels = draw_scene(SIDE_PX, 12, seed=seed).pixels
            study = add_upload(study, cv2.imencode(".png", pixels)[1].tobytes(), f"{seed}.png", sample="gold")
        study = analysed(replace(study.with_settings({"nm_per_px": 0.25}), versions=software([Recipe()])))
        keep_edits(study, study.images[0], EDITS[:1], image_id=study.images[0].id)
        study = analysed(study)
        return {
            path.relative_to(name).as_posix(): path.read_bytes()
            for path in sorted(Path(name).glob("**/*"))
            if path.is_file() and path.name != ".lock"
        }


def analysed(study: Study) -> Study:
    """Do what a batch does, in this process."""
    for image in study.images:
        reason = analyse_image(replace(study, images=()), image).reason
        study = study.with_image(replace(image, status="failed" if reason else "done", reason=reason))
    return save_study(study)


def flipped(data: bytes, rng: Random, n_bits: int = 1) -> bytes:
    """Return bytes with some bits changed."""
    changed = np.frombuffer(data, np.uint8).copy()
    for place in rng.integers(8 * len(data), size=n_bits):
        changed[place // 8] ^= np.uint8(1 << (place % 8))
    return changed.tobytes()


def damaged(data: bytes, rng: Random) -> bytes:
    """Return bytes as a disk or a copy that was broken off may leave them."""
    if not data:
        return data
    start, end = sorted(rng.integers(len(data) + 1, size=2).tolist())
    ways = (
        lambda: flipped(data, rng),
        lambda: flipped(data, rng, 8),
        lambda: data[:start],
        lambda: data[:start] + bytes(end - start) + data[end:],
        lambda: data[:start] + data[end:],
        lambda: data[:end] + data[start:],
        lambda: rng.bytes(len(data)),
    )
    return ways[rng.integers(len(ways))]()


def written(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files into a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def numbers(study: Study) -> dict[str, Any]:
    """Return everything that a person would read off the results that count, image by image."""
    particles = combined_particles(study)
    table = summary_table(study).set_index("file")
    kept = {}
    for image in study.images:
        summary = read_summary(study, image)
        if image.status == "done" and summary is not None:
            rows = particles[particles["image"] == image.name].drop(columns="sample")
            edits = edits_of(study, image, image_id=image.id)
            facts = (image.id, image.scale, image.settings, float(table["mean"][image.name]))
            kept[image.name] = (asdict(summary), edits, facts, rows.to_csv(index=False))
    return kept


@cache
def true_numbers() -> dict[str, Any]:
    """Return the numbers of the undisturbed study."""
    with tempfile.TemporaryDirectory() as name:
        return numbers(open_study(written(Path(name), study_files())))


def verdict(study: Study) -> str:
    """Compare a study with the undisturbed one."""
    found = numbers(study)
    for name, values in found.items():
        if values != true_numbers().get(name):
            return f"other: {name}"
    return "same" if set(found) == set(true_numbers()) else "waiting"


def single_bit(rng: Random, folder: Path) -> str:
    """Change one bit of one file of a study in a folder, and open it."""
    return _in_folder(rng, folder, flipped)


def folder(rng: Random, folder: Path) -> str:
    """Damage one file of a study in a folder, and open it."""
    return _in_folder(rng, folder, damaged)


def _in_folder(rng: Random, folder: Path, damage: Callable[[bytes, Random], bytes]) -> str:
    files = study_files()
    name = str(rng.choice([name for name in files if not name.startswith(("images/", "particles.p", "summary"))]))
    return verdict(open_study(written(folder, files | {name: damage(files[name], rng)})))


def archive(rng: Random, folder: Path) -> str:
    """Damage a study as a ZIP file, and open it."""
    stream = io.BytesIO()
    pack_study(open_study(written(folder / "whole", study_files())), stream)
    return verdict(unpack_study(io.BytesIO(damaged(stream.getvalue(), rng)), folder / "again"))


EXTREMES: tuple[Any, ...] = (
    "x" * 100_000,
    "",
    "\0",
    "../..",
    "=1+1",
    [1],
    {},
    None,
    True,
    -1,
    10**18,
    1e300,
    float("nan"),
    "[" * 500,
)


def forged(rng: Random, folder: Path) -> str:
    """Send a ZIP file whose tables and records a stranger wrote, checksums and all, and show its numbers."""
    study = open_study(written(folder / "whole", study_files()))
    image = study.images[int(rng.integers(2))]
    record = read_record(study, image)
    assert record is not None
    parts = {"origin": dict(record.origin), "summary": dict(record.summary)}
    part = parts[str(rng.choice(["origin", "summary"]))]
    if rng.random() < 0.7:
        part[str(rng.choice(list(part)))] = EXTREMES[rng.integers(len(EXTREMES))]
    table = _forged_table(pq.read_table(study.file(image, "particles")), rng)
    stream = io.BytesIO()
    pq.write_table(table, stream, compression=str(rng.choice(["snappy", "none"])))
    files = {kind: study.file(image, kind).read_bytes() for kind in ("labels", "previews")}
    contents: Any = {**files, "particles": stream.getvalue()}
    with contextlib.suppress(UnicodeEncodeError):
        write_record(study, image, parts["origin"], parts["summary"], contents)
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for path in sorted((folder / "whole").glob("**/*")):
            if path.is_file():
                target.write(path, path.relative_to(folder / "whole"))
    again = unpack_study(packed, folder / "again")
    summary_table(again)
    combined_particles(again)
    return "shown"


def _forged_table(table: pa.Table, rng: Random) -> pa.Table:
    name = str(rng.choice(table.column_names))
    place = table.column_names.index(name)
    n = table.num_rows
    ways = (
        lambda: table.set_column(place, name, pa.array(n * ["words"])),
        lambda: table.set_column(place, name, pa.array(n * [[1, 2]])),
        lambda: table.set_column(place, name, pa.nulls(n)),
        lambda: table.set_column(place, name, pa.array(n * ["x" * 200_000]).dictionary_encode()),
        lambda: table.append_column(name, table.column(place)),
        lambda: table.drop_columns([name]),
        lambda: pa.table({f"c{number}": np.zeros(1_000_000) for number in range(20)} | {"label": np.arange(1_000_000)}),
        lambda: pa.table({"label": np.zeros(5_000_000, np.int64)}),
        lambda: table.slice(0, 0),
        lambda: table,
    )
    return ways[rng.integers(len(ways))]()


def _mutated_text(text: str, rng: Random) -> str:
    """Return a TOML text with a value, a line or a few characters changed."""
    lines = text.split("\n")
    place = int(rng.integers(len(lines)))
    name = lines[place].partition("=")[0]
    values = (
        "1" + 400 * "0", "1e400", "nan", "-1", "0", "true", "[]", "{}", '""', "'x'", "0x" + 5_000 * "f", "1979-05-27",
        "9223372036854775807", "[" * 2_000 + "]" * 2_000, "'" + "x" * 100_000 + "'", "[[1e308, 1e308]]",
    )  # fmt: skip
    ways = (
        lambda: [*lines[:place], f"{name}= {values[rng.integers(len(values))]}", *lines[place + 1 :]],
        lambda: lines[:place] + lines[place + 1 :],
        lambda: [*lines[: place + 1], *lines[place:]],
        lambda: [damaged(text.encode(), rng).decode(errors="replace")],
        lambda: ["\ufeff" + text],
        lambda: ["a." * 3_000 + "a = 1", *lines],
    )
    return "\n".join(ways[rng.integers(len(ways))]())


def analysis(rng: Random, folder: Path) -> str:
    """Read a mutated analysis file, and write again what it says."""
    saved = read_analysis(_mutated_text(_written(SavedAnalysis(Recipe(), scale=SCALE, edits=EDITS)), rng))
    again = read_analysis(_written(saved))
    return "read" if (again.recipe, again.scale, again.edits) == (saved.recipe, saved.scale, saved.edits) else "other"


def _written(saved: SavedAnalysis) -> str:
    return write_analysis(Analysis(BLANK, saved.recipe, saved.edits, ScaleRule.of(saved.scale)))


def recipe(rng: Random, folder: Path) -> str:
    """Read a mutated recipe, or one in a mutated link."""
    if rng.random() < 0.3:
        read_link(damaged(b"segment.neck_ratio:0.5,sizes.bin_rule:fd", rng).decode(errors="replace"))
        return "read"
    found = read_recipe(_mutated_text(write_recipe(Recipe()), rng))
    return "read" if read_recipe(write_recipe(found)) == found else "other"


KINDS: dict[str, Kind] = {
    "single bit": single_bit,
    "folder": folder,
    "archive": archive,
    "forged": forged,
    "analysis": analysis,
    "recipe": recipe,
}
"""Every kind of input by its name."""


def in_a_child(kind: Kind, seed: int) -> str:
    """Return the verdict of one case; "fault: …" for an unexpected error, a hang, or too much memory."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_limited, args=(kind, seed, there))
    child.start()
    there.close()
    with tempfile.TemporaryDirectory() as _:
        answer = here.recv() if here.poll(2 * MOST_S) else None
        child.kill()
        child.join()
    return answer or f"fault: hang or death, exit code {child.exitcode}"


def _limited(kind: Kind, seed: int, there: Any) -> None:
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + MOST_BYTES,) * 2)
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(MOST_S)
    with tempfile.TemporaryDirectory() as name:
        try:
            answer = kind(np.random.default_rng(seed), Path(name))
            answer = answer.replace("other", "fault: other", 1)
        except NanotemError:
            answer = "refused"
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            place = traceback.extract_tb(error.__traceback__)[-1]
            answer = f"fault: {type(error).__name__}: {str(error)[:200]} ({Path(place.filename).name}:{place.lineno})"
    there.send(answer)


def _out_of_time(*_: object) -> None:
    raise TimeoutError(f"more than {MOST_S} s")


def run(name: str, count: int, seed: int) -> Counter[str]:
    """Return how often each verdict came out of a kind; seeds follow each other, so that a fault can be repeated."""
    verdicts: Counter[str] = Counter()
    for number in range(seed, seed + count):
        answer = in_a_child(KINDS[name], number)
        verdicts[answer.partition(":")[0]] += 1
        if answer.startswith("fault"):
            print(f"  {name}, seed {number}: {answer}")
    return verdicts


def main() -> None:
    """Print the figures; exit with 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    options = parser.parse_args()
    assert isinstance(true_numbers(), dict)
    n_faults = 0
    for name in options.kinds:
        verdicts = run(name, options.count, options.seed)
        n_faults += verdicts["fault"]
        print(f"{name}: " + ", ".join(f"{verdict} {n}" for verdict, n in sorted(verdicts.items())), flush=True)
    sys.exit(1 if n_faults else 0)


if __name__ == "__main__":
    main()
