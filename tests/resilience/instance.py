"""A real instance in a folder of its own: embedded PostgreSQL, granian with two processes, a job worker, many clients.

Everything is started by the product's own commands; the tests look into the database from outside.
"""

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from gongzhi.cli.postgres.cluster import running_cluster
from gongzhi.cli.tests.programs import ROOT, SOURCE, environment, until

CONNECTIONS = 64
_FILL = """
import json, sys
from gongzhi.cli.instance import opened
with opened(sys.argv[1]):
    from django.conf import settings
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in here
    from tests import cast
    world = cast.build()
    print(json.dumps({name: unit.pk for name, unit in world.units.items()}))
"""
_ASK = """
import json, sys
from gongzhi.cli.instance import opened
with opened(sys.argv[1]):
    from gongzhi.common import clock
    from gongzhi.common.access import system_actor
    from gongzhi.common.errors import Refused
    from gongzhi.people.models import Mandate
    from gongzhi.people.queries import actor_for
    def actor(role):
        held = Mandate.objects.filter(post__code="post-" + role).select_related("person").order_by("id").first()
        return actor_for(held.person, at=clock.now(), purpose="test")
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        answer = (lambda: {expression})()
    except Refused as refused:
        answer = refused.code
    print(json.dumps(answer, default=str), flush=True)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def with_tests(**more: str) -> dict[str, str]:
    """The environment of a command that may import the cast as well."""
    found = environment(GONGZHI_RATE_LIMIT="off", **more)
    return {**found, "PYTHONPATH": os.pathsep.join([str(SOURCE), str(ROOT)])}


def children_of(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@dataclass
class Instance:
    """What runs, and how to reach and to kill it."""

    folder: Path
    url: str
    postmaster_file: Path
    port: int
    units: dict[str, int]
    programs: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        with self.said(name).open("ab") as said:
            self.programs[name] = subprocess.Popen(
                [sys.executable, "-m", "gongzhi", name, "--data", str(self.folder), *arguments],
                env=with_tests(),
                stderr=said,
                cwd="/",
            )

    def said(self, name: str) -> Path:
        """The file of what a program writes to stderr."""
        return self.folder.with_name(f"{name}.err")

    def stop(self) -> None:
        for program in self.programs.values():
            program.send_signal(signal.SIGTERM)
        for program in self.programs.values():
            program.wait(180)

    def healthy(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        return False

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def web_workers(self) -> list[int]:
        """The two granian processes that serve requests."""
        return [worker for web in children_of(self.programs["serve"].pid) for worker in children_of(web)]

    def postmaster(self) -> int:
        return int(self.postmaster_file.read_text().split()[0])

    def ask(self, *expressions: str) -> list[Any]:
        """The answers of as many processes, let go at the same moment; a refusal answers with its code."""
        asked = [
            subprocess.Popen(
                [sys.executable, "-c", _ASK.replace("{expression}", expression), str(self.folder)],
                env=with_tests(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for expression in expressions
        ]
        for process in asked:
            assert process.stdout and process.stdout.readline() == "ready\n"
        for process in asked:
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()
        return [json.loads(process.communicate(timeout=300)[0]) for process in asked]


@contextlib.contextmanager
def running_instance(folder: Path) -> Iterator[Instance]:
    before = os.environ.pop("DATABASE_URL", None)
    try:
        with running_cluster(folder) as cluster:
            fill = [sys.executable, "-c", _FILL, str(folder)]
            filled = subprocess.run(fill, env=with_tests(), stdout=subprocess.PIPE, text=True, check=True)
            units = json.loads(filled.stdout.splitlines()[-1])
            pid_file = cluster.folders.data / "postmaster.pid"
            instance = Instance(folder, cluster.url, pid_file, free_port(), units)
            instance.start("serve", "--port", str(instance.port), "--workers", "2")
            try:
                assert until(instance.healthy, 240)
                yield instance
            finally:
                instance.stop()
    finally:
        if before is not None:
            os.environ["DATABASE_URL"] = before


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    replayed: bool
    tries: int


class Client:
    """One keep-alive connection; `insist` tries again with the same key until it gets an answer below 500."""

    def __init__(self, port: int, seed: int = 0) -> None:
        self.port, self.random = port, random.Random(seed)
        self.connection: http.client.HTTPConnection | None = None

    def post(self, key: str, body: dict[str, Any]) -> Answer:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        self.connection.request("POST", "/api/v1/cases", json.dumps(body).encode(), headers)
        response = self.connection.getresponse()
        content = json.loads(response.read())
        return Answer(response.status, content, response.headers.get("Idempotent-Replay") == "true", 1)

    def insist(self, key: str, body: dict[str, Any], seconds: float = 120) -> Answer:
        until_then, tries = time.monotonic() + seconds, 0
        while time.monotonic() < until_then:
            tries += 1
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                answer = self.post(key, body)
                if answer.status < 500:
                    answer.tries = tries
                    return answer
            self.connection = None
            time.sleep(self.random.uniform(0.02, 0.2))
        raise TimeoutError(f"no answer for {key} after {tries} tries")


def at_once(port: int, jobs: Sequence[tuple[str, dict[str, Any]]], done: list[tuple[str, Answer]]) -> None:
    """Every (key, body) from 64 connections; `done` grows as answers come."""
    clients = threading.local()

    def send(job: tuple[str, dict[str, Any]]) -> None:
        if not hasattr(clients, "one"):
            clients.one = Client(port, seed=threading.get_ident() % 1000)
        done.append((job[0], clients.one.insist(*job)))

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(send, jobs))
