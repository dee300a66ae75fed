"""What the benchmarks of served pages share: a filled instance, granian on it, lean clients, CPU seconds, pgbench."""

import contextlib
import http.client
import itertools
import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


def row(what: str, value: float, unit: str, ratio_to: str = "") -> dict[str, Any]:
    return {"what": what, "value": round(value, 3), "unit": unit, "ratio_to": ratio_to}


def load() -> dict[str, Any]:
    """How busy the machine was: a wall time means little without it."""
    return row("load average when it began", os.getloadavg()[0], "processes", f"{os.cpu_count()} cores")


def fill_model() -> None:
    """The pingchang model on its real divisions, as the demo loads it."""
    from gongzhi.cli.load_model import load_model
    from gongzhi.cli.progress import TerminalProgress

    load_model("pingchang", progress=TerminalProgress())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A started program that listens on a port of this machine."""

    port: int
    pid: int


@contextlib.contextmanager
def serving(command: Sequence[str], port: int, path: str = "/healthz", **more: str) -> Iterator[Server]:
    """The program until the end of the block, once it answers."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), **more}
    program = subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, cwd=ROOT)
    try:
        until = time.monotonic() + 60
        while not _answers(port, path):
            if time.monotonic() > until or program.poll() is not None:
                raise RuntimeError(f"{command} does not start")
            time.sleep(0.1)
        yield Server(port, program.pid)
    finally:
        program.terminate()
        program.wait(30)


def granian(port: int, *, workers: int) -> list[str]:
    data = os.environ["GONGZHI_DATA"]
    return ["-m", "gongzhi", "serve", "--data", data, "--port", str(port), "--workers", str(workers)]


def _answers(port: int, path: str) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False


_LENGTH = re.compile(rb"content-length: *(\d+)", re.I)


class _Exchange:
    """One kept connection: a request sent, its whole answer waited for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""

    def begin(self, request: bytes) -> None:
        self.answer = b""
        self.socket.sendall(request)

    def is_whole(self) -> bool:
        """Read what has come; raises RuntimeError when the other side ended."""
        if not (block := self.socket.recv(262_144)):
            raise RuntimeError(f"cut off: {self.answer[:200]!r}")
        self.answer += block
        if (end := self.answer.find(b"\r\n\r\n")) < 0:
            return False
        if not (stated := _LENGTH.search(self.answer[:end])):
            raise RuntimeError(f"no length: {self.answer[:end]!r}")
        return len(self.answer) >= end + 4 + int(stated[1])


def send(port: int, requests: Sequence[bytes], *, connections: int, expect: bytes) -> float:
    """Seconds until all requests are answered over so many connections; each answer must begin with `expect`.

    One thread and one selector: the client shall take as little of the machine as Python allows.
    """
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        for request in itertools.islice(waiting, connections):
            exchange = _Exchange(port)
            selector.register(exchange.socket, selectors.EVENT_READ, exchange)
            exchange.begin(request)
        while selector.get_map():
            for key, _ in selector.select():
                exchange = key.data
                if not exchange.is_whole():
                    continue
                if not exchange.answer.startswith(expect):
                    raise RuntimeError(exchange.answer.decode(errors="replace")[:500])
                if (request := next(waiting, b"")):
                    exchange.begin(request)
                else:
                    selector.unregister(exchange.socket)
                    exchange.socket.close()
    return time.perf_counter() - began


def _times(pid: int) -> float:
    """CPU seconds of a process and of those it has waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def _below(pid: int) -> list[int]:
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [below for child in children for below in (child, *_below(child))]


def cpu_of(pid: int) -> float:
    """CPU seconds that a process and everything below it have used."""
    return sum(_times(one) for one in (pid, *_below(pid)))


def postmaster() -> int:
    """The postmaster of DATABASE_URL, 0 where it runs on another machine."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        found = connection.execute("SELECT pg_backend_pid()").fetchone()
        backend = found[0] if found else 0
        try:
            return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return 0


@dataclass
class Cost:
    """What a number of requests took."""

    requests: int
    wall: float
    server: float
    database: float

    @property
    def rate(self) -> float:
        return self.requests / self.wall

    @property
    def milliseconds(self) -> float:
        """CPU of server and database for one request."""
        return (self.server + self.database) / self.requests * 1000


def measured(server: Server, requests: Sequence[bytes], *, connections: int, expect: bytes) -> Cost:
    database = postmaster()
    before = cpu_of(server.pid), cpu_of(database)
    wall = send(server.port, requests, connections=connections, expect=expect)
    return Cost(len(requests), wall, cpu_of(server.pid) - before[0], cpu_of(database) - before[1])


@contextlib.contextmanager
def watched_statements() -> Iterator[list[str]]:
    """The statements that Django sends in the block, with their values written in."""
    from django.db import connection

    found: list[str] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        with psycopg.ClientCursor(connection.connection) as cursor:
            found.append(cursor.mogrify(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield found


def pgbench(script: str, *, connections: int, seconds: int, protocol: str) -> tuple[float, float]:
    """Transactions a second, and CPU milliseconds of the database for one, of a script run again and again."""
    from gongzhi.cli.postgres.binaries import binaries

    file = Path(os.environ["GONGZHI_DATA"]) / "bench.sql"
    file.write_text(script)
    file.chmod(0o644)
    command = [str(binaries() / "pgbench"), "--no-vacuum", "-c", str(connections), "-j", "2", "-T", str(seconds)]
    pid = postmaster()
    before = cpu_of(pid)
    done = subprocess.run(
        [*command, "-M", protocol, "-f", str(file), os.environ["DATABASE_URL"]],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-1000:])
    count = re.search(r"actually processed: (\d+)", done.stdout)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if not count or not rate:
        raise RuntimeError(done.stdout)
    return float(rate[1]), (cpu_of(pid) - before) / int(count[1]) * 1000
