"""The row of fixtures.md 3.6 on quarterly disclosure (村组法 30), on the duties' pages, at ±1 day.

Last done on 2026-01-10: by calendar quarters overdue from 2026-07-01 if nothing comes in the second quarter; by a
local rule of three months from the last time, overdue from 2026-04-11.
"""

import datetime as dt
from pathlib import Path

import pytest

from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.duties import actions
from gongzhi.duties.models import Duty
from gongzhi.duties.tests.test_actions import photo
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from tests.cast import SETUP, World
from tests.support.pages import client_of

RULE = "village.disclosure.quarter"
BEGAN = dt.datetime(2026, 1, 1, 1, tzinfo=dt.UTC)
LOCAL = """
kind = "law"
name = "cn.village.321171"
title = "演示地方规定"
version = "2026.1"
source = "演示地方规定"
confidence = "D"
effective_from = 2026-01-01
jurisdiction = "321171"
over = "cn.village"
licence = "演示"

[[rules]]
code = "disclosure.quarter"
title = "从上一次公布起三个月"
params = { quarter_mode = "rolling_3_months" }
"""


@pytest.fixture
def village(world: World) -> World:
    """A villagers' committee whose secretary answers for its duties, under the law of 2026."""
    load_pack(by=SETUP, at=BEGAN, path=shipped.FOLDER / "laws/cn.village-2026.toml")
    body = people.add_organization(
        by=SETUP, at=BEGAN, code="village", kind="villagers_committee", name="演示村委会", place=world.places["PC-1"],
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    post = people.add_post(
        by=SETUP, at=BEGAN, code="village-head", role="secretary", title="演示村主任", place=world.places["PC-1"],
        organization=body, seats=1, valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    people.appoint(by=SETUP, at=BEGAN, person=world.people["outsider"], post=post, decision="推选",
                   valid_from=dt.date(2020, 1, 1))  # fmt: skip
    return world


def day(on: str) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(on), dt.time(2), dt.UTC)


def late_on(world: World, on: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the page says on that morning that publishing is overdue."""
    monkeypatch.setattr(clock, "now", lambda: day(on))
    rows = client_of(world, "outsider").get("/duties/").context["late"]
    return any(row["duty"].rule == RULE for row in rows)


@pytest.mark.req("G04", where="/duties/")
@pytest.mark.parametrize(
    ("mode", "overdue_from", "made_on"),
    [("calendar", "2026-07-01", "2026-03-25"), ("rolling_3_months", "2026-04-11", "2026-01-11")],
)
def test_when_a_village_is_late_with_publishing(
    village: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str, overdue_from: str, made_on: str
) -> None:
    if mode != "calendar":
        (tmp_path / "local.toml").write_text(LOCAL, "utf-8")
        load_pack(by=SETUP, at=BEGAN, path=tmp_path / "local.toml")
    actions.make_duties(by=system_actor("duties"), at=BEGAN)
    first = Duty.objects.get(rule=RULE, closes_on__lte=dt.date(2026, 3, 31))
    monkeypatch.setattr(clock, "now", lambda: day("2026-01-10"))
    answer = client_of(village, "outsider").post(f"/duties/{first.pk}/done", {"files": [photo()], "note": "贴了"})
    assert answer.status_code == 302
    for on in (made_on, "2026-03-25"):
        actions.make_duties(by=system_actor("duties"), at=day(on))
    assert Duty.objects.filter(rule=RULE).count() == 2
    begins = dt.date.fromisoformat(overdue_from)
    days = [(begins + dt.timedelta(days=n)).isoformat() for n in (-1, 0, 1)]
    assert [late_on(village, on, monkeypatch) for on in days] == [False, True, True]


def test_the_rules_page_says_that_the_place_decides(village: World) -> None:
    assert "怎么算，照这里的规定" in client_of(village, "outsider").get("/duties/rules").content.decode()
