"""What a new demo is filled with: the model, then our own written cases (演示数据); resumed where it was cut off."""

import json
from pathlib import Path
from typing import Any

from gongzhi.cli import late
from gongzhi.cli.digests import is_empty
from gongzhi.cli.instance import Instance
from gongzhi.cli.postgres.checks import connect
from gongzhi.cli.words import say
from gongzhi.common.errors import Refused
from gongzhi.common.progress import Progress
from gongzhi.common.text import N_

MARK = "demo.json"
DEFAULT_MODEL = "pingchang"
_STAGES = ("model", "showcase")


def fill(instance: Instance, wanted: str | None, progress: Progress) -> str | None:
    """Fill an empty instance, stage by stage, each in one transaction; returns the model's name.

    Raises Refused `other_model` where the folder already holds another one.
    """
    mark = _read(instance.folder)
    if mark is None:
        with connect(instance.url) as connection:
            empty = is_empty(connection)
        if not empty:
            return active_model()
        mark = {"model": wanted or DEFAULT_MODEL, "done": []}
        _write(instance.folder, mark)
    if wanted and wanted != mark["model"]:
        raise Refused(
            "other_model",
            N_("这个文件夹里已是模式 {model}。要看 {wanted}，请用 --data 另指一个文件夹。"),
            model=mark["model"],
            wanted=wanted,
        )
    for stage in _STAGES:
        if stage not in mark["done"] and _run(stage, mark["model"], progress):
            mark["done"].append(stage)
            _write(instance.folder, mark)
    return str(mark["model"])


def _run(stage: str, model: str, progress: Progress) -> bool:
    """One stage; an interrupted one leaves nothing, so that the next start can do it again."""
    from django.db import transaction

    function = late.find(
        {"model": "gongzhi.cli.load_model:load_model", "showcase": "gongzhi.cli.showcase:build"}[stage]
    )
    if function is None:
        say(N_("这个版本还没有演示内容（{stage}），先跳过。"), stage=stage)
        return False
    with transaction.atomic():
        function(model, progress=progress)
    return True


def active_model() -> str | None:
    """The model that the instance runs on, as packs know it."""
    active = late.find("gongzhi.packs.queries:active_model")
    try:
        model = active() if active else None
    except Refused:
        return None
    return getattr(model, "name", None) or getattr(model, "id", None)


def role_cards(url: str) -> list[dict[str, Any]]:
    """[{role, login_url}]: one card per role, each landing on a screen with work."""
    cards = late.find("gongzhi.cli.showcase:role_cards")
    return [
        {
            **card,
            "login_url": url + card["login_url"] if card["login_url"].startswith("/") else card["login_url"],
        }
        for card in (cards() if cards else [])
    ]


def forget_mark(folder: Path) -> None:
    """After a restore the instance is what the archive held, not a half-made demo."""
    (folder / MARK).unlink(missing_ok=True)


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads((folder / MARK).read_text()))
    except (OSError, ValueError):
        return None


def _write(folder: Path, mark: dict[str, Any]) -> None:
    fresh = folder / f"{MARK}.new"
    fresh.write_text(json.dumps(mark))
    fresh.replace(folder / MARK)
