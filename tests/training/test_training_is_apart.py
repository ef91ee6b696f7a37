"""Training stays out of what is used every day."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "nanotem"


def imported_by(path: Path) -> set[str]:
    """Return the names of all modules that a file imports, at its top or in a function."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def importers(of: str) -> set[str]:
    """Return the files of the package, from its root, that import a module or what is in it."""
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(f"{name}.".startswith(f"{of}.") for name in imported_by(path))
    }


def test_only_its_command_imports_training() -> None:
    outside = {path for path in importers("nanotem.training") if not path.startswith("training/")}
    assert outside == {"commands/train.py"}


@pytest.mark.parametrize("package", ["morphology", "networks", "segmentation"])
def test_what_is_used_every_day_draws_nothing(package: str) -> None:
    assert not {path for path in importers("nanotem.synthetic") if path.startswith(f"{package}/")}
