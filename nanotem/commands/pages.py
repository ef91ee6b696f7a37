"""The command `app`: start the pages."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from nanotem.commands.common import app as commands
from nanotem.errors import NanotemError
from nanotem.optional import APP, needs

PACKAGE = Path(__file__).parents[1]


@commands.command("app")
def pages(
    port: Annotated[int, typer.Option(help="Where the browser finds it.", min=1, max=65535)] = 8501,
    address: Annotated[
        str, typer.Option(help="Who may connect: localhost for this computer alone, 0.0.0.0 for the whole network.")
    ] = "localhost",
) -> None:
    """Start the pages; stop them with Ctrl+C."""
    with needs(APP):
        import_module("streamlit")
    start = start_of_pages()
    options = [f"--server.port={port}", f"--server.address={address}"]
    finished = subprocess.run([sys.executable, "-m", "streamlit", "run", start.name, *options], cwd=start.parent)
    raise typer.Exit(finished.returncode)


def start_of_pages(package: Path = PACKAGE) -> Path:
    """Return the script that starts the pages: inside an installed package, or beside the one in a clone.

    Raises
    ------
    NanotemError
        If it is not there.
    """
    for folder in (package / "app", package.parent):
        if (folder / "app.py").is_file() and (folder / "pages").is_dir():
            return folder / "app.py"
    raise NanotemError(f"The pages are not in {package.parent}.", "Install nanotem again, or start it from a clone.")
