"""The demo's democratic reviews of one post: last year voted by secret papers, this year's on its way. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.ballots import actions as ballots
from gongzhi.ballots import rules
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.grounds import review_ground
from gongzhi.ballots.models import Vote
from gongzhi.cli.showcase.deliberation import committee, walk
from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.registry import Entitlement
from gongzhi.deliberation import actions
from gongzhi.deliberation.actions.opening import Opening
from gongzhi.deliberation.models import Course
from gongzhi.people import actions as people
from gongzhi.people.actions.enrolling import enrol_people
from gongzhi.people.models import Mandate, Organization
from gongzhi.places.models import Place

DELEGATES = 15
# Places on the paper (1 is the best of the four grades) → how many papers: 8 of 13 say 不称职.
GRADES = {1: 1, 2: 2, 3: 2, 4: 8}
HOUR = dt.timedelta(hours=1)
_START: list[Any] = [
    (0, "recorded", "member", "report", ("report",), {}),
    (0, "published", "member", "report", (), {}),
    (5, "noticed", "supervisors", "review", ("report",), {"for_day": 9}),
]
# This year's is begun early enough for any holiday, and its meeting is still to come.
_CALLED: list[Any] = [*_START[:2], (5, "noticed", "supervisors", "review", ("report",), {"for_day": 24})]
_REST: list[Any] = [
    (9, "signed", "tellers", "review", (), {}),
    (9, "published", "supervisors", "result", ("announcement",), {}),
    (18, "recorded", "supervisors", "archive", ("file",), {}),
]


def review_a_member(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """A member of the nearest committee, reviewed as failing last year; this year's meeting is called."""
    runner = crew.actor(crew.over(spot.path, "secretary"))
    body = committee(runner)
    if body is None or body.place is None or not crew.residents:
        return
    watcher = crew.actor(crew.over(body.place.path, "supervisor"))
    if watcher.person_id == runner.person_id:
        return
    mandate = _member(crew, body, body.place, now)
    last, this = now - dt.timedelta(days=365), now - dt.timedelta(days=20)
    _last_year(_open(runner, body, mandate, last), runner, watcher, body.place)
    walk(_open(runner, body, mandate, this), runner, watcher, _CALLED)


def _last_year(row: Course, runner: Actor, watcher: Actor, place: Place) -> None:
    """From the report to the file; the meeting on the day that was called, whatever holiday moved it."""
    walk(row, runner, watcher, _START)
    day = dt.date.fromisoformat(row.events.get(event__kind="noticed").event["for_day"]) - row.opened_on
    vote = _graded(runner, watcher, row.organization, place, row.opened_at + day)
    voted = (9, "recorded", "representatives_assembly", "review", ("tally",), {"vote": vote.number})
    walk(row, runner, watcher, [(one[0] + day.days - 9, *one[1:]) for one in (voted, *_REST)])


def _graded(by: Actor, other: Actor, body: Organization, place: Place, over: dt.datetime) -> Vote:
    """Delegates who mark a grade in secret, counted by two people just before the moment that is given."""
    opens = over - 3 * HOUR
    values = [{"name": f"演示代表{n:02d}"} for n in range(1, DELEGATES + 1)]
    made, _sealed = enrol_people(by=by, at=opens, values=values, is_demo=True)
    entries = [Entitlement((one.pk,), group="村民代表") for one in made]
    common: dict[str, Any] = {"measures": ("heads",), "entries": entries, "full_names": True}
    roll = ballots.freeze_roll(by=by, at=opens, place=place, kind="delegates", **common)
    ballots.publish_roll(by=by, at=opens, number=roll.number)
    vote = ballots.draft_vote(
        by=by, at=opens, roll=roll, body=body, question=Question("评议村（居）委会委员（演示）", words=rules.GRADES),
        ground=review_ground(roll.path, clock.local_date(opens), effect="binding"), closes_at=opens + HOUR,
    )  # fmt: skip
    ballots.open_vote(by=by, at=opens, number=vote.number)
    _count(by, other, vote, [(vote.options[mark - 1]["code"],) for mark, n in GRADES.items() for _ in range(n)])
    return vote


def _count(by: Actor, other: Actor, vote: Vote, papers: list[tuple[str, ...]]) -> None:
    opens, number = vote.closes_at - HOUR, vote.number
    for position in range(1, len(papers) + 1):
        ballots.hand_out_paper(by=other, at=opens, number=number, position=position, origin="booth")
    box = ballots.add_box(by=by, at=opens, number=number, code="1 号箱", origin="booth")
    at = vote.closes_at + dt.timedelta(minutes=5)
    ballots.close_vote(by=by, at=at, number=number)
    unused = DELEGATES - len(papers)
    sums = {"printed": DELEGATES, "issued": len(papers), "unused": unused, "spoiled": 0, "returned": len(papers)}
    for teller in (by, other):
        entered: dict[str, Any] = {"numbers": sums, "papers": list(enumerate(papers, 1))}
        ballots.enter_box(by=teller, at=at, number=number, box_id=box.pk, **entered)
    ballots.count_vote(by=by, at=at, number=number)


def _member(crew: Crew, body: Organization, place: Place, now: dt.datetime) -> Mandate:
    begun = clock.local_date(now) - dt.timedelta(days=2 * 365)
    post = people.add_post(
        by=SHOWCASE,
        at=now,
        code=f"demo-member-{body.pk}",
        role="member",
        title="委员（演示）",
        place=place,
        organization=body,
        valid_from=begun,
    )
    until = begun + dt.timedelta(days=5 * 365)
    told: dict[str, Any] = {"decision": "换届选举（演示）", "valid_from": begun, "valid_to": until}
    return people.appoint(by=SHOWCASE, at=now, person=crew.residents[-1], post=post, **told)


def _open(runner: Actor, body: Organization, mandate: Mandate, at: dt.datetime) -> Course:
    said = Opening("委员一年一次的民主评议（演示）", "supervisors", concerns=f"mandate:{mandate.pk}")
    return actions.open_course(by=runner, at=at, body=body, name="democratic_review", opening=said)
