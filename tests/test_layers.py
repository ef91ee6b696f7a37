"""No import runs up the list of layers, which `docs/design.md` explains."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
LAYERS = (
    "errors", "optional", "percent", "robust", "threads", "micrograph", "provenance", "parameters", "labels", "moments",
    "spans", "files", "strict_toml",
    "readers", "networks", "evaluation", "preprocess", "calibration", "segmentation", "edits", "outlines",
    "measurement", "lattice", "statistics", "morphology", "synthetic", "explanation", "recipe", "notes", "stage",
    "analysis", "analysis_file", "quantities", "summary", "sensitivity", "figures", "export", "report", "study",
    "batch", "film", "training", "commands", "ui",
)  # fmt: skip
"""From the ground up: a module may import what stands before its own, and its own."""

WHO_MAY_TRAIN = ("training", "commands")


def modules() -> Iterator[tuple[Path, str]]:
    """Yield every module of the package with the name of its layer."""
    for path in sorted((REPOSITORY / "nanotem").rglob("*.py")):
        first = path.relative_to(REPOSITORY / "nanotem").parts[0].removesuffix(".py")
        if first not in ("__init__", "__main__"):
            yield path, first


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted names of what a module imports, wherever in it; those for type checkers alone are left out."""
    tree = ast.parse(path.read_text())
    for_types = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(name: str) -> str | None:
    """Return the layer of what is imported; None for other packages and the package itself."""
    parts = name.split(".")
    return parts[1] if parts[0] == "nanotem" and len(parts) > 1 and parts[1] in LAYERS else None


def test_every_module_has_its_layer() -> None:
    assert {layer for _, layer in modules()} <= set(LAYERS)


@pytest.mark.parametrize(
    ("path", "layer"), [pytest.param(p, n, id=str(p.relative_to(REPOSITORY))) for p, n in modules()]
)
def test_no_import_runs_up(path: Path, layer: str) -> None:
    allowed = LAYERS[: LAYERS.index(layer) + 1]
    assert not [name for name in imports(path) if (other := layer_of(name)) and other not in allowed]


@pytest.mark.parametrize(
    ("path", "layer"), [pytest.param(p, n, id=str(p.relative_to(REPOSITORY))) for p, n in modules()]
)
def test_only_its_command_imports_training(path: Path, layer: str) -> None:
    if layer not in WHO_MAY_TRAIN:
        assert not [name for name in imports(path) if layer_of(name) == "training"]
