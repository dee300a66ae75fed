"""The demo as a person meets it: ready, stopped, killed, beside other commands, with its port taken."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gongzhi.cli.tests.programs import answered, environment, gongzhi, open_folder, processes_about, until


@contextlib.contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """A running demo and what it printed with --json."""
    child = subprocess.Popen(
        [sys.executable, "-m", "gongzhi", "demo", "--data", str(folder), "--no-browser", "--json", *arguments],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        line = child.stdout.readline() if child.stdout else ""
        assert line, f"the demo ended with {child.wait()}"
        yield child, json.loads(line)
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        child.wait(240)


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as response:
            return bool(json.load(response)["status"] == "ok")
    except OSError:
        return False


def children_named(folder: Path, name: str) -> list[int]:
    pids = [int(line.split()[0]) for line in processes_about(folder)]
    return [pid for pid in pids if _name_of(pid) == f"gongzhi-{name}"]


def _name_of(pid: int) -> str:
    """What a process calls itself; empty for one that ended since it was listed."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.fixture(scope="module")
def filled() -> Iterator[Path]:
    """A demo's folder for this file: the first start fills it, the later ones find it filled."""
    with open_folder() as parent:
        yield parent / "data"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_demo_serves_and_leaves_nothing(filled: Path, number: signal.Signals) -> None:
    with demo(filled, "--port", "0") as (child, told):
        assert set(told) == {"url", "model", "roles"}
        assert told["url"].startswith("http://127.0.0.1:")
        assert healthy(told["url"])
        if number == signal.SIGTERM:  # a command beside it shares its database
            assert answered("audit", "verify", "--data", filled)["valid"]
        child.send_signal(number)
        assert child.wait(240) == (-9 if number == signal.SIGKILL else 0)
        patience = 120 if number == signal.SIGKILL else 0
        assert until(lambda: processes_about(filled) == [], patience), processes_about(filled)


def test_a_killed_server_or_worker_is_started_again(filled: Path) -> None:
    with demo(filled, "--port", "0") as (_, told):
        for word in ("web", "worker"):
            before = children_named(filled, word)
            assert before
            for pid in before:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            assert until(lambda w=word, b=before: set(children_named(filled, w)) - set(b) != set(), 120)
        assert until(lambda: healthy(told["url"]), 120)
    assert processes_about(filled) == []


def test_the_books_of_a_restored_server_are_the_same(filled: Path, folder: Path) -> None:
    """Accounts, entries and their triggers go along: the export is the same to the letter, and the trail verifies."""
    folder.mkdir(exist_ok=True)
    archive, books = folder / "all.tar", {}
    with demo(filled, "--port", "0"):
        answered("backup", archive, "--with-keys", "--data", filled)
        answered("restore", archive, "--data", folder / "restored")
        for name, data in (("before", filled), ("after", folder / "restored")):
            told = answered("ledger", "export", "--beancount", folder / name, "--data", data)
            books[name] = (told["entries"], (folder / name).read_bytes())
    assert books["before"] == books["after"] and books["after"][0] > 10
    assert answered("audit", "verify", "--data", folder / "restored")["valid"]


def test_a_taken_port_is_named_with_the_next_free_one(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = gongzhi("demo", "--data", folder, "--port", port, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"] == "port_taken"
    assert "--port " in done.stderr
    assert processes_about(folder) == []


def test_wrong_usage_is_two_and_help_is_there(folder: Path) -> None:
    assert gongzhi("demo", "--bogus").returncode == 2
    assert gongzhi("nothing-like-this").returncode == 2
    assert "--model" in gongzhi("demo", "--help").stdout
