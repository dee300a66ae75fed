"""`demo`: everything at once, for trying it out or for one office; stops everything it started."""

import argparse
import os
import socket
import sys
import time
import urllib.error
import urllib.request
import webbrowser

from gongzhi.cli import demo_content
from gongzhi.cli.children import Child, Stopped, running, stop_on_signals, watch
from gongzhi.cli.instance import Instance, close_connections, opened
from gongzhi.cli.options import add_data, add_json
from gongzhi.cli.progress import TerminalProgress
from gongzhi.cli.verbs.serve import preload, serve
from gongzhi.cli.words import answer, say, words
from gongzhi.cli.worker import Worker
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

_HOST = "127.0.0.1"
_READY_SECONDS = 60
_PORTS_TRIED = 200


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="NAME", help=words(N_("模式包，默认 pingchang")))
    parser.add_argument("--port", type=int, default=8000, help=words(N_("端口，默认 8000；0 为任一空闲端口")))
    parser.add_argument("--no-browser", action="store_true", help=words(N_("不打开浏览器")))
    add_data(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    stop_on_signals()
    os.environ["GONGZHI_DEMO"] = "1"
    try:
        port = free_port(arguments.port)
        os.environ.setdefault("GONGZHI_URL", f"http://{_HOST}:{port}")
        with opened(arguments.data) as instance:
            _run_beside(instance, arguments, port)
    except Stopped:
        say(N_("已停下。数据还在，下次启动接着用。"))
    return 0


def free_port(port: int) -> int:
    """The port, if it is free (0: any); raises Refused `port_taken`, naming the next free one."""
    if _can_listen(port) is not None:
        return _can_listen(port) or port
    following = next((near for near in range(port + 1, port + _PORTS_TRIED) if _can_listen(near)), None)
    raise Refused(
        "port_taken",
        N_("端口 {port} 已被占用（也许演示已在运行）。可以用：--port {next}"),
        port=port,
        next=following or 0,
    )


def _can_listen(port: int) -> int | None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((_HOST, port))
        except (OSError, OverflowError):
            return None
        return int(trial.getsockname()[1])


def _run_beside(instance: Instance, arguments: argparse.Namespace, port: int) -> None:
    model = demo_content.fill(instance, arguments.model, TerminalProgress())
    url = f"http://{_HOST}:{port}"
    roles = demo_content.role_cards(url)
    preload()
    close_connections()
    web = Child("web", lambda: serve(_HOST, port))
    with running([web, Child("worker", Worker(instance.url).run_until_stopped)]) as children:
        _wait_until_ready(url, web)
        _announce(url, model, roles, arguments)
        watch(children)


def _wait_until_ready(url: str, web: Child) -> None:
    """Until /healthz answers 200; raises Refused when the web server ends or stays silent."""
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and not web.has_ended():
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:  # noqa: S310 - our own loopback URL
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise Refused("web_does_not_start", N_("网页服务没有启动，原因见上面的日志。"))


def _announce(
    url: str, model: str | None, roles: list[dict[str, str]], arguments: argparse.Namespace
) -> None:
    if arguments.json:
        answer({"url": url, "model": model, "roles": roles})
        return
    print(words(N_("共治演示已就绪：{url}"), url=url))
    for card in roles:
        print(f"  {card['role']}  {card['login_url']}")
    print(words(N_("按 Ctrl-C 停下。")), flush=True)
    if not arguments.no_browser and sys.stdout.isatty() and os.environ.get("DISPLAY"):
        webbrowser.open(url)
