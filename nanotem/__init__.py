"""Count, size and shape of nanoparticles in transmission electron micrographs.

Examples
--------
>>> import nanotem
>>> drawn = nanotem.simulate(n_particles=20, side_px=256, seed=1)
>>> analysis = nanotem.analyse(drawn.micrograph)
>>> len(analysis.particles) > 10
True
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # onnxruntime reads it when it is imported, in workers too

if TYPE_CHECKING:
    from nanotem.analysis import Analysis, ScaleRule, analyse
    from nanotem.errors import NanotemError
    from nanotem.film import open_film
    from nanotem.micrograph import Micrograph, Scale
    from nanotem.readers import read_file as read
    from nanotem.recipe import Recipe
    from nanotem.segmentation import METHODS, SegmentParams
    from nanotem.study import open_study
    from nanotem.synthetic.film import simulate_film
    from nanotem.synthetic.simulate import simulate

__version__ = "0.2.0"

__all__ = [
    "METHODS",
    "Analysis",
    "Micrograph",
    "NanotemError",
    "Recipe",
    "Scale",
    "ScaleRule",
    "SegmentParams",
    "analyse",
    "open_film",
    "open_study",
    "read",
    "simulate",
    "simulate_film",
]

_PLACES = {
    "METHODS": "nanotem.segmentation:METHODS",
    "Analysis": "nanotem.analysis:Analysis",
    "Micrograph": "nanotem.micrograph:Micrograph",
    "NanotemError": "nanotem.errors:NanotemError",
    "Recipe": "nanotem.recipe:Recipe",
    "Scale": "nanotem.micrograph:Scale",
    "ScaleRule": "nanotem.analysis:ScaleRule",
    "SegmentParams": "nanotem.segmentation:SegmentParams",
    "analyse": "nanotem.analysis:analyse",
    "open_film": "nanotem.film:open_film",
    "open_study": "nanotem.study:open_study",
    "read": "nanotem.readers:read_file",
    "simulate": "nanotem.synthetic.simulate:simulate",
    "simulate_film": "nanotem.synthetic.film:simulate_film",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is asked for, so that `import nanotem` takes no time."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _PLACES[name].partition(":")
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
