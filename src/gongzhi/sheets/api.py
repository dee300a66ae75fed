"""Endpoints of figures: which indicators there are, and the value of one for a place and days. Reads only."""

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused, SignInRequired
from gongzhi.common.problems import PROBLEMS
from gongzhi.common.text import N_
from gongzhi.people.bearer import caller_of
from gongzhi.sheets.queries import definitions, figures
from gongzhi.sheets.queries.definitions import Defined
from gongzhi.sheets.queries.figures import Value

router = Router(tags=["indicators"])
_NO_NUL = r"^[^\x00]*$"


class Indicator(Schema):
    """One definition."""

    code: str
    version: str
    name: str
    question: str
    numerator: str
    denominator: str | None
    exclusions: str | None
    form: str = Field(description="share, count or figure (brought in by year, with its source)")
    unit: str
    direction: str
    minimum: int = Field(description="smallest denominator that is shown as a share")
    tables: list[str] = Field(description="where it is counted")
    public: bool
    source: str
    confidence: str
    illustrative: bool
    definition: str = Field(description="reference of the pack version")


class Indicators(Schema):
    items: list[Indicator]


class LeftOut(Schema):
    part: str
    count: int


class IndicatorValue(Schema):
    """One value; null where nothing may be said: nothing to count, too few, or few persons (`suppressed`)."""

    code: str
    version: str
    definition: str
    region: str | None
    since: dt.date | None
    until: dt.date | None
    at: dt.datetime
    numerator: str | None = Field(description="exact decimal")
    denominator: int | None
    value: str | None = Field(description="exact decimal in `unit`, rounded as the definition says")
    unit: str
    interval: list[str] | None = Field(description="Wilson bounds at 95 %")
    n: int | None = Field(description="the denominator; null where suppressed")
    suppressed: bool
    too_few: bool
    left_out: list[LeftOut]


def _signed_in(request: HttpRequest) -> Actor:
    actor = caller_of(request)
    if actor.person_id is None:
        raise SignInRequired("token_required", N_("请带上接口令牌：Authorization: Bearer …"))
    require(actor, figures.READ)
    return actor


@router.get("/indicators", response={200: Indicators, **PROBLEMS}, operation_id="list_indicators")
def list_indicators(
    request: HttpRequest, q: Annotated[str, Field(max_length=60, pattern=_NO_NUL)] = ""
) -> dict[str, Any]:
    """Every indicator with its formula; `q` is looked for in names and formulas."""
    _signed_in(request)
    return {"items": [_definition(one) for one in definitions.searched(q)]}


def _definition(one: Defined) -> dict[str, Any]:
    entry = one.entry
    plain = ("code", "version", "name", "question", "numerator", "form", "unit", "direction", "minimum", "public")
    return {
        **{name: getattr(entry, name) for name in plain},
        "denominator": entry.denominator or None,
        "exclusions": entry.exclusions or None,
        "tables": list(one.tables),
        "source": one.source,
        "confidence": one.confidence,
        "illustrative": entry.illustrative,
        "definition": one.reference,
    }


@router.get("/indicators/{code}", response={200: IndicatorValue, **PROBLEMS}, operation_id="read_indicator")
def read_indicator(
    request: HttpRequest,
    code: Annotated[str, Field(max_length=64, pattern=_NO_NUL)],
    region: Annotated[str, Field(max_length=64, pattern=_NO_NUL)] = "",
    since: dt.date | None = Query(None, alias="from"),  # type: ignore[type-arg]  # noqa: B008 - how ninja names it
    until: dt.date | None = Query(None, alias="to"),  # type: ignore[type-arg]  # noqa: B008 - how ninja names it
) -> dict[str, Any]:
    """The value for a place (a code; empty: all of the token's) and days (both counted); never more than its page."""
    actor, at = _signed_in(request), clock.now()
    defined = definitions.get_defined(code)
    if defined.entry.form == "figure":
        raise Refused("not_counted", N_("这是按年导入的数，没有现在的值。请看它的历年数据。"))
    scope = figures.scope_for(actor, region=region, since=since, until=until, at=at)
    return _figure(figures.value_of(defined, scope), region)


def _figure(value: Value, region: str) -> dict[str, Any]:
    entry, scope = value.defined.entry, value.scope
    return {
        "code": entry.code,
        "version": entry.version,
        "definition": value.defined.reference,
        "region": region or None,
        "since": scope.since,
        "until": scope.until,
        "at": scope.at,
        "numerator": None if value.numerator is None else f"{float(value.numerator):.10g}",
        "denominator": value.denominator,
        "value": None if value.value is None else f"{value.value:f}",
        "unit": "%" if entry.form == "share" else entry.unit,
        "interval": [f"{bound:f}" for bound in value.interval] if value.interval else None,
        "n": value.denominator,
        "suppressed": value.suppressed,
        "too_few": value.too_few,
        "left_out": [{"part": one.part, "count": one.count} for one in value.left_out],
    }
