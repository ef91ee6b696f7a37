"""The command line: one module per command, each adds itself to the application."""

from nanotem.commands import analyse, batch, classify, evaluate, film, lattices, pages, scale_bar, simulate, train
from nanotem.commands.common import app

__all__ = [
    "analyse",
    "app",
    "batch",
    "classify",
    "evaluate",
    "film",
    "lattices",
    "pages",
    "scale_bar",
    "simulate",
    "train",
]
