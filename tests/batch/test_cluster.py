import json
from pathlib import Path
from typing import Any

import pytest

from nanotem.batch import connected
from nanotem.batch.pool import start_pool
from nanotem.errors import NanotemError, ParameterError


def test_no_workers_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"0 workers are fewer than 1.*leave it out"), connected(n_workers=0):
        pass


def test_workers_that_end_while_they_start_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**options: object) -> None:
        raise RuntimeError("Nanny failed to start.")

    monkeypatch.setattr("distributed.LocalCluster", fail)
    with pytest.raises(NanotemError, match=r"Nanny failed to start.*Free some memory"), connected():
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
            assert other.submit(sum, [1, 2]).result() == 3


def test_a_pool_runs_until_it_is_closed() -> None:
    pool = start_pool(1)
    assert pool.is_running
    with connected(pool.address) as client:
        assert client.nthreads()
    pool.close()
    assert not pool.is_running


def test_a_pool_that_does_not_start_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NanotemError, match=r"0 workers could not be started.*has printed"):
        start_pool(0)
    assert "fewer than 1" in capfd.readouterr().err
