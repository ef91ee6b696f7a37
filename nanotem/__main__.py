"""Command line: `python -m nanotem …`, for scripts and clusters."""

import sys

import typer

from nanotem.commands import app
from nanotem.errors import NanotemError


def main() -> None:
    """Run the command line; a `NanotemError` ends it with its message and exit code 2."""
    try:
        app()
    except NanotemError as error:
        typer.echo(f"{error.message}\n{error.hint}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
