"""一事一议筹资筹劳 on its pages: the caps of the province, exact fen, nobody exempt charged, signatures on paper."""

from typing import Any

import pytest

from gongzhi.deliberation.models import ProcedureEvent
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.deliberation.tests.walking import Walk, Walker
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import load_pack
from tests import cast
from tests.cast import NOW, SETUP, World

LOCAL = """\
kind = "law"
name = "cn.levy.32"
title = "一事一议筹资筹劳：本省的限额（演示）"
version = "2026.1"
source = "省里的限额文件（演示）"
article = "第5条"
confidence = "V"
effective_from = 2026-01-01
jurisdiction = "320000"
over = "cn.levy"

[[rules]]
code = "caps"
title = "每人每年不超过 20 元，每个劳动力每年不超过 5 个工日"
params = { fen_per_head_year = 2000, days_per_year = 5 }
"""
CAP = "省里的限额文件（演示）第5条"
PLAN = {"cash_for_labour": 0, "exempt_charged": 0, "other_village_labour": 0}
LEVY = Walk(
    "levy",
    "",
    "villagers_committee",
    "cn.village#matter.3",
    figures={
        "plan": {**PLAN, "money_per_head": "20.00", "labour_days": 5},
        "households": {"registered.households": 800, "consulted.households": 800},
    },
    refused=(
        {"step": "plan", "change": {"figure-money_per_head": "20.01"}, "says": ["现在 20.01 元，最多 20.00 元", CAP]},
        {"step": "plan", "change": {"figure-labour_days": 6}, "says": ["现在 6，最多 5", CAP]},
        {"step": "plan", "change": {"figure-exempt_charged": 1}, "says": ["应减免却分摊了的人数现在 1，最多 0"]},
        {"step": "plan", "change": {"figure-money_per_head": "19.999"}, "says": ["2"]},
        {"step": "households", "change": {"figure-consulted.households": 799}, "says": ["还差 1：现在 799，要 800"]},
    ),
)  # fmt: skip


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures(("levy",))
    load_pack(by=SETUP, at=NOW, text=LOCAL)
    packs.forget()
    return world


@pytest.mark.req("G03", where="/deliberations/")
def test_a_province_sets_the_caps_and_fen_are_exact(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    walker = Walker(world, monkeypatch)
    walker.open(LEVY, world.units["committee-1"])
    assert "pack:law/cn.levy.32/2026.1" in walker.row.texts
    page = walker.runner.get(walker.address).content.decode()
    assert "每人每年筹资最多 20.00 元" in page and "每人每年筹资（元）" in page
    while walker.row.current != "vote":
        walker.act(LEVY)
        walker.row.refresh_from_db()
    assert len(walker.tried) == len(LEVY.refused)
    plan, households = (
        ProcedureEvent.objects.get(course=walker.row, event__kind="recorded", event__step=step)
        for step in ("plan", "households")
    )
    assert (plan.event["figures"]["money_per_head"], plan.event["figures"]["labour_days"]) == (2000, 5)
    assert households.evidence == {"signatures": "filed"}
    signed = "逐户签字表（一号盒）"
    assert signed in walker.runner.get(walker.address).content.decode()
    assert signed not in walker.neighbour.get(walker.address).content.decode()


def test_without_the_caps_of_the_province_the_example_is_marked(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = cast.build()
    load_procedures(("levy",))
    walker = Walker(world, monkeypatch)
    walker.open(LEVY, world.units["committee-1"])
    page = walker.runner.get(walker.address).content.decode()
    assert "每人每年筹资最多 15.00 元" in page and "有的数字是产品选择，可以改" in page
