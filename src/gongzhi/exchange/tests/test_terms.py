"""认养、日间照料、当面谈、实践点: what lasts, what is sealed, what comes by schedule."""

import datetime as dt

import pytest

from gongzhi.audit.models import Access
from gongzhi.common import clock
from gongzhi.exchange import actions
from gongzhi.exchange.models import Claim, Offer
from gongzhi.exchange.tests.conftest import at_hour, claim, offer, refused
from tests.cast import NOW, World
from tests.support.pages import client_of, text_of, words


@pytest.mark.req("I14", where="/share/")
def test_a_plot_is_adopted_with_its_duties_looked_at_and_given_back(world: World) -> None:
    row = offer(world, "adoption", title="三角花坛", pieces=1, hours=[])
    page = text_of(client_of(world, "resident").get(f"/share/offers/{row.number}"))
    assert "按时浇水" in page and "不种菜、不圈占" in page
    refused("not_verified", claim, world, row, "outsider")
    mine = claim(world, row)
    assert mine.state == "asked" and mine.ends_at == mine.starts_at + dt.timedelta(days=365)
    refused("used_up", claim, world, row, "neighbour")
    provider = {"by": world.actor("property"), "at": NOW, "number": mine.number}
    refused("not_now", actions.inspect_claim, note="长得很好", **provider)
    actions.approve_claim(**provider)
    actions.hand_over(**provider)
    refused("words_missing", actions.inspect_claim, note=" ", **provider)
    actions.inspect_claim(note="长得很好", **provider)
    assert "长得很好" in text_of(client_of(world, "resident").get(f"/share/claims/{mine.number}"))
    actions.deliver_claim(**provider)
    actions.confirm_claim(by=world.actor("resident"), at=NOW, number=mine.number)
    assert claim(world, row, "neighbour").state == "asked"


@pytest.mark.req("K06", where="/share/")
def test_what_day_care_has_to_know_is_for_the_carers_alone(world: World) -> None:
    """Words about health are sealed: the carers read them and it is logged, those who keep the place do not."""
    row = offer(world, "day_care", title="日间照料", pieces=2, hours=[])
    refused("words_missing", claim, world, row)
    mine = claim(world, row, note="血压高，要提醒吃药")
    assert "血压高".encode() not in bytes(mine.words)
    address = f"/share/claims/{mine.number}"
    assert "血压高" in words(client_of(world, "resident").get(address))
    assert "血压高" in words(client_of(world, "property").get(address))
    assert Access.objects.get(fields="words").subjects == [mine.reference]
    for name in ("secretary", "supervisor", "auditor"):
        seen = client_of(world, name).get(address)
        assert seen.status_code == 200 and "血压高" not in words(seen), name
    assert client_of(world, "neighbour").get(address).status_code == 404
    provider = {"by": world.actor("property"), "at": NOW, "number": mine.number}
    actions.approve_claim(**provider)
    actions.hand_over(**provider)
    actions.inspect_claim(note="血压有点高，下午吃过药", **provider)
    assert not mine.steps.filter(note__contains="血压").exists()
    assert "下午吃过药" in words(client_of(world, "resident").get(address))
    assert "下午吃过药" not in words(client_of(world, "secretary").get(address))


@pytest.mark.req("K06", where="/exchange/offers/{number}/roll")
def test_who_came_to_day_care_is_marked_once_a_day(world: World) -> None:
    row = offer(world, "day_care", title="日间照料", pieces=2, hours=[])
    first, second = claim(world, row, note="走路要人扶"), claim(world, row, "neighbour", note="中午吃软的")
    carer, at = {"by": world.actor("property")}, {"at": NOW}
    for one in (first, second):
        actions.approve_claim(**carer, **at, number=one.number)
        actions.hand_over(**carer, **at, number=one.number)
    page = client_of(world, "property").get(f"/exchange/offers/{row.number}/roll")
    assert "走路要人扶" in words(page) and Access.objects.filter(fields="words").exists()
    assert client_of(world, "secretary").get(f"/exchange/offers/{row.number}/roll").status_code == 404
    refused("nobody_marked", actions.mark_attendance, **carer, **at, number=row.number, came=[])
    refused("not_enrolled", actions.mark_attendance, **carer, **at, number=row.number, came=["YY-1"])
    refused("not_the_provider", actions.mark_attendance, by=world.actor("secretary"), **at, number=row.number, came=[])
    seat = offer(world, "seat", title="折叠椅")
    refused("not_attended", actions.mark_attendance, **carer, **at, number=seat.number, came=[])
    mark = {**carer, "number": row.number, "came": [first.number]}
    assert actions.mark_attendance(**mark, **at) == 1
    assert actions.mark_attendance(**mark, at=NOW + dt.timedelta(minutes=5)) == 0
    assert actions.mark_attendance(**mark, at=NOW + dt.timedelta(days=1)) == 1
    assert "来过 2 天" in text_of(client_of(world, "resident").get(f"/share/claims/{first.number}"))
    done = client_of(world, "property").post(f"/exchange/offers/{row.number}/roll", {"came": [second.number]})
    assert done.status_code == 302 and second.steps.filter(step="attend").count() == 1
    nobody = client_of(world, "property").post(f"/exchange/offers/{row.number}/roll", {})
    assert nobody.status_code == 422 and "请先点今天来了的人" in words(nobody)


@pytest.mark.req("L08", where="/share/")
def test_a_talk_with_a_lawyer_is_booked_and_its_words_are_sealed(world: World) -> None:
    row = offer(world, "legal_room", title="法律服务工作室", where="社区法律服务室")
    mine = claim(world, row, span=at_hour(1, 9, 30), note="租房合同的事")
    assert mine.state == "held" and b"\xe7\xa7\x9f" not in bytes(mine.words)
    assert "租房合同" not in words(client_of(world, "secretary").get(f"/share/claims/{mine.number}"))
    # Ten minutes lie between two talks: the next begins later than the first ends.
    refused("slot_taken", claim, world, row, "neighbour", span=at_hour(1, 9, 30, minute=30))
    claim(world, row, "neighbour", span=at_hour(1, 10, 30))


@pytest.mark.req("K08", where="/share/")
def test_a_service_point_comes_by_its_schedule(world: World) -> None:
    """35 open days: the hours say when, holidays are kept, two come at a time."""
    hours = [[day, "14:00", "17:00"] for day in (2, 4)]
    row = offer(world, "service_point", title="服务直通车", by="secretary", body="utility", pieces=2, hours=hours)
    Offer.objects.filter(pk=row.pk).update(starts_on=dt.date(2026, 1, 1))
    page = text_of(client_of(world, "resident").get(f"/share/offers/{row.number}"))
    assert "周二 14:00–17:00" in page and "周四 14:00–17:00" in page
    thursday = at_hour(1, 14, 30)
    assert thursday.start.astimezone(clock.CHINA).isoweekday() == 4
    for name in ("resident", "neighbour"):
        claim(world, row, name, span=thursday)
    refused("slot_taken", claim, world, row, "outsider", span=thursday)
    refused("closed_then", claim, world, row, "outsider", span=at_hour(2, 14, 30))
    assert Claim.objects.filter(offer=row, state="held").count() == 2
