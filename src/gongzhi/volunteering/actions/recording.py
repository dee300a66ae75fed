"""Service records: made when somebody else confirms, entered afterwards by two, reversed; certificates of them."""

import datetime as dt
import hmac
import uuid

from django.db import IntegrityError, transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.ids import readable_code, uuid7
from gongzhi.common.text import N_, tidy
from gongzhi.gatherings.models import Gathering
from gongzhi.gatherings.rules import HOLD
from gongzhi.notifications.actions import emit
from gongzhi.people import vault
from gongzhi.people.models import Person
from gongzhi.volunteering import queries, rules
from gongzhi.volunteering.actions.joining import person_in
from gongzhi.volunteering.models import Activity, BackEntry, Certificate, Reversal, ServiceRecord, SignUp

LONGEST_REASON = 200


def _reason(text: str) -> str:
    return " ".join(tidy(text).split())[:LONGEST_REASON]


def _check_may_confirm(by: Actor, activity: Activity, code: str, at: dt.datetime) -> None:
    """The one helped has the code and serves not; else who runs it. Raises Refused `wrong_code`, Forbidden."""
    if not code:
        if not queries.may_run(by, activity.gathering, local_date(at)):
            raise Forbidden("not_leader", N_("要有受助人的确认码，或者是活动的负责人，才能确认。"))
        return
    if not hmac.compare_digest(code.strip().upper().encode(), queries.code_of(activity, "helped").encode()):
        raise Refused("wrong_code", N_("码不对。请看现场负责人手里的那一个。"), field="code")
    if activity.signups.filter(person=by.person_id, cancelled_at__isnull=True).exists():
        raise Forbidden("own_record", N_("自己的服务不能自己确认。请受助的人或者别的负责人来确认。"))


@transaction.atomic
def confirm(
    *, by: Actor, at: dt.datetime, number: str, code: str = "", signups: list[int] | None = None
) -> list[ServiceRecord]:
    """Records for who came and left: of those named, or of everybody but oneself; too short stays are left out.

    Raises SignInRequired, Forbidden `not_leader`, `own_record`, Refused `wrong_code`, `nobody_to_confirm`, Conflict
    `time_overlaps`.
    """
    person = person_in(by)
    activity = queries.get_activity(by, number, lock=True)
    _check_may_confirm(by, activity, code, at)
    rows = activity.signups.filter(cancelled_at__isnull=True, left_at__isnull=False).order_by("id")
    if signups is not None:
        rows = rows.filter(pk__in=signups)
        for one in rows:
            rules.check_confirmer(one.person_id, person)
    done = set(activity.records.filter(reversed_at__isnull=True).values_list("person_id", flat=True))
    open_rows = [one for one in rows if one.person_id not in done and one.person_id != person]
    made = [found for one in open_rows if (found := _of_codes(one, activity, by, at)) is not None]
    if not made:
        raise Refused("nobody_to_confirm", N_("现在没有要确认的。志愿者签退以后再确认。"))
    return made


def _of_codes(signup: SignUp, activity: Activity, by: Actor, at: dt.datetime) -> ServiceRecord | None:
    assert signup.came_at and signup.left_at  # noqa: S101 - the database keeps both together
    span = rules.counted(queries.planned(activity), signup.came_at, signup.left_at)
    numbers = queries.numbers(local_date(at))
    if span is None or rules.minutes_in(span) < numbers.least:
        return None
    return _write(signup.person_id, activity.gathering, activity, span, "codes", by, at)


def _write(
    person: uuid.UUID,
    gathering: Gathering,
    activity: Activity,
    span: rules.Span,
    how: str,
    by: Actor,
    at: dt.datetime,
) -> ServiceRecord:
    """Its event goes out in the same transaction. Raises Conflict `time_overlaps`, Refused `too_short`, `too_long`."""
    minutes = rules.minutes_in(span)
    rules.check_minutes(minutes, queries.numbers(local_date(at)))
    Person.objects.select_for_update().get(pk=person)
    rules.check_overlap(span, queries.spans_of(person))
    row = ServiceRecord(pk=uuid7(), person_id=person, activity=activity, host=gathering.organization, how=how)
    row.path, row.kind, row.made_at = gathering.path, gathering.kind, at
    row.starts_at, row.ends_at, row.minutes, row.confirmed_by_id = span.start, span.end, minutes, person_in(by)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "volunteering_one_place_at_a_time" not in str(error):
            raise
        message = N_("这段时间已经记过别的服务了。一个人同一时间只能记一次。")
        raise Conflict("time_overlaps", message) from error
    record(by=by, at=at, action="volunteering.record", subject=str(row), changes={"minutes": minutes, "how": how})
    emit("volunteering.served", _event(row), at=at)
    return row


def _event(row: ServiceRecord) -> dict[str, object]:
    return {
        "record": str(row.pk),
        "person": str(row.person_id),
        "minutes": row.minutes,
        "organization": row.host_id,
        "path": row.path,
        "how": row.how,
        "on": local_date(row.starts_at).isoformat(),
    }


