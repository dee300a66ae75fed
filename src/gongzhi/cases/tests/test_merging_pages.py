"""并案 on the desk's pages: offered with reasons, shown side by side, done, undone; and a case split."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gongzhi.audit.models import Link
from gongzhi.cases import queries
from gongzhi.cases.actions.splitting import Part, split_case
from gongzhi.cases.models import Case, Clock, WorkOrder
from gongzhi.cases.queries.neighbours import forget_rarity
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from tests.cast import NOW, World

FIRST = "5栋门口路灯不亮，晚上看不见台阶。"
SECOND = "5栋门口的路灯坏了，晚上看不见台阶，老人怕摔。"
DAY = dt.timedelta(days=1)


@pytest.fixture
def two(world: World, report: Callable[..., Case]) -> tuple[Case, Case]:
    forget_rarity()
    now = clock.now()
    return report("resident", FIRST, at=now - 2 * DAY), report("neighbour", SECOND, at=now - DAY)


def browser(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def body(response: Any) -> str:
    return str(response.content.decode())


def test_the_desk_offers_what_is_likely_the_same(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    page = body(browser(world, "dispatcher").get(f"/desk/?case={second.number}"))
    assert "像是同一件" in page and first.number in page and 'data-key="m"' in page and "同一个地方" in page
    assert f'action="/desk/{second.number}/merge" data-delay="8"' in page
    assert "像是同一件" not in body(browser(world, "auditor").get(f"/desk/{second.number}"))


def test_side_by_side_then_one_then_two_again(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    desk = browser(world, "dispatcher")
    page = body(desk.get(f"/desk/{second.number}/merge?with={first.number.lower()}"))
    assert FIRST in page and SECOND in page and "合起来像" in page
    done = desk.post(f"/desk/{second.number}/merge", {"into": first.number}, follow=True)
    assert done.redirect_chain[-1][0] == f"/desk/{first.number}"
    assert "2 件一起办" in body(done) and "已并入" in body(done)
    merged = body(desk.get(f"/desk/{second.number}"))
    assert "一起办" in merged and "现在没有要您办的" in merged
    assert second.number not in body(desk.get("/desk/?part=queue"))
    back = body(desk.post(f"/desk/{second.number}/unmerge", follow=True))
    assert "拆开了" in back
    assert second.number in body(desk.get("/desk/?part=queue"))


def test_the_desks_key_answers_with_its_queue(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    desk = browser(world, "dispatcher")
    answer = desk.post(f"/desk/{second.number}/merge", {"into": first.number}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and first.number in body(answer) and second.number not in body(answer)


def test_a_refusal_stands_beside_the_two(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    Case.objects.filter(pk=first.pk).update(status="closed")
    answer = browser(world, "dispatcher").post(f"/desk/{second.number}/merge", {"into": first.number})
    assert answer.status_code == 422 and "已经办完，不能再并" in body(answer)


def test_the_neighbour_still_looks_on_by_their_own_number(world: World, two: tuple[Case, Case]) -> None:
    first, second = two
    browser(world, "dispatcher").post(f"/desk/{second.number}/merge", {"into": first.number})
    page = body(browser(world, "neighbour").get(f"/track/{second.number}"))
    assert "2 人反映" in page and SECOND in page and FIRST not in page
    assert SECOND in body(browser(world, "neighbour").get("/my/cases"))
    assert browser(world, "neighbour").get(f"/track/{first.number}").status_code == 404


@pytest.mark.req("D08")
def test_a_split_gives_cases_and_takes_nothing(world: World, report: Callable[..., Case]) -> None:
    case = report("resident", "路灯不亮，还有垃圾桶三天没人收。", at=NOW)
    before = Case.objects.filter(pk=case.pk).values().get()
    parts = [Part("垃圾桶三天没人收"), Part("路灯不亮")]
    numbers = split_case(by=world.actor("dispatcher"), at=NOW + DAY, number=case.number, parts=parts)
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert not WorkOrder.objects.filter(case=case).exists()
    for number in numbers:
        made = Case.objects.get(number=number)
        assert made.received_at == case.received_at and made.reporters.get().person == world.people["resident"]
        assert Clock.objects.get(case=made, kind="resolve").started_at == case.received_at
        assert Link.objects.filter(source=made.reference, relation="split_from", target=case.reference).exists()
        assert made in queries.mine(world.actor("resident"))


def test_a_split_keeps_a_contact_readable(world: World, report: Callable[..., Case]) -> None:
    from gongzhi.cases import actions
    from gongzhi.common.access import ANONYMOUS, system_actor

    where = queries.locate(place_code="LY-5")
    contact = actions.Contact("演示某", "13700001111")
    answer = actions.report_case(by=ANONYMOUS, at=NOW, text="灯坏了，门也坏了", where=where, contact=contact)
    split_case(by=world.actor("dispatcher"), at=NOW, number=answer["number"], parts=[Part("门也坏了")])
    made = Case.objects.latest("id")
    assert queries.contacts_for(system_actor("test"), made)[0]["phone"] == "137****1111"
    with pytest.raises(Refused):
        split_case(by=world.actor("dispatcher"), at=NOW, number=answer["number"], parts=[])


def test_the_split_page(world: World, two: tuple[Case, Case]) -> None:
    desk, number = browser(world, "dispatcher"), two[0].number
    assert FIRST in body(desk.get(f"/desk/{number}/split"))
    assert desk.post(f"/desk/{number}/split", {}).status_code == 422
    done = desk.post(f"/desk/{number}/split", {"text_1": "台阶没有扶手"}, follow=True)
    assert "分出 1 件" in body(done)
