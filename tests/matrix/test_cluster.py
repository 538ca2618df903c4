"""`--scheduler`: the same work on a Dask cluster, here a scheduler and two workers on the loopback interface.

The scheduler and its workers are programs of their own, as on a real cluster; one worker is killed while it holds work.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crossplan.cli import main
from crossplan.matrix import ClusterError, Workers
from crossplan.matrix.spread import spread
from tests.matrix import work
from tests.scan.making import libpython, make, sysconfigdata

TREE = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("cluster")


class Cluster:
    """The programs, and where the scheduler listens."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.environ = environ
        self.programs: list[subprocess.Popen[bytes]] = []
        self.start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", "scheduler.json"
        )
        wait(lambda: (folder / "scheduler.json").exists())
        self.address = json.loads((folder / "scheduler.json").read_text())["address"]

    def start(self, *words: str) -> None:
        command = [sys.executable, "-m", "dask", *words]
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(TREE), **self.environ}
        log = (self.folder / "log").open("ab")
        with log:
            self.programs.append(subprocess.Popen(command, cwd=self.folder, env=environ, stdout=log, stderr=log))

    def add_worker(self) -> None:
        self.start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")

    def end(self) -> None:
        for program in reversed(self.programs):
            program.kill()
            program.wait()


def wait(happened: Callable[[], object]) -> None:
    """Until something has happened; a minute is long enough to say that it will not."""
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.add_worker()
        made.add_worker()
        yield made
    finally:
        made.end()


def test_roots_are_answered_as_by_this_machine(
    cluster: Cluster, clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"root{n}" for n in range(20)]
    for name in names:
        make(
            Path(name),
            {
                "usr/lib/python3.11/_sysconfigdata__aarch64-linux-gnu.py": sysconfigdata("aarch64-linux-gnu"),
                "usr/lib/libpython3.11.so.1.0": libpython("aarch64-linux-gnu"),
            },
        )
    Path("list").write_text("".join(f"{name}\n" for name in [*names, "nowhere"]))
    assert main(["inspect", "--from", "list", "--jobs", "1"]) == 4
    here = capsys.readouterr().out
    assert main(["inspect", "--from", "list", "--scheduler", cluster.address]) == 4
    assert capsys.readouterr().out == here and here.count("\n") == 21


def test_cells_are_planned_as_by_this_machine(
    cluster: Cluster, clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pyproject.toml").write_text(
        '[tool.crossplan.matrix]\ntargets = ["armv7-unknown-linux-gnueabihf", "aarch64-unknown-linux-gnu"]\n'
        'pythons = ["3.11", "3.12"]\nfeatures = ["extension-module"]\n'
    )
    assert main(["matrix", "--json", "--jobs", "1"]) == 0
    here = capsys.readouterr().out
    assert main(["matrix", "--json", "--scheduler", cluster.address]) == 0
    assert capsys.readouterr().out == here


def test_a_worker_that_is_killed_half_way_costs_nothing(cluster: Cluster, tmp_path: Path) -> None:
    """It is killed while it works at the fifth of forty; the answers before it may lie in its memory."""
    items = [(str(tmp_path), n) for n in range(40)]
    found: list[int] = []
    answers = spread(work.wait_at_five, items, Workers(scheduler=cluster.address), work.lost)
    reader = threading.Thread(target=lambda: found.extend(answers))
    reader.start()
    wait(lambda: list(tmp_path.glob("five-*")))
    (first,) = tmp_path.glob("five-*")
    worker = int(first.name.partition("-")[2])
    assert worker in [program.pid for program in cluster.programs]
    os.kill(worker, signal.SIGKILL)
    wait(lambda: len(list(tmp_path.glob("five-*"))) == 2)  # the other one has taken it up
    (tmp_path / "go").touch()
    reader.join(60)
    assert found == [2 * n for n in range(40)]
    cluster.add_worker()


def test_what_ends_every_worker_is_answered_and_passed(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    # Dask gives up a piece of work after two workers that it ended, and with it what they held beside it.
    made = Cluster(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1")
    try:
        for _ in range(5):  # two ended by the first tries, two by the one alone
            made.add_worker()
        answers = list(spread(work.die_at_three, range(8), Workers(scheduler=made.address), work.lost))
    finally:
        made.end()
    assert answers == [-1 if n == 3 else 2 * n for n in range(8)]


@pytest.mark.parametrize("address", ["nonsense://x", "tcp://127.0.0.1:9"])
def test_nobody_at_the_address_is_usage(
    clean: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("crossplan.matrix.cluster.PATIENCE", 1)
    Path("list").write_text("x\n")
    assert main(["inspect", "--from", "list", "--scheduler", address]) == 2
    assert f"no scheduler answers at {address}" in capsys.readouterr().err


def test_without_the_extra_its_name_is_said(
    clean: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    Path("list").write_text("x\n")
    assert main(["inspect", "--from", "list", "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "pip install 'crossplan[dask]'" in capsys.readouterr().err


def test_another_release_on_a_worker_is_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossplan.matrix.cluster.__version__", "9.9")
    with pytest.raises(ClusterError, match=r"has crossplan .*, not 9\.9"):
        list(spread(work.double, [1], Workers(scheduler=cluster.address), work.lost))
