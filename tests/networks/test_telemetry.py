"""Nothing is sent: the ONNX runtime neither makes an identity of this machine nor keeps a queue for its maker."""

import os
import subprocess
import sys
from pathlib import Path

INFERENCE = """
import numpy as np
from nanotem.segmentation.network.segmenter import own_segmenter
print(own_segmenter().predict(np.zeros((64, 64), np.float32)).shape)
"""


def test_an_inference_leaves_no_file_in_the_home_folder(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    environment = {**kept, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    said = subprocess.check_output([sys.executable, "-c", INFERENCE], env=environment, text=True)
    assert said.strip() == "(32, 32, 3)"
    assert list(tmp_path.iterdir()) == []
