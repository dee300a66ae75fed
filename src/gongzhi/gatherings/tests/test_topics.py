"""Topics: proposed, joined, answered, put on an agenda, decided, told; made of cases and talks with one press."""

import datetime as dt

import pytest

from gongzhi.audit.models import Link
from gongzhi.cases.actions.gathering_in import Item
from gongzhi.cases.actions.reporting import report_case
from gongzhi.cases.models import Case
from gongzhi.cases.queries import locate
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.gatherings import actions, queries, words
from gongzhi.gatherings.actions.erasing import erase_gatherings, export_gatherings
from gongzhi.gatherings.actions.holding import Decided
from gongzhi.gatherings.models import Attendance, Topic
from gongzhi.gatherings.queries import agendas, topics
from gongzhi.gatherings.tests.test_actions import DAY, START, called
from gongzhi.notifications.jobs import deliver_due
from gongzhi.notifications.models import Notice
from gongzhi.people.models import Organization
from tests.cast import NOW, World


def proposed(world: World, council: Organization, title: str = "东门晚上几点关", name: str = "resident") -> Topic:
    why = "晚归的人要绕一大圈，路上还没灯。"
    return actions.propose_topic(by=world.actor(name), at=NOW, body=council, title=title, why=why)


@pytest.mark.req("F01", where="/gatherings/topics")
def test_a_topic_goes_from_a_resident_to_a_decision_and_back(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    topic = proposed(world, council)
    assert "绕一大圈".encode() not in bytes(topic.words)
    assert actions.second_topic(by=world.actor("neighbour"), at=NOW, number=topic.number) == 1
    assert actions.second_topic(by=world.actor("neighbour"), at=NOW, number=topic.number) == 1  # each once
    assert actions.second_topic(by=world.actor("outsider"), at=NOW, number=topic.number) == 2
    actions.answer_topic(by=by, at=NOW, number=topic.number, taken=True, reason="下次会上议")
    row = called(world, council)  # the agenda makes itself
    item = row.items.get()
    assert (item.title, item.why, item.source) == ("东门晚上几点关", "topics", topic.reference)
    assert not agendas.agenda_offers(by, row, NOW)  # stands on one agenda only
    assert Link.objects.filter(source=row.reference, target=topic.reference, relation="deliberates").exists()
    actions.notice_gathering(by=by, at=NOW, number=row.number)
    seats = Attendance.objects.filter(gathering=row).values_list("pk", flat=True)
    actions.mark_attendance(by=by, at=START, number=row.number, states=dict.fromkeys(seats, "came"))
    actions.open_gathering(by=by, at=START, number=row.number)
    given = Decided("close", "东门晚上十一点关，保安留一扇小门")
    actions.decide_item(by=by, at=START, number=row.number, position=1, decided=given)
    actions.close_gathering(by=by, at=START, number=row.number, said="大家同意留小门。")
    stages = {stage.word: stage.reached for stage in topics.way(topics.get_topic_for(by, topic.number))}
    assert stages == dict.fromkeys(("征集", "审定", "公告", "会议", "结论", "反馈"), True)
    for _ in range(3):
        deliver_due(now=START + DAY)
    told = Notice.objects.filter(person=world.people["resident"], kind="topic").values_list("dedupe_key", flat=True)
    assert {key.rsplit("-", 1)[1] for key in told} == {"taken", "agenda", "decided"}


def test_the_chair_answers_once_and_says_why(world: World, council: Organization) -> None:
    by, topic = world.actor("secretary"), proposed(world, council)
    with pytest.raises(Refused) as refused:
        actions.answer_topic(by=by, at=NOW, number=topic.number, taken=False, reason=" ")
    assert refused.value.code == "missing_reason"
    with pytest.raises(Forbidden):
        actions.answer_topic(by=world.actor("neighbour"), at=NOW, number=topic.number, taken=True, reason="好")
    actions.answer_topic(by=by, at=NOW, number=topic.number, taken=False, reason="上个月定过了")
    topic.refresh_from_db()
    assert words.opened(topic)["reason"] == "上个月定过了"
    with pytest.raises(Conflict):
        actions.answer_topic(by=by, at=NOW, number=topic.number, taken=True, reason="好")
    assert topics.get_topic_for(world.actor("resident"), topic.number)  # the proposer still sees it
    with pytest.raises(NotFound):
        actions.second_topic(by=world.actor("neighbour"), at=NOW, number=topic.number)


def test_who_may_propose_and_join(world: World, council: Organization) -> None:
    with pytest.raises(SignInRequired):
        actions.propose_topic(by=ANONYMOUS, at=NOW, body=council, title="路灯", why="暗")
    for title, why, code in (("", "暗", "missing_title"), ("路灯", "", "missing_reason")):
        with pytest.raises(Refused) as refused:
            actions.propose_topic(by=world.actor("resident"), at=NOW, body=council, title=title, why=why)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        actions.propose_topic(
            by=world.actor("resident"), at=NOW, body=world.units["property-1"], title="路灯", why="暗"
        )
    assert refused.value.code == "takes_no_topics"
    for n in range(5):
        topic = proposed(world, council, f"第 {n} 件")
    with pytest.raises(Refused) as refused:
        proposed(world, council, "第六件")
    assert refused.value.code == "too_many_topics"
    with pytest.raises(Refused) as refused:
        actions.second_topic(by=world.actor("resident"), at=NOW, number=topic.number)
    assert refused.value.code == "own_topic"


@pytest.mark.req("F05", where="/gatherings/topics")
def test_cases_that_come_again_become_a_topic_with_one_press(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    for name in ("resident", "neighbour", "outsider"):
        where = locate(place_code="LY-5")
        said = f"楼下的路灯晚上一直不亮，{name} 看不清台阶"
        report_case(by=world.actor(name), at=NOW, text=said, where=where, category="facility.lighting.streetlight")
    found = topics.candidates(by, NOW)
    assert [one.way for one in found] == ["hot"] and len(found[0].rows) == 3
    topic = actions.raise_topic(by=by, at=NOW, body=council, source=found[0].source)
    assert topic.status == "taken" and sorted(topic.rows) == sorted(Case.objects.values_list("number", flat=True))
    assert Link.objects.filter(source=topic.reference, relation="follows").count() == 3
    assert not topics.candidates(by, NOW)
    with pytest.raises(Refused) as refused:
        actions.raise_topic(by=by, at=NOW, body=council, source=found[0].source)
    assert refused.value.code == "nothing_chosen"
    with pytest.raises(Forbidden):
        actions.raise_topic(by=world.actor("resident"), at=NOW, body=council, source="hot:x")


@pytest.mark.req("F05", where="/gatherings/")
def test_what_a_resident_says_at_a_talk_becomes_a_case(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    row = called(world, world.units["committee-1"], kind="talk", title="恳谈会")
    actions.add_item(by=by, at=NOW, number=row.number, kind="matter", title="有话当面说")
    actions.invite_body(by=by, at=NOW, number=row.number, body=council)
    actions.notice_gathering(by=by, at=NOW, number=row.number)
    actions.open_gathering(by=by, at=START, number=row.number)
    item = Item("三单元的下水道又堵了，水漫到一楼。", "", "演示王奶奶", "13711112222")
    made = actions.take_up(by=by, at=START, number=row.number, item=item)
    case = Case.objects.get()
    assert case.occasion == f"gathering:{row.number}" and made.source == case.reference and made.decision == "case"
    assert "王奶奶" not in made.title and "下水道又堵" not in made.title
    assert [done.case for done in queries.outcomes_of(row)] == [case]
    actions.close_gathering(by=by, at=START, number=row.number, said="下水道马上通。")
    with pytest.raises(Conflict):
        actions.take_up(by=by, at=START, number=row.number, item=item)


def test_a_topic_goes_with_its_proposer(world: World, council: Organization) -> None:
    topic = proposed(world, council)
    person = world.people["resident"].pk
    actions.second_topic(by=world.actor("neighbour"), at=NOW, number=topic.number)
    assert [row["number"] for row in export_gatherings(person)["topics"]] == [topic.number]
    erase_gatherings(world.people["neighbour"].pk, NOW + dt.timedelta(days=1))
    assert topic.seconds.count() == 0
    erase_gatherings(person, NOW + dt.timedelta(days=1))
    assert not Topic.objects.exists()
    topic.key.refresh_from_db()
    assert topic.key.destroyed_at is not None
