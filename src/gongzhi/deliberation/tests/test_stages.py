"""共同缔造 stage by stage: who took part and what was asked stands on the page, no stage before its reply has hung.
专家智库: what experts advised stands at the matter they follow."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.test import Client
from lxml import html

from gongzhi.deliberation.models import ProcedureEvent
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.deliberation.tests.test_walks import walks_of
from gongzhi.deliberation.tests.walking import Walker
from tests import cast
from tests.cast import World


@pytest.fixture
def world(db: Any) -> World:
    load_procedures(("co_creation", "expert_following"))
    return cast.build()


def begun(world: World, patch: pytest.MonkeyPatch, name: str) -> tuple[Walker, Any]:
    """A course that has just been opened, and what people enter on it; nothing wrong is tried here."""
    walk = dataclasses.replace(walks_of(name)[0], refused=())
    walker = Walker(world, patch)
    walker.open(walk, world.units["committee-1"])
    return walker, walk


def until_posted(walker: Walker, walk: Any) -> None:
    """Goes on until what stands at the step at hand is posted; the days of the posting still run."""
    for _turn in range(8):
        walker.act(walk)
        if ProcedureEvent.objects.filter(course=walker.row, event__kind="published").exists():
            walker.row.refresh_from_db()
            return
    raise AssertionError("nothing was posted")


def words_of(client: Client, address: str) -> str:
    page = html.fromstring(client.get(address).content)
    return " ".join(page.xpath("//main")[0].text_content().split())


@pytest.mark.req("F03", where="/deliberations/")
@pytest.mark.req("F07", where="/deliberations/")
def test_a_stage_shows_who_took_part_and_the_next_waits_for_its_reply(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker, walk = begun(world, monkeypatch, "co_creation")
    form = walker.forms(walker.runner)["recorded"]
    early = walker.filled(form, walk, "plan")
    until_posted(walker, walk)
    said = words_of(walker.runner, walker.address)
    for stage in ("共谋：立项和方案", "共建：实施", "共管：日常管护", "共评：验收", "共享：成果"):
        assert stage in said
    for count in ("参加人次 40", "居民人次 30", "驻社区单位人次 2", "收到的意见条数 12", "部分采纳条数 3"):
        assert count in said, said
    before = ProcedureEvent.objects.filter(course=walker.row).count()
    assert walker.runner.post(f"{walker.address}/record/recorded", early).status_code in (409, 422)
    walker.now += dt.timedelta(days=4)
    assert "recorded" not in walker.forms(walker.runner), "the reply has not hung for its days"
    assert walker.row.current == "plan" and ProcedureEvent.objects.filter(course=walker.row).count() == before
    walker.wait(walk)
    walker.row.refresh_from_db()
    assert walker.row.current == "build" and "recorded" in walker.forms(walker.runner)


@pytest.mark.req("F14", where="/deliberations/")
def test_the_advice_of_experts_stands_at_the_matter_they_follow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    walker, walk = begun(world, monkeypatch, "expert_following")
    assert walker.to_the_end(walk)[:2] == ["choose", "before"]
    said = words_of(walker.runner, walker.address)
    for line in ("每位专家的利害关系声明", "专家署名建议", "建议条数 5", "没有采纳条数 1", "有利害关系的专家人数 0"):
        assert line in said, said
