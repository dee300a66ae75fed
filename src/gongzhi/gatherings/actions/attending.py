"""Who comes: members check in with the code on the wall or are ticked off a list; observers are invited."""

import datetime as dt
import hmac
import uuid
from collections.abc import Mapping

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.text import N_
from gongzhi.gatherings import queries, rules
from gongzhi.gatherings.actions.steps import locked
from gongzhi.gatherings.models import Attendance, Gathering
from gongzhi.notifications.actions import emit
from gongzhi.people.models import Organization
from gongzhi.people.queries import members_of

STATES = ("due", "came", "excused")


@transaction.atomic
def check_in(*, by: Actor, at: dt.datetime, number: str, code: str) -> Attendance:
    """签到 by the code shown in the room. Who is not expected comes as an observer where the meeting is open.

    Raises SignInRequired, Refused `wrong_code`, Forbidden `not_expected`, Conflict `wrong_step`.
    """
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    row = queries.get_gathering_for(by, number, lock=True)
    rules.check_move("attend", row.status)
    if not hmac.compare_digest(code.strip().upper().encode(), queries.check_in_code(row).encode()):
        raise Refused("wrong_code", N_("签到码不对。请看会场里贴的那一个。"), field="code")
    mine = Attendance.objects.select_for_update().filter(gathering=row, person_id=by.person_id).first()
    if mine is None:
        if not row.public:
            raise Forbidden("not_expected", N_("名单上没有您。请找会务的人登记。"))
        mine = Attendance(gathering=row, person_id=by.person_id, capacity="observer")
    return _came(mine, "code", by, at)


def _came(mine: Attendance, how: str, by: Actor, at: dt.datetime) -> Attendance:
    if mine.state != "came":
        mine.state, mine.how, mine.came_at = "came", how, at
        mine.save()
        changes = {"how": how, "capacity": mine.capacity}
        record(by=by, at=at, action="gatherings.check_in", subject=mine.gathering.reference, changes=changes)
    return mine


@transaction.atomic
def mark_attendance(*, by: Actor, at: dt.datetime, number: str, states: Mapping[int, str]) -> int:
    """The paper list, entered by who holds the meeting: who came, who asked to be excused; returns how many changed."""
    row = locked(by, number, "attend")
    changed = 0
    for mine in Attendance.objects.select_for_update().filter(gathering=row, pk__in=list(states)).order_by("id"):
        state = states[mine.pk]
        if state not in STATES:
            raise Refused("bad_state", N_("请选到了、请假或没到。"))
        if state != mine.state:
            mine.state = state
            mine.how, mine.came_at = ("list", at) if state == "came" else ("", None)
            mine.save(update_fields=["state", "how", "came_at"])
            changed += 1
    if changed:
        record(by=by, at=at, action="gatherings.mark", subject=row.reference, changes={"changed": changed})
    return changed


@transaction.atomic
def invite_body(*, by: Actor, at: dt.datetime, number: str, body: Organization, capacity: str = "observer") -> int:
    """Everyone of a body is asked to come; returns how many are new.

    As observers (列席) with a voice and without a vote (村民委员会组织法 第22条); as members where the kind is one of
    several bodies (联席会), before it begins. Raises NotFound `nobody_there`, Refused `one_body_only`.
    """
    row = locked(by, number, "invite" if capacity == "observer" else "join")
    if capacity != "observer" and not queries.takes_several(row):
        raise Refused("one_body_only", N_("这种会只有一家的成员表决。别的单位请选列席。"), field="capacity")
    people = members_of(body.pk, local_date(at))
    if not people:
        raise NotFound("nobody_there", N_("{body}现在没有人任职。"), body=body.name, field="body")
    new = _new_rows(row, people, body, capacity)
    if new:
        changes = {"body": f"organization:{body.pk}", "invited": len(new), "capacity": capacity}
        record(by=by, at=at, action="gatherings.invite", subject=row.reference, changes=changes)
        if row.noticed_at is not None:
            emit("gathering.told", {"number": row.number, "what": "notice", "at": at.isoformat()}, at=at)
    return len(new)


def _new_rows(row: Gathering, people: list[uuid.UUID], body: Organization, capacity: str) -> list[Attendance]:
    there = set(Attendance.objects.filter(gathering=row).values_list("person_id", flat=True))
    fresh = [one for one in people if one not in there]
    return Attendance.objects.bulk_create(
        [Attendance(gathering=row, person_id=one, capacity=capacity, body=body) for one in fresh]
    )


@transaction.atomic
def answer_invitation(*, by: Actor, at: dt.datetime, number: str, coming: bool) -> Attendance:
    """Who is asked says whether they come; where it is open, anyone who is signed in may say so, as an observer.

    Raises SignInRequired, Forbidden `not_expected`, Conflict `wrong_step`.
    """
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    row = queries.get_gathering_for(by, number, lock=True)
    rules.check_move("answer", row.status)
    mine = Attendance.objects.select_for_update().filter(gathering=row, person_id=by.person_id).first()
    if mine is None:
        if not row.public:
            raise Forbidden("not_expected", N_("名单上没有您。请找会务的人登记。"))
        mine = Attendance(gathering=row, person_id=by.person_id, capacity="observer")
    mine.answer = "coming" if coming else "away"
    mine.save()
    changes = {"answer": mine.answer, "capacity": mine.capacity}
    record(by=by, at=at, action="gatherings.answer", subject=row.reference, changes=changes)
    return mine
