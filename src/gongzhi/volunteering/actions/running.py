"""An activity: called, signed up for, checked in and out with codes, finished."""

import datetime as dt
import hmac
from collections.abc import Sequence

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, mask_personal_numbers
from gongzhi.gatherings import actions as gatherings
from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.gatherings.models import Gathering
from gongzhi.gatherings.queries import check_in_code
from gongzhi.people.models import Organization
from gongzhi.volunteering import queries, rules
from gongzhi.volunteering.actions.joining import person_in, registered
from gongzhi.volunteering.models import Activity, SignUp

LONGEST_INSURANCE = 120
MOST_PLACES = 2000


@transaction.atomic
def call_activity(
    *,
    by: Actor,
    at: dt.datetime,
    kind: str,
    body: Organization,
    title: str,
    meeting: Meeting,
    capacity: int,
    services: Sequence[str] = (),
    every: str = "",
    risky: bool = False,
    insurance: str = "",
) -> Activity:
    """A gathering whose hours count, its notice out at once; with `every`, the first of a series.

    Where somebody could be hurt, the volunteers are insured first (志愿服务条例 17). Raises Refused
    `bad_activity_kind`, `bad_capacity`, `bad_service`, `not_insured`, and what calling a gathering raises.
    """
    check_activity("volunteering")
    if kind not in {one.code for one in queries.kinds()}:
        raise Refused("bad_activity_kind", N_("请选是哪一种志愿活动。"), field="kind")
    if not 0 < capacity <= MOST_PLACES:
        raise Refused("bad_capacity", N_("请填要多少人，1 到 {most}。"), most=MOST_PLACES, field="capacity")
    if set(services) - set(queries.services(local_date(at), kind)):
        raise Refused("bad_service", N_("这种活动没有这样的摊位。请从列表里选。"), field="services")
    insured = " ".join(mask_personal_numbers(insurance).split())[:LONGEST_INSURANCE]
    if risky and not insured:
        message = N_("可能有人身危险的，先给志愿者买意外伤害保险，再写哪家、哪份、到哪天（志愿服务条例第十七条）。")
        raise Refused("not_insured", message, field="insurance")
    if every:
        row = gatherings.begin_series(by=by, at=at, kind=kind, body=body, title=title, every=every, first=meeting)
    else:
        row = gatherings.call_gathering(by=by, at=at, kind=kind, body=body, title=title, meeting=meeting)
    gatherings.add_item(by=by, at=at, number=row.number, kind="matter", title=row.title)
    row = gatherings.notice_gathering(by=by, at=at, number=row.number)
    wanted = {"capacity": capacity, "services": list(services), "risky": risky, "insurance": insured}
    made = Activity.objects.create(gathering=row, **wanted)
    record(by=by, at=at, action="volunteering.call", subject=row.reference, changes={"capacity": capacity})
    return made


def _open(activity: Activity, at: dt.datetime) -> Gathering:
    row = activity.gathering
    if row.status not in ("noticed", "open") or at >= row.ends_at:
        raise Conflict("activity_over", N_("这个活动已经结束或者不办了。请看别的活动。"))
    return row


@transaction.atomic
def sign_up(*, by: Actor, at: dt.datetime, number: str, service: str = "") -> SignUp:
    """A place, and at a fair a booth; again is the same.

    Raises SignInRequired, Refused `not_registered`, `bad_service`, Conflict `activity_over`, `activity_full`.
    """
    registered(by)
    activity = queries.get_activity(by, number, lock=True)
    row = _open(activity, at)
    if service and service not in activity.services:
        raise Refused("bad_service", N_("这种活动没有这样的摊位。请从列表里选。"), field="service")
    standing = SignUp.objects.filter(activity=activity, cancelled_at__isnull=True)
    mine = standing.filter(person=by.person_id).first()
    if mine is not None:
        return mine
    if standing.count() >= activity.capacity:
        raise Conflict("activity_full", N_("名额满了。请看别的活动。"))
    mine = SignUp.objects.create(activity=activity, person_id=person_in(by), service=service, at=at)
    record(by=by, at=at, action="volunteering.sign_up", subject=row.reference, changes={"service": service})
    return mine


