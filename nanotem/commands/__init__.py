"""The command line: one module per command, each adds itself to the application."""

from nanotem.commands import analyse, evaluate, scale_bar
from nanotem.commands.common import app

__all__ = ["analyse", "app", "evaluate", "scale_bar"]
