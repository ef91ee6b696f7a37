"""Count, size and shape of nanoparticles in transmission electron micrographs."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before onnxruntime is imported: it reports to its maker

__version__ = "0.1.0"
