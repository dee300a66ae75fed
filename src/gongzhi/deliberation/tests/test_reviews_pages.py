"""A review's grades are voted on secretly, counted, and flow into its procedure: nobody types them."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from gongzhi.audit.queries import links_of
from gongzhi.ballots.models import Vote
from gongzhi.ballots.tests.conftest import opened as vote_on
from gongzhi.ballots.tests.conftest import owners, roll_of
from gongzhi.ballots.tests.reviews import delegates
from gongzhi.ballots.tests.reviews import graded as counted
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.deliberation import actions
from gongzhi.deliberation.models import Course, ProcedureEvent
from gongzhi.deliberation.tests.courses import given, load_procedures
from gongzhi.deliberation.tests.test_fixtures_http import Step, fields, outcome_of, up_to
from gongzhi.deliberation.tests.test_posts import about, member, world  # noqa: F401 - fixtures
from gongzhi.deliberation.tests.walking import errors_of
from gongzhi.engines.procedure_terms import Event
from gongzhi.people.models import Mandate
from tests.cast import NOW, World
from tests.support.pages import client_of

GRADES = ("优秀", "称职", "基本称职", "不称职")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def graded(world: World, roll: str, marks: list[int], today: list[dt.datetime]) -> Vote:  # noqa: F811
    """A review on its pages: drawn up, opened, papers handed out, typed by two people, closed, published."""
    one, other = client_of(world, "secretary"), client_of(world, "supervisor")
    closes = today[0] + 2 * HOUR
    given = {
        "title": "评议村委会委员", "body": world.units["committee-1"].pk, "effect": "binding",
        "closes_at": closes.astimezone(clock.CHINA).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    assert one.post(f"/votes/rolls/{roll}/review", {**given, "title": ""}).status_code == 422
    drawn = one.post(f"/votes/rolls/{roll}/review", given)
    assert drawn.status_code == 302, errors_of(drawn)
    page, count = drawn.url, len(marks)
    assert one.post(f"{page}/act/open").status_code == 302
    for position in range(1, count + 1):
        handed = one.post(f"{page}/hand-out", {"position": position, "origin": "booth"})
        assert handed.status_code == 302, errors_of(handed)
    box = one.post(f"{page}/desk", {"code": "1 号箱", "origin": "booth"}).headers["Location"]
    today[0] = closes + dt.timedelta(minutes=1)
    assert one.post(f"{page}/act/close").status_code == 302
    sheet = {"printed": count, "issued": count, "unused": 0, "spoiled": 0, "returned": count}
    for teller in (one, other):
        typed = teller.post(box, {**sheet, "papers": "\n".join(str(mark) for mark in marks)})
        assert typed.status_code == 302, errors_of(typed)
    assert one.post(f"{page}/act/count").status_code == 302
    return Vote.objects.get(number=page.rsplit("/", 1)[-1])


@pytest.mark.req("G08", where="/votes/rolls/{number}/review")
@pytest.mark.parametrize(("marks", "outcome"), [([1, 2, 3, 3, 4, 4, 4, 4], "fit"), ([1, 2, 3, 4, 4, 4, 4, 4], "unfit")])
def test_the_grades_come_from_a_secret_vote(
    world: World, today: list[dt.datetime], member: Mandate, marks: list[int], outcome: str  # noqa: F811
) -> None:  # fmt: skip
    row, event = up_to(world, Step("democratic_review", "review", {}), more=about(member))
    today[0] = NOW + (event.entered - NOW.date())
    roll = delegates(world, len(marks), NOW).number
    secretary = client_of(world, "secretary")
    assert f"/votes/rolls/{roll}/review" in secretary.get(f"/votes/rolls/{roll}").content.decode()
    vote = graded(world, roll, marks, today)
    assert (vote.secret, vote.rule["options"]) == (True, ["excellent", "fit", "nearly", "unfit"])
    assert "第33条" in vote.rule["article"]
    shown = html.fromstring(secretary.get(f"/votes/{vote.number}").content).text_content()
    assert all(grade in shown for grade in GRADES) and "评议票数好了" in shown
    assert "当选" not in shown and "选出来了" not in shown
    sent = {**fields(event, {}), "vote": vote.number}
    address = f"/deliberations/{row.number}/record/recorded"
    answer = secretary.post(address, sent)
    assert answer.status_code == 302, errors_of(answer)
    assert outcome_of(row.number, "review") == outcome
    figures: dict[str, Any] = ProcedureEvent.objects.filter(course=row).latest("id").event["figures"]
    counted = {"excellent": 1, "fit": 1, "nearly": marks.count(3), "unfit": marks.count(4)}
    whole = dict.fromkeys(("registered", "present", "valid"), len(marks))
    assert {name: figures[name] for name in (*counted, *whole)} == counted | whole
    assert any(one.source == row.subject for one in links_of(vote.reference))


@pytest.fixture
def at_the_review(world: World, today: list[dt.datetime], member: Mandate) -> tuple[Course, Event]:  # noqa: F811
    row, event = up_to(world, Step("democratic_review", "review", {}), more=about(member))
    today[0] = NOW + (event.entered - NOW.date())
    return row, event


@pytest.mark.req("G08", where="/deliberations/{number}/record/{kind}")
def test_grades_are_not_typed(
    world: World, today: list[dt.datetime], at_the_review: tuple[Course, Event]  # noqa: F811
) -> None:  # fmt: skip
    row, event = at_the_review
    secretary, address = client_of(world, "secretary"), f"/deliberations/{row.number}/record/recorded"
    page = html.fromstring(secretary.get(f"/deliberations/{row.number}").content)
    form = page.xpath("//form[contains(@action, '/record/recorded')]")[0]
    assert "vote" in form.fields and not [name for name in form.fields if name.startswith("figure-")]
    grades = {"registered": 3, "present": 3, "valid": 3, "excellent": 0, "fit": 1, "nearly": 0, "unfit": 2}
    typed = secretary.post(address, fields(event, grades))
    assert typed.status_code == 422 and "“会上评议，无记名投票”要投票，数字不能手填" in errors_of(typed)
    said = given(
        "recorded", event.by, event.step, on=event.on, figures={**grades, "unfit_in_a_row": 1}, documents=["tally"]
    )
    with pytest.raises(Refused, match="vote_missing") as refused:
        actions.record_event(by=world.actor("secretary"), at=today[0], number=row.number, given=said)
    assert refused.value.facts["step"] == "会上评议，无记名投票"
    assert ProcedureEvent.objects.filter(course=row, event__kind="recorded", event__step="review").count() == 0
    vote = counted(world, [2, 4, 4], today[0])
    wrong = {**said.figures, "unfit": 3}
    with pytest.raises(Refused, match="tally_differs"):
        actions.record_event(
            by=world.actor("secretary"), at=today[0], number=row.number,
            given=replace(said, figures=wrong, vote=vote.number),
        )  # fmt: skip


@pytest.mark.parametrize("effect", ["advisory", "record_of_offline"])
def test_a_review_rests_on_what_binds(
    world: World, today: list[dt.datetime], at_the_review: tuple[Course, Event], effect: str  # noqa: F811
) -> None:  # fmt: skip
    row, event = at_the_review
    vote = counted(world, [2, 4, 4], today[0], effect=effect)
    sent = {**fields(event, {}), "vote": vote.number}
    answer = client_of(world, "secretary").post(f"/deliberations/{row.number}/record/recorded", sent)
    assert answer.status_code == (422 if effect == "advisory" else 302), errors_of(answer)


def test_a_vote_of_another_kind_is_refused_by_its_name(
    world: World, today: list[dt.datetime], at_the_review: tuple[Course, Event]  # noqa: F811
) -> None:  # fmt: skip
    row, event = at_the_review
    asked = vote_on(world, roll_of(world, owners(3)))
    sent = {**fields(event, {}), "vote": asked.number}
    answer = client_of(world, "secretary").post(f"/deliberations/{row.number}/record/recorded", sent)
    assert answer.status_code == 422
    assert "“会上评议，无记名投票”要的是分四个等次的评议票，这个编号是同意、反对、弃权的表决" in errors_of(answer)
    load_procedures(("four_deliberations",))
    drain, meeting = up_to(world, Step("four_deliberations", "delegates", {}))
    review = counted(world, [2, 4, 4], today[0])
    today[0] = NOW + (meeting.entered - NOW.date())
    sent = {**fields(meeting, {}), "vote": review.number}
    answer = client_of(world, "secretary").post(f"/deliberations/{drain.number}/record/recorded", sent)
    assert answer.status_code == 422
    assert "要的是同意、反对、弃权的表决，这个编号是分四个等次的评议票" in errors_of(answer)


def test_nobody_else_draws_up_a_review(world: World) -> None:  # noqa: F811
    roll = delegates(world, 3, NOW).number
    assert client_of(world, "resident").get(f"/votes/rolls/{roll}/review").status_code == 403
    assert Vote.objects.count() == 0
