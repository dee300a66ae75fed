"""What each rate counts: every case falls into exactly one part of a rate, and each part can be listed.

A part is "top" (counts in full), "rest" (in the denominator only), "basic" (counts by the pack's weight), or the
reason why the case is in neither. The first condition that holds decides, so the parts of a rate add up to all cases.
Silence is never an answer: `closed_silent` without a word said stands beside the rates of the reporter's word.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Case as Choose
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from gongzhi.cases.models import OPEN, Case, CaseEvent, Clock
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs

TOP, REST, BASIC = "top", "rest", "basic"
COUNTED = (TOP, REST, BASIC)
ENDED = ("confirmed", "closed", "closed_silent")
# Sent back: by the check, or by the reporter's word.
SENT_BACK = ("rework", "unsolved", "disagree", "reopen")
Conditions = list[tuple[str, Q]]

LEFT_OUT = {
    "merged": N_("并入别的编号 {n} 件"),
    "issued": N_("机关交办的 {n} 件"),
    "uncounted": N_("两人认定不合理 {n} 件"),
    "referred": N_("已转介 {n} 件"),
    "no_clock": N_("没有响应时限（导入的旧件）{n} 件"),
    "not_due": N_("还没到时限 {n} 件"),
    "deferred": N_("挂账 {n} 件"),
    "no_due_date": N_("没有应办结时间 {n} 件"),
    "waiting": N_("等反映人回答 {n} 件"),
    "open": N_("还没办完 {n} 件"),
    "silent": N_("到期没有回答 {n} 件"),
    "unasked": N_("没有问到 {n} 件"),
    "unanswered": N_("还没答复 {n} 件"),
    "not_dispatched": N_("还没派出去 {n} 件"),
    "ended": N_("已经收尾 {n} 件"),
}


@dataclass(frozen=True, slots=True)
class Definition:
    """One rate: what it is called, what its denominator is called, and its conditions in the order they decide."""

    code: str
    name: str
    of: str
    conditions: Callable[[dt.datetime], Conditions]
    basis: str = ""


_OUT: Conditions = [
    ("merged", Q(main__isnull=False)),
    ("issued", Q(uncounted="issued")),
    ("uncounted", ~Q(uncounted="")),
]
_DECIDED_ELSEWHERE: Conditions = [*_OUT, ("referred", Q(status="referred"))]


def _response(at: dt.datetime) -> Conditions:
    return [
        *_OUT,
        ("no_clock", Q(contact_due__isnull=True)),
        (TOP, Q(first_contact_at__lte=F("contact_due")) & ~Q(heard=False)),
        ("not_due", Q(first_contact_at__isnull=True, contact_due__gt=at)),
    ]


def _word(field_empty: Q, top: Q, basic: Q | None = None) -> Conditions:
    """Rates of the reporter's word: only what was said counts."""
    said = [(TOP, top & ~field_empty), *([(BASIC, basic & ~field_empty)] if basic is not None else [])]
    unsaid: Conditions = [
        ("silent", field_empty & Q(status="closed_silent")),
        ("open", field_empty & Q(status__in=OPEN)),
        ("unasked", field_empty),
    ]
    return [*_DECIDED_ELSEWHERE, *said, *unsaid]


def _resolution(at: dt.datetime) -> Conditions:
    return _word(Q(solved=""), Q(solved="yes"))


def _satisfaction(at: dt.datetime) -> Conditions:
    scoring = packs.active_model().scoring
    full, basic = (scoring.satisfied_from, scoring.basic_from) if scoring else (5, 5)
    return _word(
        Q(satisfied__isnull=True), Q(satisfied__gte=full), Q(satisfied__gte=basic, satisfied__lt=full)
    )


def _due(at: dt.datetime, top: Q) -> Conditions:
    """应结案: what has ended, or should have by now; 挂账 stands beside it (应结案数 − 缓办数)."""
    return [
        *_DECIDED_ELSEWHERE,
        ("deferred", Q(status="deferred")),
        ("waiting", Q(status="verified")),
        ("no_due_date", Q(due_at__isnull=True)),
        ("not_due", Q(status__in=OPEN, due_at__gt=at)),
        (TOP, top),
    ]


