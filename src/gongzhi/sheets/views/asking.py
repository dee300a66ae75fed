"""What every page of this room asks for first: who reads, which place, which days."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Forbidden, SignInRequired
from gongzhi.common.text import N_
from gongzhi.packs.indicator_contents import AXES, DIRECTIONS, RIGHTS
from gongzhi.sheets.queries import figures
from gongzhi.sheets.queries.figures import Value

CONFIDENCE = {
    "L": N_("法条原文"),
    "P": N_("网页"),
    "S": N_("来源文件"),
    "M": N_("凭记忆"),
    "V": N_("没读到原文，待核对"),
    "D": N_("产品选择"),
}


PAPERS = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}


def reader(request: HttpRequest, permission: str = figures.READ) -> Actor:
    """Staff who may read statistics. Raises SignInRequired, Forbidden."""
    actor = actor_of(request)
    if actor.kind == "anonymous":
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    if not allows(actor, permission):
        raise Forbidden("forbidden", N_("这一页给看统计的岗位用。您的岗位用不到它。"))
    return actor


def day_of(request: HttpRequest, name: str) -> dt.date | None:
    """A day from the address; what is none is as if it were not there."""
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None


def wants_file(request: HttpRequest) -> bool:
    return request.GET.get("export") == "xlsx"


def linked(request: HttpRequest, **more: str) -> str:
    """This page's own address with other parameters."""
    given = {key: value for key, value in request.GET.items() if key != "cursor"} | more
    return "?" + urlencode({key: value for key, value in given.items() if value})


def page_address(name: str) -> str:
    """The address of a page that a pack names, or "" where it does not exist in this installation."""
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""


def words() -> dict[str, dict[str, str]]:
    tables = {"directions": DIRECTIONS, "axes": AXES, "rights": RIGHTS, "confidence": CONFIDENCE}
    return {name: {code: _(word) for code, word in table.items()} for name, table in tables.items()}


def value_words(value: Value | None) -> dict[str, Any]:
    """A figure as a template shows it."""
    if value is None:
        return {}
    entry, decimals = value.defined.entry, value.defined.entry.decimals
    return {
        "value": "" if value.value is None else f"{value.value:,.{decimals}f}",
        "unit": entry.unit if entry.form != "share" else "%",
        "numerator": _number(value),
        "denominator": value.denominator,
        "interval": value.interval,
        "suppressed": value.suppressed,
        "too_few": value.too_few,
        "minimum": entry.minimum,
        "left_out": value.left_out,
    }


def _number(value: Value) -> str:
    if value.numerator is None:
        return ""
    whole = value.numerator.denominator == 1
    return f"{int(value.numerator):,}" if whole else f"{float(value.numerator):,.2f}"
