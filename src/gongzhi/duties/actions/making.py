"""Rows ahead of time: what each rule asks of whom, until a month from now. Again changes nothing."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import Max

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.duties import registry, rules
from gongzhi.duties.models import Duty
from gongzhi.duties.schedules import Ruled, counted_at, rules_in_use
from gongzhi.duties.subjects import Bound, bound_by, holder_near
from gongzhi.engines.calendar import WorkCalendar
from gongzhi.packs import queries as packs
from gongzhi.packs.laws import region_of
from gongzhi.packs.schedule_contents import Schedule

AHEAD = dt.timedelta(days=35)
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class _Span:
    """From when rows are made, until when, and the day it is."""

    first: dt.date
    last: dt.date
    at: dt.datetime
    work: WorkCalendar
    modes: dict[tuple[str, str], str] = field(default_factory=dict)

    def counted(self, rule: Schedule, path: str) -> str:
        """How the periods of a rule are counted at a place; a law is read once for each region."""
        key = rule.counted_by, region_of(path)
        if rule.counted_by and key not in self.modes:
            self.modes[key] = counted_at(rule, path, local_date(self.at))
        return self.modes[key] if rule.counted_by else rule.counted


@transaction.atomic
def make_duties(*, by: Actor, at: dt.datetime, since: dt.date | None = None) -> int:
    """Make what falls due from the last run (or `since`) until a month ahead; returns how many rows are new.

    Nothing is made for the time before the first run: nobody is late with what nobody was asked for.
    """
    require(by, "duties.make")
    today = local_date(at)
    last_made = Duty.objects.aggregate(at=Max("made_at"))["at"]
    first = since or min(today, local_date(last_made) if last_made else today)
    ruled = rules_in_use(today)
    if not ruled:
        return 0
    span = _Span(first, today + AHEAD, at, packs.calendar())
    made = sum(_make(one, span, today) for one in ruled)
    if made:
        record(by=by, at=at, action="duties.make", subject="duty:*", changes={"made": [0, made]})
    return made


def _make(ruled: Ruled, span: _Span, today: dt.date) -> int:
    if ruled.rule.per == "told":
        wanted = list(_ending(ruled, span)) if ruled.rule.every == "before_expiry" else []
    else:
        wanted = [duty for bound in bound_by(ruled.rule, today) for duty in _asked(ruled, bound, span)]
    if not wanted:
        return 0
    known = Duty.objects.filter(rule=ruled.rule.code, closes_on__gte=span.first)
    there = set(known.values_list("subject", "period"))
    # A successor got the period's row from who left: one row a period, whoever holds it.
    held = set(known.filter(holder__isnull=False).values_list("holder", "period")) if _personal(ruled) else set()
    new = [
        duty
        for duty in wanted
        if (duty.subject, duty.period) not in there and (duty.holder_id, duty.period) not in held
    ]
    Duty.objects.bulk_create(new, batch_size=_BATCH, ignore_conflicts=True)
    return len(new)


def _personal(ruled: Ruled) -> bool:
    return ruled.rule.per == "holder"


def _asked(ruled: Ruled, bound: Bound, span: _Span) -> Iterator[Duty]:
    rule = ruled.rule
    counted = span.counted(rule, bound.path)
    if counted == "from_last":
        yield from _since_done(ruled, bound, span)
        return
    rolling = bound.since if counted == "rolling" else None
    for period in rules.periods_between(rule.every, max(span.first, bound.since), span.last, rolling_from=rolling):
        yield _row(ruled, bound.reference, bound.path, period, bound.holder, span)


def _since_done(ruled: Ruled, bound: Bound, span: _Span) -> Iterator[Duty]:
    """One at a time, from the day on which the last one was done; before the first, from the day it is asked for."""
    rows = Duty.objects.filter(rule=ruled.rule.code, subject=bound.reference).order_by("-opens_on")
    last = rows.first()
    if last is not None and last.is_open:
        return
    since = max(span.first, bound.since) - dt.timedelta(days=1)
    if last is not None:
        since = local_date(last.fulfilled_at) if last.fulfilled_at else last.closes_on
    period = replace(rules.period_after(ruled.rule.every, since), ordinal=rows.count())
    yield _row(ruled, bound.reference, bound.path, period, bound.holder, span)


def _row(ruled: Ruled, subject: str, path: str, period: rules.Period, holder: int | None, span: _Span) -> Duty:
    rule, due = ruled.rule, rules.due_day(ruled.rule, period, span.work)
    return Duty(
        rule=rule.code,
        pack=ruled.reference,
        subject=subject,
        path=path,
        period=period.label,
        ordinal=period.ordinal,
        opens_on=period.first,
        closes_on=period.last,
        due_on=due,
        holder_id=holder,
        next_alarm_on=rules.next_alarm(rule.alarms, due, 0),
        made_at=span.at,
    )


def _ending(ruled: Ruled, span: _Span) -> Iterator[Duty]:
    notice = dt.timedelta(days=ruled.rule.before)
    for expiry in registry.expiries(ruled.rule.of, span.first, span.last + notice):
        opens = expiry.on - notice
        period = rules.Period(expiry.on.isoformat(), expiry.on.toordinal(), opens, expiry.on)
        yield _row(ruled, expiry.subject, expiry.path, period, expiry.holder, span)


@transaction.atomic
def open_duty(
    *, by: Actor, at: dt.datetime, rule: str, subject: str, path: str, on: dt.date, holder: int | None = None
) -> Duty:
    """One thing that has to be done once because something happened on a day; called by the room where it happened.

    Without a holder it falls to whoever holds one of the rule's roles nearest the place. The same again gives the
    same row. Raises NotFound `unknown_rule`.
    """
    ruled = next((one for one in rules_in_use(local_date(at)) if one.rule.code == rule), None)
    if ruled is None or ruled.rule.every != "once":
        raise NotFound("unknown_rule", N_("没有这条职责规则：{rule}。"), rule=rule)
    period = rules.Period(on.isoformat(), on.toordinal(), on, on)
    holder = holder or holder_near(ruled.rule, path, on)
    made = _row(ruled, subject, path, period, holder, _Span(on, on, at, packs.calendar()))
    Duty.objects.bulk_create([made], ignore_conflicts=True)
    duty = Duty.objects.get(rule=rule, subject=subject, period=period.label)
    if duty.pk == made.pk:
        record(by=by, at=at, action="duties.open", subject=str(duty), changes={"rule": rule, "of": subject})
    return duty
