"""品牌和荣誉: written by one, released by another; what was held under the name is counted, with its rows."""

import datetime as dt

import pytest
from django.test import Client

from gongzhi.common.errors import NotFound, Refused
from gongzhi.gatherings import actions as gatherings
from gongzhi.gatherings.actions.holding import Decided
from gongzhi.gatherings.models import Attendance
from gongzhi.gatherings.queries import brands
from gongzhi.gatherings.tests.test_actions import START, noticed
from gongzhi.people.models import Organization
from gongzhi.publications import actions
from gongzhi.publications.actions import Subject
from gongzhi.publications.models import Publication
from gongzhi.publications.rules.records import Words
from tests.cast import NOW, World
from tests.support.pages import client_of, text_of

LATER = NOW + dt.timedelta(hours=1)
BRAND = {"stands_for": "请老人吃饭，听他们说话", "since": "2024-03-01"}
HONOUR = {"given_by": "县文明办", "given_on": "2025-12-01", "document": "文明办〔2025〕8 号"}


def entered(world: World, kind: str, title: str, facts: dict[str, str]) -> Publication:
    text = Words(title=title, body="每个月第一个星期六，在村里的活动室。", about="孝心", facts=facts)
    given = {"kind": kind, "place": world.places["PC-1"], "text": text}
    subject = Subject("organization", organization=world.units["committee-1"])
    return actions.begin_publication(by=world.actor("secretary"), at=NOW, subject=subject, **given)  # type: ignore[arg-type]  # as begin_publication takes them


def released(world: World, kind: str, title: str, facts: dict[str, str]) -> Publication:
    made = entered(world, kind, title, facts)
    actions.submit_publication(by=world.actor("secretary"), at=NOW, number=made.number)
    return actions.release_publication(by=world.actor("supervisor"), at=LATER, number=made.number)


def held(world: World, body: Organization, title: str) -> None:
    """From the notice to the end."""
    row, by = noticed(world, body, title=title), world.actor("secretary")
    seats = Attendance.objects.filter(gathering=row).values_list("pk", flat=True)
    gatherings.mark_attendance(by=by, at=START, number=row.number, states=dict.fromkeys(seats, "came"))
    gatherings.open_gathering(by=by, at=START, number=row.number)
    gatherings.decide_item(
        by=by, at=START, number=row.number, position=1, decided=Decided("close", "都听了")
    )
    gatherings.close_gathering(by=by, at=START, number=row.number, said="来了几家老人。")


@pytest.mark.req("J13", where="/brands/PC-1/")
def test_a_brand_stands_with_what_was_held_under_its_name(world: World, council: Organization) -> None:
    refused = entered(world, "brand", "孝心饭堂", {"since": "2024-03-01"})
    with pytest.raises(Refused, match="publication_incomplete"):
        actions.submit_publication(by=world.actor("secretary"), at=NOW, number=refused.number)
    released(world, "brand", "孝心饭堂", BRAND)
    released(world, "honour", "孝心示范村", HONOUR)
    held(world, council, "孝心饭堂三月开门")
    held(world, council, "说说东门的路灯")
    place = world.places["PC-1"]
    (brand,) = brands.brands(place, START)
    assert (brand.item.title, brand.held) == ("孝心饭堂", 1)
    assert [row.title for row in brand.last] == ["孝心饭堂三月开门"]
    assert [one.title for one in brands.honours(place, START)] == ["孝心示范村"]


@pytest.mark.req("J13", where="/brands/PC-1/")
def test_everybody_reads_what_a_second_person_released(world: World) -> None:
    brand = entered(world, "brand", "孝心饭堂", BRAND)
    actions.submit_publication(by=world.actor("secretary"), at=NOW, number=brand.number)
    empty = text_of(Client().get("/brands/PC-1/"))
    assert "还没有登记品牌" in empty and "还没有登记荣誉" in empty
    with pytest.raises(Refused, match="second_person"):
        actions.release_publication(by=world.actor("secretary"), at=LATER, number=brand.number)
    with pytest.raises(NotFound):
        actions.release_publication(by=world.actor("resident"), at=LATER, number=brand.number)
    actions.release_publication(by=world.actor("supervisor"), at=LATER, number=brand.number)
    honour = released(world, "honour", "孝心示范村", HONOUR)
    page = text_of(Client().get("/brands/PC-1/"))
    assert "请老人吃饭，听他们说话" in page and "0 次" in page and "登记一条" not in page
    assert "县文明办 · 2025-12-01 · 文明办〔2025〕8 号" in page
    assert "登记一条" in text_of(client_of(world, "secretary").get("/brands/PC-1/"))
    assert "品牌和荣誉" in text_of(Client().get("/c/PC-1/"))
    actions.withdraw_publication(by=world.actor("supervisor"), at=LATER, number=honour.number, why="文件撤销了")
    assert "孝心示范村" not in text_of(Client().get("/brands/PC-1/"))
    assert Client().get("/brands/none/").status_code == 404
