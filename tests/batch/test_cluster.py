import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import LocalCluster, Security

from nanotem.batch import connected
from nanotem.errors import NanotemError, ParameterError


def test_no_workers_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"0 workers are fewer than 1.*leave it out"), connected(n_workers=0):
        pass


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nanotem.batch.cluster._CONNECT_S", 0.5)
    with pytest.raises(NanotemError, match=r"No scheduler answers at tcp://127\.0\.0\.1:9.*dask scheduler"):  # noqa: SIM117
        with connected("tcp://127.0.0.1:9"):
            pass


def test_an_address_that_is_none_is_said() -> None:
    with (
        pytest.raises(NanotemError, match="No scheduler answers at no-protocol://here"),
        connected("no-protocol://here"),
    ):
        pass


def test_a_scheduler_is_found_by_its_address_and_by_its_file(client: Any, tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": client.scheduler.address}))
    for place in (client.scheduler.address, str(file)):
        with connected(place) as other:
            assert other.client.submit(sum, [1, 2]).result() == 3
            assert other.n_threads() == 2


SIDES = ("scheduler", "worker", "client")
OPENSSL = shutil.which("openssl")


@pytest.mark.skipif(OPENSSL is None, reason="openssl is absent")
def test_a_scheduler_with_certificates_answers_those_who_have_them(tmp_path: Path) -> None:
    pem, key = str(tmp_path / "dask.pem"), str(tmp_path / "dask.key")
    subject = ["-subj", "/CN=dask", "-days", "1", "-nodes", "-newkey", "rsa:2048"]
    subprocess.run([OPENSSL, "req", "-x509", *subject, "-out", pem, "-keyout", key], check=True, capture_output=True)
    sides = {f"{side}.{what}": {"cert": pem, "key": key}[what] for side in SIDES for what in ("cert", "key")}
    tls = {f"distributed.comm.tls.{name}": path for name, path in (sides | {"ca-file": pem}).items()}
    with dask.config.set(tls):
        options = {"n_workers": 1, "processes": False, "dashboard_address": ":0", "protocol": "tls://"}
        with LocalCluster(**options, security=Security(require_encryption=True)) as cluster:
            assert cluster.scheduler_address.startswith("tls://")
            with connected(cluster.scheduler_address) as workers:
                assert workers.n_threads() >= 1
            with dask.config.set({"distributed.comm.tls.ca-file": None}):  # noqa: SIM117
                with pytest.raises(NanotemError, match=r"No scheduler answers.*certificates"):
                    with connected(cluster.scheduler_address):
                        pass
