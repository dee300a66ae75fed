"""A row of a table to a message, or to the reason why it is none. Pure: time is passed in."""

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from gongzhi.cases import rules
from gongzhi.common.clock import CHINA, starts
from gongzhi.common.text import N_, tidy

# Header → field, by the words that cities use; the first name is the one shown to people.
COLUMNS = {
    "number": ("留言编号", "编号", "工单编号", "诉求编号"),
    "title": ("留言主题", "主题", "标题", "留言标题"),
    "received": ("留言时间", "提交时间", "反映时间", "来件时间"),
    "detail": ("留言详情", "留言内容", "详情", "内容"),
    "answer": ("答复意见", "答复内容", "回复内容", "回复意见"),
    "answered": ("答复时间", "回复时间"),
    "level1": ("一级分类", "一级标签"),
    "level2": ("二级分类", "二级标签"),
    "level3": ("三级分类", "三级标签"),
}
NEEDED = ("number", "received", "detail")
LONGEST_NUMBER = 80
LONGEST_DETAIL = 32_767
# The calendar's tables begin then, and no city took messages over the web before.
_FIRST_DAY = dt.datetime(1995, 1, 1, tzinfo=CHINA)
# Clocks of two machines differ; a day is more than any difference.
_AHEAD = dt.timedelta(days=1)
_TIME = re.compile(
    r"(\d{4})[/.年-](\d{1,2})[/.月-](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[分秒]?)?"
    r"(Z|[+-]\d{2}:?\d{2})?"
)
_NUMBER = re.compile(r"[^\s\x00-\x1f\x7f\ufffd]+")


class WrongRow(Exception):
    """A row that cannot be taken; its one argument is the reason, marked for translation."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote to a city, and what the city answered, if it did."""

    number: str
    text: str
    detail: str
    received_at: dt.datetime
    answer: str = ""
    answered_at: dt.datetime | None = None
    labels: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """Title and detail as one text, for matching words."""
        return f"{self.text}\n{self.detail}"


def plain(value: Any) -> str:
    """A cell as text without stray tabs and full-width spaces; a number without Excel's ".0"."""
    if value is None or value == "":
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = tidy(str(value))
    if "\ufffd" in text:
        raise WrongRow(N_("有读不出的字"))
    return text


def number_of(value: Any) -> str:
    text = unicodedata.normalize("NFKC", plain(value)).strip(" '\"")
    if text.endswith(".0") and text[:-2].isdecimal():
        text = text[:-2]
    if not text:
        raise WrongRow(N_("没有编号"))
    if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise WrongRow(N_("编号读不懂"))
    return text


def moment_of(value: Any) -> dt.datetime | None:
    """An instant from what a cell holds: a date, a text in the usual forms, or Excel's day number.

    Without a zone it is the time of China. None: not a time.
    """
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=CHINA)
    if isinstance(value, dt.date):
        return starts(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_day_number(float(value))
    text = unicodedata.normalize("NFKC", tidy(str(value or ""))).strip(" '\"")
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _from_day_number(float(text))
    return _from_text(text)


def _from_day_number(days: float) -> dt.datetime | None:
    if not 30_000 <= days < 80_000:
        return None
    # Excel counts days from 30 December 1899 (for dates after February 1900).
    return (dt.datetime(1899, 12, 30) + dt.timedelta(seconds=round(days * 86_400))).replace(tzinfo=CHINA)  # noqa: DTZ001 - the zone is put on at the end


def _from_text(text: str) -> dt.datetime | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        zone = dt.datetime.fromisoformat(f"2000-01-01T00:00:00{found[7]}").tzinfo if found[7] else CHINA
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _received(value: Any, at: dt.datetime) -> dt.datetime:
    if value is None or not str(value).strip():
        raise WrongRow(N_("没有留言时间"))
    moment = moment_of(value)
    if moment is None:
        raise WrongRow(N_("留言时间读不懂"))
    if not _FIRST_DAY <= moment <= at + _AHEAD:
        raise WrongRow(N_("留言时间不可信：太早，或在将来"))
    return moment


def _answer(text: str, value: Any, received_at: dt.datetime, at: dt.datetime) -> dt.datetime | None:
    given = value is not None and bool(str(value).strip())
    if not text and not given:
        return None
    if not text:
        raise WrongRow(N_("有答复时间，没有答复"))
    if not given:
        raise WrongRow(N_("有答复，没有答复时间"))
    moment = moment_of(value)
    if moment is None:
        raise WrongRow(N_("答复时间读不懂"))
    if moment < received_at:
        raise WrongRow(N_("答复早于留言"))
    if moment > at + _AHEAD:
        raise WrongRow(N_("答复时间在将来"))
    return moment


def _words(title: str, detail: str) -> tuple[str, str]:
    """What stands as the text of the case, and what below it; without a title worth the name the detail is the text."""
    low, high = rules.TEXT_LIMITS
    if len(title) < low:
        whole = tidy(f"{detail}\n{title}")
        title, detail = whole[:high], whole[high:]
    if len(title) < low:
        raise WrongRow(N_("内容太短") if title else N_("没有内容"))
    if len(title) > high or len(detail) > LONGEST_DETAIL:
        raise WrongRow(N_("内容太长"))
    return title, detail


def message_of(value: Callable[[str], Any], at: dt.datetime) -> Message:
    """The message of a row; `value` gives a cell by field. Raises WrongRow."""
    number = number_of(value("number"))
    received_at = _received(value("received"), at)
    text, detail = _words(plain(value("title")), plain(value("detail")))
    answer = plain(value("answer"))
    if len(answer) > LONGEST_DETAIL:
        raise WrongRow(N_("答复太长"))
    answered_at = _answer(answer, value("answered"), received_at, at)
    labels = tuple(label for level in ("level1", "level2", "level3") if (label := plain(value(level))))
    return Message(number, text, detail, received_at, answer, answered_at, labels)


Verdict = Literal["same", "answer", "other"]


class Print(NamedTuple):
    """Fingerprints of a message's words and of its answer (b"" without one): enough to compare, little to keep."""

    words: bytes
    answer: bytes


def print_of(message: Message) -> Print:
    answered = message.answered_at.timestamp() if message.answered_at else 0.0
    answer = _digest(message.answer, answered) if message.answer else b""
    return Print(_digest(message.text, message.detail, message.received_at.timestamp()), answer)


def _digest(*values: object) -> bytes:
    return hashlib.sha256(repr(values).encode()).digest()[:16]


def compare(before: Print, after: Print) -> Verdict:
    """How a message stands to one with the same number: the same, the same with the answer now, or another."""
    if before.words != after.words:
        return "other"
    if not after.answer or before.answer == after.answer:
        return "same"
    return "other" if before.answer else "answer"
