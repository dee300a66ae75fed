"""How long answers took, how many came in time, what is open: each figure with its denominator and its rows.

Delays are exact: PostgreSQL subtracts the stored instants and interpolates between them (percentile_cont), nothing
is rounded before it is shown. What was brought in by an import counts as the source tells it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Aggregate, Avg, Count, DurationField, ExpressionWrapper, F, Max, Q

from gongzhi.cases.models import OPEN, TIMED
from gongzhi.cases.queries.listing import ANSWERED, Filters, filtered
from gongzhi.common.access import Actor, require

_DAY = dt.timedelta(days=1)
_DELAY = ExpressionWrapper(F("answered_at") - F("received_at"), output_field=DurationField())


class Percentile(Aggregate):
    """percentile_cont: the value below which `fraction` of the rows lie, interpolated between two neighbours."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, fraction: float) -> None:
        super().__init__(expression, fraction=fraction, output_field=DurationField())


@dataclass(frozen=True, slots=True)
class Figure:
    """A count out of a count; `excluded` says what is in neither and why; `rows` are the filters that list it."""

    numerator: int
    denominator: int
    excluded: Mapping[str, int]
    rows: Filters

    @property
    def percent(self) -> float | None:
        """Out of a hundred; None out of nothing."""
        return 100 * self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Delay:
    """Days from receipt to answer over the answered ones; None where nothing is answered."""

    median: float | None
    p75: float | None
    mean: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures about what the filters leave, as of `at`."""

    at: dt.datetime
    received: Figure
    answered: Figure
    delay: Delay
    in_time: Figure
    late: Figure
    open: Figure
    overdue: Figure

    def as_json(self) -> dict[str, Any]:
        """For `gongzhi statistics --json`: every figure with numerator, denominator and exclusions."""
        delay = {name: _rounded(value) for name, value in asdict(self.delay).items()}
        return {
            "at": self.at.isoformat(),
            "received": self.received.numerator,
            "reply_delay_days": {"count": self.answered.numerator, **delay, **_parts(self.answered)},
            "answered_in_time": {"percent": _rounded(self.in_time.percent), **_parts(self.in_time)},
            "answered_late": {"percent": _rounded(self.late.percent), **_parts(self.late)},
            "open": {"percent": _rounded(self.open.percent), **_parts(self.open)},
            "overdue": {"percent": _rounded(self.overdue.percent), **_parts(self.overdue)},
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _parts(figure: Figure) -> dict[str, Any]:
    return {
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "excluded": dict(figure.excluded),
    }


def statistics(actor: Actor, filters: Filters, at: dt.datetime) -> Statistics:
    """One statement over the cases that the filtered list shows this actor. Raises Forbidden, SignInRequired."""
    require(actor, "statistics.read", path=filters.place or None)
    answered = Q(answered_at__isnull=False)
    counts = filtered(actor, filters, at).aggregate(
        received=Count("pk"),
        answered=Count("pk", filter=answered),
        in_time=Count("pk", filter=ANSWERED["in_time"]),
        late=Count("pk", filter=ANSWERED["late"]),
        open=Count("pk", filter=Q(status__in=OPEN)),
        overdue=Count("pk", filter=Q(status__in=TIMED, due_at__lt=at)),
        median=Percentile(_DELAY, 0.5),
        p75=Percentile(_DELAY, 0.75),
        mean=Avg(_DELAY),
        longest=Max(_DELAY),
    )
    return _arranged(counts, filters, at)


def _arranged(counts: Mapping[str, Any], filters: Filters, at: dt.datetime) -> Statistics:
    received, replied = counts["received"], counts["answered"]
    waiting = {"not_answered": received - replied}
    timed = counts["in_time"] + counts["late"]
    undated = {**waiting, "no_due_date": replied - timed}
    days = {name: _days(counts[name]) for name in ("median", "p75", "mean", "longest")}
    return Statistics(
        at=at,
        received=Figure(received, received, {}, filters),
        answered=Figure(replied, received, waiting, replace(filters, answered="yes")),
        delay=Delay(**days),
        in_time=Figure(counts["in_time"], timed, undated, replace(filters, answered="in_time")),
        late=Figure(counts["late"], timed, undated, replace(filters, answered="late")),
        open=Figure(counts["open"], received, {}, replace(filters, status="open")),
        overdue=Figure(counts["overdue"], counts["open"], {}, replace(filters, over=True)),
    )


def _days(span: dt.timedelta | None) -> float | None:
    return None if span is None else span / _DAY
