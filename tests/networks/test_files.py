"""One hash over card, network and arrays."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nanotem.networks.errors import ModelError
from nanotem.networks.files import (
    ARRAYS,
    KERAS,
    ONNX,
    identity_of,
    network_identity,
    packed,
    read_network,
    write_network,
)
from nanotem.networks.folders import MODELS

CARD = {"name": "some", "classes": ["a", "b"], "temperature": 0.5, "figures": {"accuracy": 0.9}}
CONTENTS = {".onnx": b"weights", ARRAYS: packed(golden=np.arange(3.0), note=np.array(["a"]))}
HEAVY = "sorted({name.partition('.')[0] for name in sys.modules} & {'tensorflow', 'keras', 'onnxruntime'})"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_network(tmp_path / "new", "some", CARD, CONTENTS)
    return tmp_path / "new"


def change_card(folder: Path, **changes: object) -> None:
    path = folder / "some.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_what_was_written_comes_back(folder: Path) -> None:
    files = read_network(folder, "some")
    assert files.card == {**CARD, "sha256": network_identity(folder, "some")}
    assert files.contents[ONNX] == b"weights"
    assert files.arrays("golden")[0].tolist() == [0, 1, 2]


def test_the_identity_is_that_of_the_content_and_not_of_the_place(folder: Path, tmp_path: Path) -> None:
    assert write_network(tmp_path / "other", "some", CARD, CONTENTS) == network_identity(folder, "some")


@pytest.mark.parametrize(
    "changes",
    [{"classes": ["b", "a"]}, {"temperature": 0.6}, {"name": "other"}, {"further": 1}, {"sha256": "0" * 64}],
    ids=str,
)
def test_a_card_that_would_decide_otherwise_is_refused(folder: Path, changes: dict[str, object]) -> None:
    change_card(folder, **changes)
    with pytest.raises(ModelError, match=r"not the one that its card describes.*train some"):
        network_identity(folder, "some")


def test_what_merely_describes_may_be_added(folder: Path) -> None:
    before = network_identity(folder, "some")
    change_card(folder, figures={"accuracy": 0.8}, curves={"loss": [1.0]})
    assert network_identity(folder, "some") == before


@pytest.mark.parametrize("suffix", [".onnx", ARRAYS])
def test_another_file_is_refused(folder: Path, suffix: str) -> None:
    other = packed(golden=np.arange(4.0)) if suffix == ARRAYS else b"weightz"
    (folder / f"some{suffix}").write_bytes(other)
    with pytest.raises(ModelError, match="not the one that its card describes"):
        read_network(folder, "some")


@pytest.mark.parametrize("suffix", [".json", ".onnx", ARRAYS])
def test_an_absent_file_is_named_with_its_network(folder: Path, suffix: str) -> None:
    (folder / f"some{suffix}").unlink()
    with pytest.raises(ModelError, match="files of the network some in new cannot be read"):
        read_network(folder, "some")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", "{", '{"temperature": ' + "9" * 5000 + "}", "[" * 100_000, "\x00\xff", " " * 2_000_000 + "{}"],
    ids=["empty", "list", "number", "cut", "digits", "deep", "bytes", "long"],
)
def test_a_card_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / "some.json").write_text(text, encoding="latin-1")
    with pytest.raises(ModelError, match="cannot be read"):
        network_identity(folder, "some")


def test_a_second_network_of_one_name_belongs_to_it_only_where_it_was_sealed_with_it(folder: Path) -> None:
    (folder / "some.keras").write_bytes(CONTENTS[ARRAYS])
    with pytest.raises(ModelError, match="not the one that its card describes"):
        read_network(folder, "some")
    identity = write_network(folder, "some", CARD, {**CONTENTS, KERAS: CONTENTS[ARRAYS]})
    assert identity == network_identity(folder, "some") != identity_of(CARD, CONTENTS)


def test_arrays_that_unpack_to_more_than_any_network_has_are_refused(tmp_path: Path) -> None:
    write_network(tmp_path, "some", CARD, {".onnx": b"", ARRAYS: packed(golden=np.zeros(70_000_000))})
    assert (tmp_path / "some.npz").stat().st_size < 1_000_000
    with pytest.raises(ModelError, match="cannot be read"):
        read_network(tmp_path, "some")


@pytest.mark.parametrize(
    "arrays",
    [
        packed(other=np.zeros(3)),
        packed(golden=np.array([1.0, np.nan])),
        packed(golden=np.array(["text"])),
        packed(golden=np.arange(500.0))[:-30] + bytes(30),
        b"no archive",
    ],
    ids=["absent", "not finite", "text", "broken", "none"],
)
def test_arrays_that_are_no_numbers_are_refused(tmp_path: Path, arrays: bytes) -> None:
    write_network(tmp_path, "some", CARD, {".onnx": b"", ARRAYS: arrays})
    with pytest.raises(ModelError, match="cannot be read"):
        read_network(tmp_path, "some").arrays("golden")


def test_the_identity_of_a_network_takes_neither_tensorflow_nor_onnxruntime() -> None:
    script = (
        "import sys; from nanotem.networks.files import network_identity; from nanotem.networks.folders import MODELS;"
        f"print(*[network_identity(MODELS, name) for name in ('segmenter', 'outline', 'solid')], {HEAVY})"
    )
    *identities, heavy = subprocess.check_output([sys.executable, "-c", script], text=True).split(maxsplit=3)
    assert heavy.strip() == "[]"
    assert len(set(identities)) == 3
    assert identities[0] == json.loads((MODELS / "segmenter.json").read_text())["sha256"]
