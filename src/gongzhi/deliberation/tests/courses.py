"""How tests walk a course through the real actions, each event on its own day."""

import datetime as dt
from typing import Any

from gongzhi.ballots.tests.reviews import graded
from gongzhi.deliberation import actions, queries
from gongzhi.deliberation.actions.moving import Given, Paper
from gongzhi.deliberation.actions.opening import Opening
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.engines.procedure_terms import Event
from gongzhi.engines.tests.courses import happy_path
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from tests.cast import NOW, SETUP, World

PROCEDURES = ("four_deliberations", "owners_special", "three_deliberations", "covenant", "democratic_review")
DAY = dt.timedelta(days=1)


def load_procedures(names: tuple[str, ...] = PROCEDURES) -> None:
    for path in shipped.common_packs():
        wanted = path.parent.name in ("laws", "papers") or path.stem in names
        if wanted and path.stem not in ("cn.processing",):
            load_pack(by=SETUP, at=NOW, path=path)
    packs.forget()


def a_shop(world: World) -> Organization:
    """A shop that belongs to the first committee's body, which stands for its alliance here."""
    made = {"code": "shop-1", "kind": "merchant", "name": "演示面馆", "place": world.places["PC-1"]}
    shop = people.add_organization(by=SETUP, at=NOW, valid_from=dt.date(2020, 1, 1), **made)
    people.relate(by=SETUP, at=NOW, kind="加入", source=shop, target=world.units["committee-1"])
    return shop


def opened(world: World, name: str = "four_deliberations", at: dt.datetime = NOW, **more: Any) -> Course:
    values = {"about": "老排水沟改造", "opener": "party_branch", "matter": "cn.village#matter.5"}
    body = world.units["committee-1"]
    opening = Opening(**{**values, **more})
    return actions.open_course(by=world.actor("secretary"), at=at, body=body, name=name, opening=opening)


def given(kind: Any, body: str, step: str = "", **more: Any) -> Given:
    """Documents by their codes: each lies in a file of the office."""
    papers = {code: Paper(filed="档案盒 1") for code in more.pop("documents", ())}
    return Given(kind, body, step, papers=papers, **more)


def walk(
    world: World,
    row: Course,
    until: str = "",
    prefer: dict[str, str] | None = None,
    figures: dict[str, dict[str, int]] | None = None,
) -> dt.datetime:
    """Every event of the pack's straight way that is still to come, through the same action, each on its day; the
    moment of the last.

    `until`: the step whose record is not entered any more; `figures`: by step, instead of the straight way's.
    """
    start, day = row.opened_at, row.opened_on
    course, path, last = straight_way(row, prefer)
    at = start
    for event in path[row.events.count() :]:
        if until and event.step == until and event.kind in ("noticed", "recorded", "published"):
            break
        at = start + (event.entered - day)
        who = "supervisor" if event.kind == "signed" else "secretary"
        said = given(
            event.kind,
            event.by,
            event.step,
            on=event.on,
            for_day=event.for_day,
            figures={} if balloted(course, event) else {**event.figures, **typed(event, figures or {})},
            vote=vote_for(world, course, event, at, prefer or {}),
            documents=event.documents,
            outcome=event.outcome,
            key=event.key,
            note=event.note,
        )
        actions.record_event(by=world.actor(who), at=at, number=row.number, given=said)
    if not until:
        at = start + (last - day)
        actions.advance_course(by=SETUP, at=at, number=row.number)
    return at


def straight_way(row: Course, prefer: dict[str, str] | None = None) -> tuple[queries.Followed, list[Event], dt.date]:
    """The course, the events of the pack's straight way from its opening, and the day on which it ends."""
    course = queries.Followed(row, row.opened_on)
    path, last = happy_path(course.procedure.definition, course.calendar, row.opened_on, prefer=prefer)
    return course, path, last


def balloted(course: queries.Followed, event: Event) -> bool:
    """Whether only a counted vote gives the figures of the event."""
    return event.kind == "recorded" and course.stage(event.step).balloted


def typed(event: Event, figures: dict[str, dict[str, int]]) -> dict[str, int]:
    return figures.get(event.step, {}) if event.kind == "recorded" else {}


def vote_for(
    world: World, course: queries.Followed, event: Event, at: dt.datetime, prefer: dict[str, str]
) -> str:
    """The number of a review vote of three delegates that comes out as wanted; of nothing else is there a vote."""
    if not balloted(course, event):
        return ""
    return graded(world, [2, 2, 4] if prefer.get(event.step) == "fit" else [2, 4, 4], at).number


def on_the_street(world: World, now: dt.datetime) -> dict[str, Any]:
    """A meeting that is called, a decision that is posted, a resolution that still asks for its text."""
    load_procedures()
    begun, by = now - 120 * DAY, world.actor("secretary")
    called = opened(world, at=begun)
    at = walk(world, called, until="delegates")
    meeting = given("noticed", "villagers_committee", "delegates", for_day=(at + 5 * DAY).date(), documents=["plan"])
    actions.record_event(by=by, at=at, number=called.number, given=meeting)
    posted = opened(world, at=begun)
    walk(world, posted, until="publish")
    posting = given("published", "villagers_committee", "publish", documents=["decision"])
    actions.record_event(by=by, at=now, number=posted.number, given=posting)
    covenant = opened(world, "covenant", at=begun, matter="", opener="villagers_committee", about="村规民约")
    walk(world, covenant)
    made = Resolution.objects.get(course=covenant)
    made_alliance = {"code": "alliance-1", "kind": "merchant_alliance", "name": "演示商户联盟"}
    alliance = people.add_organization(by=SETUP, at=now, place=world.places["PC-1"], **made_alliance)
    people.relate(by=SETUP, at=now, kind="加入", source=a_shop(world), target=alliance)
    found = {"course": posted.number, "meeting": called.number, "resolution": made.number}
    return {**found, "runner": called.organization_id}
