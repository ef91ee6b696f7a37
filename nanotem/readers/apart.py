"""Files of strangers are read in a process of its own, with limits on memory and time, which a server starts once.

The readers check what a file claims before anything is decoded. This is for what nobody has thought of: what takes too
much memory or time, or brings a decoder down, ends that process and nothing else.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock, Timer
from typing import Any

from nanotem.errors import NanotemError, ParameterError, ScaleError, UnreadableFileError
from nanotem.micrograph import Micrograph

MEMORY_BYTES = 3_000_000_000
"""Addresses. The libraries take 0.6 GB, and an image of 81 million pixels of 16 bits 0.4 more."""

SECONDS = 60.0
"""An image of 81 million pixels takes 7 s on two busy cores."""

_ERRORS = {kind.__name__: kind for kind in (UnreadableFileError, ScaleError, ParameterError)}


class Decoder:
    """Reads one file after the other in its own process, which is started when it is needed, again if it has ended.

    Parameters
    ----------
    memory_bytes
        Addresses that the process may take; not limited where the system has no such limit.
    seconds
        Longest time for one file.
    """

    def __init__(self, *, memory_bytes: int = MEMORY_BYTES, seconds: float = SECONDS) -> None:
        self._memory_bytes, self._seconds = memory_bytes, seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def read(
        self, data: bytes, name: str, *, companions: Mapping[str, bytes] = {}, image: int | None = None, frame: int = 1
    ) -> Micrograph:
        """Read a file as `read_micrograph` does.

        Raises
        ------
        UnreadableFileError
            As `read_micrograph`, and if the file takes more memory or time than is allowed, or ends the process.
        ScaleError, ParameterError
            As `read_micrograph`.
        """
        request = {"data": data, "name": name, "companions": dict(companions), "image": image, "frame": frame}
        with self._lock:
            process = self._alive()
            timer = Timer(self._seconds, process.kill)
            timer.start()
            try:
                answer = _asked(process, request)
            except (OSError, EOFError, pickle.UnpicklingError):
                self.close()
                raise UnreadableFileError(
                    f"{name}: the file takes more than {self._seconds:g} s or {self._memory_bytes / 1e9:g} GB to "
                    "read, or ends the program that decodes it.",
                    "Export it as TIFF from the program that wrote it.",
                ) from None
            finally:
                timer.cancel()
        if isinstance(answer, Micrograph):
            return answer
        kind, message, hint = answer
        raise _ERRORS.get(kind, UnreadableFileError)(message, hint)

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError):
                process.communicate()

    def _alive(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            command = [sys.executable, "-c", f"from nanotem.readers.apart import serve; serve({self._memory_bytes})"]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment)
        return self._process


def serve(memory_bytes: int) -> None:
    """Read the files that come on standard input, and answer on standard output, until the input ends."""
    from nanotem.readers.read import read_micrograph

    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    with suppress(ImportError):  # no such limits on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        answer: Any
        try:
            answer = read_micrograph(request.pop("data"), request.pop("name"), **request)
        except NanotemError as error:
            answer = type(error).__name__, error.message, error.hint
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _asked(process: "subprocess.Popen[bytes]", request: Mapping[str, Any]) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    pickle.dump(request, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()
    return pickle.load(process.stdout)
