"""Before sending: a neighbour learns that the same thing was raised, and nothing else; follows it, or says no."""

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gongzhi.cases import actions, queries
from gongzhi.cases.actions.following import follow_case
from gongzhi.cases.models import Case, Reporter
from gongzhi.cases.queries.neighbours import forget_rarity
from gongzhi.cases.queries.together import headcount
from gongzhi.common import clock
from gongzhi.common.access import ANONYMOUS, system_actor
from gongzhi.common.errors import Refused
from tests.cast import NOW, World

FIRST = "5栋门口路灯不亮，晚上看不见台阶，王阿姨摔了一跤。"
SAME = "5栋门口的路灯坏了，晚上看不见台阶。"
OTHER = "小区南门的健身器材断了一根杆子。"


@pytest.fixture
def known(world: World, report: Callable[..., Case]) -> Case:
    forget_rarity()
    return report("resident", FIRST, at=clock.now())


def send(client: Client, text: str = SAME, **more: Any) -> Any:
    form = {"key": str(uuid.uuid4()), "channel": "web", "place": "LY-5", "scanned": "LY-5", "text": text, **more}
    return client.post("/report", form)


def test_it_is_asked_before_anything_is_written(client: Client, known: Case) -> None:
    page = send(client, name="演示邻居", phone="13700001111")
    told = page.content.decode()
    assert page.status_code == 200 and Case.objects.count() == 1
    assert "1 位邻居已反映同一件事，跟进它？" in told and f'name="follow" value="{known.number}"' in told
    assert "王阿姨" not in told and "柳园小区5栋" not in re.search(r'id="near".*?</ul>', told, re.S)[0]
    assert "照明" in told and SAME in told and "13700001111" in told


@pytest.mark.req("D08")
def test_following_gives_a_number_and_a_code_of_ones_own(client: Client, known: Case) -> None:
    sent = send(client, follow=known.number, name="演示邻居", phone="13700001111")
    assert sent.status_code == 302
    mine = Case.objects.latest("id")
    assert mine.main == known and headcount(known) == 2
    page = client.get(sent.headers["Location"]).content.decode()
    assert mine.number in page and "2 位邻居都反映了" in page
    assert queries.track_code_for(mine.number) in page and queries.track_code_for(known.number) not in page
    assert "王阿姨" not in client.get(f"/track/{mine.number}").content.decode()
    assert client.get(f"/track/{known.number}").status_code == 404
    reporter = Reporter.objects.get(case=mine)
    assert reporter.contact and queries.contacts_for(system_actor("test"), known)[1]["phone"] == "137****1111"


def test_not_the_same_is_a_case_of_its_own(client: Client, known: Case) -> None:
    assert send(client, apart="1").status_code == 302
    assert Case.objects.latest("id").main is None and Case.objects.count() == 2


def test_what_the_page_has_shown_is_not_asked_again(client: Client, known: Case) -> None:
    assert send(client, near_seen=f"{known.number} ").status_code == 302
    assert send(client, kept_at=clock.now().isoformat()).status_code == 302


def test_something_else_is_sent_at_once(client: Client, known: Case) -> None:
    assert send(client, OTHER).status_code == 302


@pytest.mark.parametrize(
    "hidden",
    [{"privacy": "confidential"}, {"status": "closed"}, {"channel": "import"}, {"category": "dispute.neighbour"}],
)
def test_what_is_not_public_is_neither_offered_nor_followed(
    client: Client, known: Case, hidden: dict[str, str]
) -> None:
    Case.objects.filter(pk=known.pk).update(**hidden)
    assert send(client).status_code == 302
    with pytest.raises(Refused) as refused:
        follow_case(by=ANONYMOUS, at=NOW, main=known.number, text=SAME, where=queries.locate(place_code="LY-5"))
    assert refused.value.code == "cannot_follow"
    assert Case.objects.count() == 2


def test_a_merged_one_is_not_offered_twice(client: Client, known: Case) -> None:
    send(client, follow=known.number)
    page = send(client).content.decode()
    assert "2 位邻居已反映同一件事" in page


def test_the_part_that_fills_itself(client: Client, known: Case) -> None:
    answer = client.post("/report/neighbours", {"text": SAME, "place": "LY-5", "channel": "web"})
    assert known.number in answer.content.decode() and "王阿姨" not in answer.content.decode()
    assert client.post("/report/neighbours", {"text": "灯"}).content.strip() == b""


@pytest.mark.req("D08")
def test_programs_ask_and_follow_the_same_way(client: Client, known: Case) -> None:
    body = {"text": SAME, "place_code": "LY-5"}
    found = client.post("/api/v1/cases/similar", json.dumps(body), content_type="application/json").json()
    assert found["items"][0]["number"] == known.number and found["items"][0]["reporters"] == 1
    assert set(found["items"][0]) == {"number", "category", "place", "status", "received_at", "reporters"}
    taken = client.post(
        "/api/v1/cases", json.dumps({**body, "follow": known.number}), content_type="application/json"
    )
    assert taken.status_code == 201 and set(taken.json()) == {
        "number", "track_code", "status", "category", "unit", "due_at",
    }  # fmt: skip
    assert Case.objects.get(number=taken.json()["number"]).main == known
    wrong = client.post("/api/v1/cases", json.dumps({**body, "follow": "PC-1"}), content_type="application/json")
    assert wrong.status_code == 422 and wrong.json()["code"] == "cannot_follow"


def test_a_follower_who_is_erased_leaves_the_others(world: World, known: Case) -> None:
    where = queries.locate(place_code="LY-5")
    answer = follow_case(by=world.actor("neighbour"), at=clock.now(), main=known.number, text=SAME, where=where)
    from gongzhi.cases.actions.erasing import erase_cases

    Case.objects.filter(pk=known.pk).update(status="confirmed")
    erase_cases(world.people["neighbour"].pk, clock.now())
    mine = Case.objects.select_related("key").get(number=answer["number"])
    assert mine.grams is not None, "open: kept until the work is done"
    actions.close_case(by=world.actor("dispatcher"), at=clock.now(), number=known.number)
    mine.refresh_from_db()
    assert (mine.grams is None and mine.key.destroyed_at is None) or Case.objects.get(pk=mine.pk).key.destroyed_at
    assert Case.objects.get(pk=known.pk).key.destroyed_at is None