def _mine(by: Actor, activity: Activity) -> SignUp:
    person = person_in(by)
    rows = SignUp.objects.select_for_update().filter(activity=activity, person=person, cancelled_at__isnull=True)
    found = rows.first()
    if found is None:
        raise Refused("not_signed_up", N_("您没有报名这个活动。请先报名。"))
    return found


@transaction.atomic
def cancel(*, by: Actor, at: dt.datetime, number: str) -> SignUp:
    """Freely, until one came. Raises Refused `not_signed_up`, Conflict `came_already`."""
    mine = _mine(by, queries.get_activity(by, number))
    if mine.came_at is not None:
        raise Conflict("came_already", N_("您已经签到了，不能再取消。要走的话请签退。"))
    mine.cancelled_at = at
    mine.save(update_fields=["cancelled_at"])
    record(by=by, at=at, action="volunteering.cancel", subject=mine.activity.gathering.reference, changes={})
    return mine


@transaction.atomic
def use_code(*, by: Actor, at: dt.datetime, number: str, code: str) -> SignUp:
    """The start code checks in, the end code checks out; the first of each counts.

    Raises Refused `not_signed_up`, `wrong_code`, `code_not_yet`, `code_over`, `not_started`, Conflict `wrong_step`.
    """
    activity = queries.get_activity(by, number)
    mine, numbers, planned = _mine(by, activity), queries.numbers(local_date(at)), queries.planned(activity)
    given = code.strip().upper().encode()
    if hmac.compare_digest(given, queries.code_of(activity, "start").encode()):
        return _start(mine, activity, planned, numbers, by, at)
    if not hmac.compare_digest(given, queries.code_of(activity, "end").encode()):
        raise Refused("wrong_code", N_("码不对。请看现场负责人手里的那一个。"), field="code")
    if mine.came_at is None:
        raise Refused("not_started", N_("您还没签到，不能签退。请社区补录。"), field="code")
    rules.check_end_time(planned, at, numbers)
    if mine.left_at is None:
        mine.left_at = at
        mine.save(update_fields=["left_at"])
        record(by=by, at=at, action="volunteering.check_out", subject=activity.gathering.reference, changes={})
    return mine


def _start(
    mine: SignUp, activity: Activity, planned: rules.Span, numbers: rules.Numbers, by: Actor, at: dt.datetime
) -> SignUp:
    rules.check_start_time(planned, at, numbers)
    if mine.came_at is None:
        gatherings.check_in(by=by, at=at, number=activity.gathering.number, code=check_in_code(activity.gathering))
        mine.came_at, mine.late = at, rules.is_late(planned, at, numbers)
        mine.save(update_fields=["came_at", "late"])
        changes = {"late": mine.late}
        record(by=by, at=at, action="volunteering.check_in", subject=activity.gathering.reference, changes=changes)
    return mine


def runnable(by: Actor, number: str, at: dt.datetime, *, lock: bool = False) -> Activity:
    """Raises Forbidden `not_leader`."""
    activity = queries.get_activity(by, number, lock=lock)
    if not queries.may_run(by, activity.gathering, local_date(at)):
        raise Forbidden("not_leader", N_("这一页给活动的负责人用。请找主办的单位。"))
    return activity


@transaction.atomic
def finish(*, by: Actor, at: dt.datetime, number: str, said: str) -> Activity:
    """It is over: what was done, in words. Raises Forbidden, Conflict `wrong_step`, Refused `missing_minutes`."""
    activity = queries.get_activity(by, number, lock=True)
    if activity.gathering.status == "noticed":
        gatherings.open_gathering(by=by, at=at, number=number)
    activity.gathering = gatherings.close_gathering(by=by, at=at, number=number, said=said)
    return activity
