"""Loaded by every Python process of the tests when it starts: writes down each connection off this machine.

Nothing that nanotem does may open one. What a process asks for is seen by Python's audit events, the names that it
looks up included; `tests/conftest.py` looks at the list after each test.
"""

import os
import socket
import sys

LIST = "NANOTEM_TEST_CONNECTIONS"
"""Variable with the file in which the connections are listed."""

_OWN = ("", "localhost", "::1", "::", "0.0.0.0", socket.gethostname())


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[-1]
        host = address[0] if isinstance(address, tuple) else ""  # the others are files and pipes of this machine
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    text = host.decode() if isinstance(host, bytes) else str(host or "")
    if text not in _OWN and not text.startswith("127."):
        with open(os.environ[LIST], "a") as file:  # noqa: PTH123 - pathlib would be imported by every process
            file.write(f"{event} {text} by {' '.join(sys.argv)[:200]}\n")


if LIST in os.environ:
    sys.addaudithook(_watch)