def _on_time(at: dt.datetime) -> Conditions:
    return _due(at, Q(status__in=ENDED, answered_at__lte=F("due_at")))


def _closed(at: dt.datetime) -> Conditions:
    return _due(at, Q(status__in=ENDED))


def _overdue_open(at: dt.datetime) -> Conditions:
    return _due(at, Q(status__in=OPEN))


def _rework(at: dt.datetime) -> Conditions:
    return [*_DECIDED_ELSEWHERE, (TOP, Q(sent_back=True)), ("unanswered", Q(answered_at__isnull=True))]


def _extension(at: dt.datetime) -> Conditions:
    return [*_DECIDED_ELSEWHERE, ("not_dispatched", Q(status__in=["reported", "accepted"])), (TOP, Q(extensions__gt=0))]


def _deferred(at: dt.datetime) -> Conditions:
    return [*_DECIDED_ELSEWHERE, ("ended", ~Q(status__in=OPEN)), (TOP, Q(status="deferred"))]


def _filed(at: dt.datetime) -> Conditions:
    return [*_OUT, (TOP, ~Q(status__in=["reported", "referred"]))]


DEFINITIONS: dict[str, Definition] = {
    one.code: one
    for one in (
        Definition("response", N_("响应率"), N_("应响应"), _response, N_("首次联系不晚于时限；反映人说没人联系的不算")),
        Definition("resolution", N_("解决率"), N_("说了解决没解决的"), _resolution, N_("反映人说已解决；不回答不算")),
        Definition("satisfaction", N_("满意率"), N_("打了分的"), _satisfaction, N_("满意加折算的基本满意；不回答不算")),
        Definition("on_time", N_("按期结案率"), N_("应结案"), _on_time, N_("收尾了，最后一次答复不晚于应办结时间")),
        Definition("closed", N_("结案率"), N_("应结案"), _closed, N_("收尾了；到时没办完的在分母里")),
        Definition("overdue_open", N_("超期未结率"), N_("应结案"), _overdue_open, N_("过了应办结时间还没办完")),
        Definition("rework", N_("返工率"), N_("答复过的"), _rework, N_("核查退回，或者反映人说没解决")),
        Definition("extension", N_("延期率"), N_("派出去的"), _extension, N_("批过延期")),
        Definition("deferred", N_("挂账"), N_("还没办完的"), _deferred, N_("现在挂着账")),
        Definition("filed", N_("立案率"), N_("收到的"), _filed, N_("受理了，没有转走")),
    )
}


def annotated(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with what the conditions ask for beside the columns."""
    contact = Clock.objects.filter(case=OuterRef("pk"), kind="first_contact").order_by("id").values("due_at")[:1]
    back = CaseEvent.objects.filter(case=OuterRef("pk"), move__in=SENT_BACK)
    return cases.annotate(contact_due=Subquery(contact), sent_back=Exists(back))


def part_of(code: str, at: dt.datetime) -> Choose:
    """The part of one rate that a case falls into; for `annotated` cases."""
    whens = [When(condition, then=Value(part)) for part, condition in DEFINITIONS[code].conditions(at)]
    return Choose(*whens, default=Value(REST), output_field=CharField())


def left_out_of(code: str, at: dt.datetime) -> tuple[str, ...]:
    """The reasons why a case is in neither part of the fraction."""
    return tuple(part for part, _ in DEFINITIONS[code].conditions(at) if part not in COUNTED)


def is_part(name: str, at: dt.datetime) -> bool:
    """Whether `rate.part` names something: a rate, then all, top, rest, basic or a reason."""
    code, _, part = name.partition(".")
    return code in DEFINITIONS and part in ("all", *COUNTED, *left_out_of(code, at))


def only(cases: QuerySet[Case], name: str, at: dt.datetime) -> QuerySet[Case]:
    """The rows of `rate.part`; "all" is the denominator."""
    code, _, part = name.partition(".")
    wanted = COUNTED if part == "all" else (part,)
    found = annotated(cases).annotate(part=part_of(code, at))
    return found.filter(part__in=wanted)