@transaction.atomic
def enter_back(
    *, by: Actor, at: dt.datetime, signup: int, starts_at: dt.datetime, ends_at: dt.datetime, reason: str
) -> BackEntry:
    """For who signed up and had no code; waits for a second person.

    Raises Forbidden, `own_record`, NotFound `no_signup`, Refused `bad_times`, `too_old`, `missing_reason`, `too_short`,
    `too_long`, Conflict `time_overlaps`, `recorded_already`.
    """
    rows = SignUp.objects.select_for_update(of=("self",)).select_related("activity__gathering__organization")
    found = rows.filter(pk=signup, cancelled_at__isnull=True).first()
    if found is None:
        raise NotFound("no_signup", N_("没有这个报名。请刷新再看。"))
    row = found.activity.gathering
    require(by, HOLD, path=row.path)
    person, span, numbers = person_in(by), rules.Span(starts_at, ends_at), queries.numbers(local_date(at))
    rules.check_confirmer(found.person_id, person)
    words = _reason(reason)
    rules.check_back_entry(span, at, numbers, words)
    rules.check_minutes(rules.minutes_in(span), numbers)
    rules.check_overlap(span, queries.spans_of(found.person_id))
    if found.back_entries.filter(approved__isnull=True).exists():
        raise Conflict("recorded_already", N_("这一条已经补录了，等另一个人审。"))
    made = BackEntry.objects.create(
        signup=found,
        person_id=found.person_id,
        host=row.organization,
        path=row.path,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=words,
        entered_by_id=person,
        entered_at=at,
    )
    record(by=by, at=at, action="volunteering.enter_back", subject=str(made), changes={"of": str(found)})
    return made


@transaction.atomic
def decide_back(*, by: Actor, at: dt.datetime, entry: int, approved: bool) -> BackEntry:
    """Somebody else than who entered it and whose it is.

    Raises Forbidden, `second_person`, NotFound `no_back_entry`, Conflict `time_overlaps`.
    """
    rows = BackEntry.objects.select_for_update(of=("self",)).select_related("signup__activity__gathering__organization")
    found = rows.filter(pk=entry, approved__isnull=True).first()
    if found is None:
        raise NotFound("no_back_entry", N_("没有这条补录，或者已经审过了。"))
    require(by, HOLD, path=found.path)
    person = person_in(by)
    rules.check_second(found.entered_by_id, person, found.person_id)
    found.approved, found.decided_by_id, found.decided_at = approved, person, at
    found.save(update_fields=["approved", "decided_by", "decided_at"])
    record(by=by, at=at, action="volunteering.decide_back", subject=str(found), changes={"approved": approved})
    if approved:
        activity = found.signup.activity
        _write(
            found.person_id, activity.gathering, activity, rules.Span(found.starts_at, found.ends_at), "staff", by, at
        )
    return found


@transaction.atomic
def reverse(*, by: Actor, at: dt.datetime, number: uuid.UUID, reason: str) -> Reversal:
    """A wrong record counts no more and stays readable.

    Raises Forbidden, NotFound `no_record`, Refused `missing_reason`.
    """
    row = ServiceRecord.objects.select_for_update().filter(pk=number, reversed_at__isnull=True).first()
    if row is None:
        raise NotFound("no_record", N_("没有这条记录，或者已经冲销了。"))
    require(by, HOLD, path=row.path)
    rules.check_confirmer(row.person_id, person_in(by))
    words = _reason(reason)
    if not words:
        raise Refused("missing_reason", N_("请写为什么冲销。"), field="reason")
    made = Reversal.objects.create(record=row, reason=words, by_id=person_in(by), at=at)
    record(by=by, at=at, action="volunteering.reverse", subject=str(row), changes={"minutes": row.minutes})
    emit("volunteering.reversed", {"record": str(row.pk)}, at=at)
    return made


@transaction.atomic
def issue_certificate(*, by: Actor, at: dt.datetime, host: int, first: dt.date, last: dt.date) -> Certificate:
    """Free, of one's own record at one body (志愿服务条例 19). The same period and minutes give the same number.

    Raises SignInRequired, Refused `bad_period`, `nothing_to_certify`.
    """
    person = person_in(by)
    if last < first:
        raise Refused("bad_period", N_("结束的日子要在开始之后。"), field="last")
    minutes = queries.minutes_for(person, host, first, last)
    if not minutes:
        raise Refused("nothing_to_certify", N_("这段时间没有记录，出不了证明。"), field="first")
    same = {"person_id": person, "host_id": host, "first_on": first, "last_on": last, "minutes": minutes}
    found = Certificate.objects.filter(**same, revoked_at__isnull=True).first()
    if found is not None:
        return found
    made = readable_code(vault.keyring().derive("volunteering-certificate"), str(uuid7()), 8)
    row = Certificate.objects.create(**same, code=f"ZY-{local_date(at):%y%m%d}-{made}", issued_at=at)
    record(by=by, at=at, action="volunteering.certify", subject=str(row), changes={"minutes": minutes})
    return row


@transaction.atomic
def revoke_certificate(*, by: Actor, at: dt.datetime, code: str) -> Certificate:
    """Raises Forbidden, NotFound `unknown_certificate`; again is the same."""
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("host__place")
    row = rows.filter(code=code.strip().upper()).first()
    if row is None:
        raise NotFound("unknown_certificate", N_("没有出过这个编号的证明。请对着纸上的编号再看一遍。"))
    require(by, HOLD, path=row.host.place.path if row.host.place else "/")
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        record(by=by, at=at, action="volunteering.revoke", subject=str(row), changes={})
    return row
