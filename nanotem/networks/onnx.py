"""Inference by the ONNX runtime, which needs no TensorFlow."""

import numpy as np
import numpy.typing as npt

_SPINS = "0"
"""Threads that wait for each other sleep: spinning takes a fifth more processor time, and is no faster at our sizes."""


class OnnxNetwork:
    """A network of one input on the processor; safe to share between threads.

    Parameters
    ----------
    network
        Bytes of an ONNX file; the runtime raises errors of its own at a broken one.
    """

    def __init__(self, network: bytes) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", _SPINS)
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self._input: str = self._session.get_inputs()[0].name

    def __call__(self, images: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the first output for images, axes as the network takes them."""
        return self.outputs(images)[0]

    def outputs(self, images: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """Return all outputs for images, in the order in which the file lists them."""
        outputs: list[npt.NDArray[np.float32]] = self._session.run(None, {self._input: images})
        return outputs
