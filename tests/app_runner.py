"""Streamlit's test runner, without three things that took most of its time and that no test is about."""

import functools
from types import SimpleNamespace
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest, local_script_runner

__all__ = ["AppTest"]

_out_of_time = local_script_runner.require_widgets_deltas


def _ended(runner: Any, timeout: float = 3) -> None:
    """Wait for a script to end; the runner's own way asks a thousand times a second, and slows the script down."""
    runner._script_thread.join(timeout)
    if runner._script_thread.is_alive():
        _out_of_time(runner, timeout=0)


# Every new app asks all installed packages whether they hold components, for 1.5 s: they stay the same during a run.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
local_script_runner.require_widgets_deltas = _ended
# After every run all memory is searched for garbage, for 0.2 s once TensorFlow is loaded; Python does that anyway.
script_runner.gc = SimpleNamespace(collect=lambda generation: 0)
