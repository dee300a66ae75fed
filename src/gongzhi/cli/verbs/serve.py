"""`serve`: the web server alone (granian, WSGI), for an instance behind a proxy."""

import argparse
import contextlib
import signal
from typing import Any

from gongzhi.cli.children import Child, Stopped, die_with_parent, running, stop_on_signals, watch
from gongzhi.cli.instance import close_connections, opened
from gongzhi.cli.options import add_data
from gongzhi.cli.words import words
from gongzhi.common.text import N_

_WORKERS, _THREADS = 2, 8


def configure(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--host", default="127.0.0.1", help=words(N_("监听的地址，默认只有本机")))
    parser.add_argument("--port", type=int, default=8000, help=words(N_("端口，默认 8000")))
    parser.add_argument("--workers", type=int, default=_WORKERS, help=words(N_("网页进程数，默认 2")))
    parser.add_argument("--threads", type=int, default=_THREADS, help=words(N_("每个进程的线程数，默认 8")))


def run(arguments: argparse.Namespace) -> int:
    stop_on_signals()
    counts = {"workers": arguments.workers, "threads": arguments.threads}
    with contextlib.suppress(Stopped), opened(arguments.data):
        preload()
        close_connections()
        web = Child("web", lambda: serve(arguments.host, arguments.port, **counts))
        with running([web]) as children:
            watch(children)  # granian replaces a dead worker, but gives up when one dies again within seconds
    return 0


def preload() -> None:
    """Import the application and every page before the workers are forked: at once there, and shared."""
    from django.urls import get_resolver

    load_application("")
    _ = get_resolver().url_patterns


def serve(host: str, port: int, *, workers: int = _WORKERS, threads: int = _THREADS) -> None:
    """Until SIGTERM or SIGINT; a worker that dies is replaced. The caller has closed its connections."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "gongzhi.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=8,
        log_level=LogLevels.error,
        websockets=False,
    ).serve(target_loader=load_in_worker)


def load_application(_: str) -> Any:
    from gongzhi.config.wsgi import application

    return application


def load_in_worker(target: str) -> Any:
    """In the forked worker: it ends with the server, even a killed one."""
    die_with_parent(signal.SIGKILL)
    return load_application(target)
