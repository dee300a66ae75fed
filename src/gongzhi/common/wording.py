"""How days, hours and spans are said to people; data keeps ISO 8601."""

import datetime as dt
import re
from contextlib import suppress
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.text import N_

_DAY = re.compile(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")


def length(span: dt.timedelta) -> str:
    """24 分, 15 小时, 2 天: one unit, rounded down, at least one minute."""
    minutes = max(int(span.total_seconds() // 60), 1)
    if minutes < 60:
        return _("{n} 分").format(n=minutes)
    if minutes < 48 * 60:
        return _("{n} 小时").format(n=minutes // 60)
    return _("{n} 天").format(n=minutes // 1440)


WEEKDAYS = [N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日")]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _date(value: dt.date | dt.datetime) -> dt.date:
    return local_date(value) if isinstance(value, dt.datetime) else value


def day(value: dt.date | dt.datetime, *, at: dt.datetime, weekday: bool = True) -> str:
    """3月18日 周三; the year only when it is not this one."""
    date = _date(value)
    chinese = (get_language() or "zh").startswith("zh")
    words = f"{date.month}月{date.day}日" if chinese else f"{date.day} {MONTHS[date.month - 1]}"
    if date.year != local_date(at).year:
        words = f"{date.year}年{words}" if chinese else f"{words} {date.year}"
        return words
    return f"{words} {_(WEEKDAYS[date.weekday()])}" if weekday else words


def hour(value: dt.datetime) -> str:
    local = value.astimezone(CHINA)
    return f"{local.hour}:{local.minute:02}"


def moment(value: dt.datetime, *, at: dt.datetime) -> str:
    """A relative day near now, else the date, with the time."""
    near = {-1: N_("昨天"), 0: N_("今天"), 1: N_("明天")}
    distance = (local_date(value) - local_date(at)).days
    words = _(near[distance]) if distance in near else day(value, at=at)
    return f"{words} {hour(value)}"


def spoken(fact: Any, *, at: dt.datetime) -> Any:
    """A fact of a message as people say it: days as days, marked words in the reader's language, all else as it is."""
    if isinstance(fact, str) and _DAY.match(fact):
        with suppress(ValueError):  # the 31st of February is no day, and stays as it is written
            fact = dt.date.fromisoformat(fact)
    if isinstance(fact, dt.date) and not isinstance(fact, dt.datetime):
        return day(fact, at=at, weekday=False)
    return _(fact) if isinstance(fact, str) and fact else fact
