"""What runs in a worker process of this computer, which `nanotem.batch.pool` starts.

It takes tasks from its standard input, answers on its standard output, one line of JSON each, and ends with its
input, and so with the process that started it. No port is opened: nobody else can talk to it.
"""

import json
import os
import pickle
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from nanotem.batch.task import outcome_of

READY = b"ready\n"
_FIRST_TO_GO = "500"
"""Half of the way to the process that Linux ends first where memory runs out, so that a worker goes before the run."""


def main() -> None:
    """Do tasks until standard input ends."""
    answers = _own_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches every process of a terminal; the run ends its workers
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    answers.write(READY)
    answers.flush()
    while True:
        try:
            task, whole, part = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        answers.write(json.dumps(asdict(outcome_of(task, whole, part))).encode() + b"\n")
        answers.flush()


def _own_output() -> BinaryIO:
    """Return standard output for answers alone; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers
