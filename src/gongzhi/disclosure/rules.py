"""What may stand in a space, which moves there are, how one is called, when an appeal may come. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.text import N_
from gongzhi.publications.rules import lint

MODERATE, JUDGE = "disclosure.moderate", "disclosure.judge"
NAMING = "publication"  # the purpose of the consent to be named (个人信息保护法 25)
KIND, REASON = "kind.", "reason."
LONGEST_TITLE, LONGEST_NOTE = 40, 300
# From which states a step may be taken.
MOVES: dict[str, tuple[str, ...]] = {
    "admit": ("waiting",),
    "refuse": ("waiting",),
    "hide": ("shown",),
    "keep": ("shown",),
    "judge": ("hidden", "refused"),
    "withdraw": ("waiting", "shown"),
    "reply": ("shown",),
    "alert": ("shown",),
    "name": ("shown",),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message as the pack says it. `public`: everybody reads it; `names`: who agrees may be named in it."""

    code: str
    name: str
    about: str
    longest: int
    days: int
    before: bool
    replies: bool
    public: bool
    names: bool
    source: str = ""

    @classmethod
    def of(cls, code: str, given: Mapping[str, Any], source: str) -> "Kind":
        return cls(code=code, source=source, **given)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is taken down, in words for its author, and the law behind it."""

    code: str
    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of the pack; times in days."""

    per_day: int
    replies_per_day: int
    pictures: int
    called_longest: int
    building_homes: int
    few: int
    appeal_days: int
    judge_days: int
    keep_days: int


@dataclass(frozen=True)
class Said:
    """What somebody writes: `called` is how they want to be called, "" for a neighbour of a building."""

    body: str
    title: str = ""
    called: str = ""


def check_move(move: str, state: str) -> None:
    """Raises Conflict `message_state`."""
    if state not in MOVES[move]:
        raise Conflict("message_state", N_("这一条已经变了。请刷新，看看现在怎样。"), state=state)


def check_length(kind: Kind, said: Said, *, reply: bool) -> None:
    """Raises Refused `missing_title`, `missing_body`, `too_long`."""
    if not reply and not said.title:
        raise Refused("missing_title", N_("请写一句标题。"), field="title")
    if not said.body:
        raise Refused("missing_body", N_("还没写内容。"), field="body")
    for field, text, longest in (("title", said.title, LONGEST_TITLE), ("body", said.body, kind.longest)):
        if len(text) > longest:
            message = N_("写得太长，最多 {longest} 个字，现在 {length} 个。")
            raise Refused("too_long", message, longest=longest, length=len(text), field=field)


def check_called(called: str, longest: int, offices: Collection[str]) -> None:
    """How one is called tells no home and pretends no office. Raises Refused `bad_called`."""
    numbered = any(one.kind != "name" for one in lint.find_in("called", called)) or any(one.isdigit() for one in called)
    if len(called) > longest or numbered:
        message = N_("称呼最多 {longest} 个字，不写门牌和号码，比如“小陈”。")
        raise Refused("bad_called", message, longest=longest, field="called")
    if any(word in called for word in offices):
        raise Refused("bad_called", N_("称呼里不能写单位和职务。请换一个，或者不写。"), field="called")


def findings(said: Said) -> list[lint.Finding]:
    """Numbers of people, plates, doors and what looks like a name."""
    return lint.find_all({"title": said.title, "body": said.body})


def check_clean(said: Said) -> None:
    """Raises Refused `personal_values`: what must not stand anywhere, with what was found."""
    found = findings(said)
    if found:
        message = N_("有不该公开的：{what}。请改掉，或者勾上“帮我遮住”。")
        what = "、".join(dict.fromkeys(one.found for one in found))
        raise Refused("personal_values", message, what=what, field="body")


def covered(said: Said) -> Said:
    """Everything that was found is covered."""
    parts = {
        name: lint.covered(text, [one for one in findings(said) if one.field == name])
        for name, text in (("title", said.title), ("body", said.body))
    }
    return Said(called=said.called, **parts)


def check_polite(said: Said, insults: Collection[str]) -> None:
    """Raises Refused `insulting` (民法典 1024)."""
    text = "".join((said.title + said.body + said.called).split())
    found = [word for word in insults if word in text]
    if found:
        message = N_("有骂人的话：{words}。请说事情，不骂人。")
        raise Refused("insulting", message, words="、".join(found), field="body")


def check_pace(sent: int, most: int) -> None:
    """Raises Refused `too_many`."""
    if sent >= most:
        raise Refused("too_many", N_("一天最多发 {most} 条。请明天再发。"), most=most)


def byline_of(called: str, building: str, homes: int, least: int) -> str:
    """How the author is called: as they choose, else by the building where enough homes share it; never by the home."""
    if called:
        return called
    return f"{building}邻居" if building and homes >= least else ""


def first_state(kind: Kind, *, reply: bool) -> str:
    """Replies are looked at afterwards, whatever they answer."""
    return "waiting" if kind.before and not reply else "shown"


def expires_on(kind: Kind, at: dt.datetime) -> dt.date:
    """First day on which it is read no more."""
    return local_date(at) + dt.timedelta(days=kind.days)


def check_own(author: Any, by: Any) -> None:
    """Raises Forbidden `own_message`."""
    if author == by:
        raise Forbidden("own_message", N_("自己发的不能自己审。请别的负责人来看。"))


def check_reason(code: str, reasons: Mapping[str, Reason]) -> Reason:
    """Raises Refused `missing_reason`."""
    if code not in reasons:
        raise Refused("missing_reason", N_("请选一个理由。没有合适的理由，就不能拿下。"), field="reason")
    return reasons[code]


def check_appeal(author: Any, by: Any, decided_at: dt.datetime, at: dt.datetime, days: int) -> None:
    """Raises Forbidden `not_author`, Refused `appeal_late`."""
    if author is None or author != by:
        raise Forbidden("not_author", N_("只有发这一条的人能申诉。"))
    if at > decided_at + dt.timedelta(days=days):
        raise Refused("appeal_late", N_("申诉要在 {days} 天内提。"), days=days)


def check_judge(against: Any, author: Any, by: Any) -> None:
    """Raises Forbidden `own_decision`: neither who decided nor who wrote it."""
    if by in (against, author):
        raise Forbidden("own_decision", N_("自己定的、自己发的，都不能自己复核。请上一级的另一个人来看。"))


def state_after_restoring(expires: dt.date, at: dt.datetime) -> str:
    """It comes back where it was; what has run out meanwhile stays over."""
    return "shown" if expires > local_date(at) else "over"


def space_of(path: str, places: Iterable[tuple[str, str]], levels: Sequence[str]) -> str | None:
    """The path of the space that a home belongs to: the nearest place above of the first level that there is.

    `places`: (path, level) of what lies above the home.
    """
    above = sorted((one for one in places if path.startswith(one[0])), key=lambda one: len(one[0]), reverse=True)
    for level in levels:
        for found, found_level in above:
            if found_level == level:
                return found
    return None


def shown_count(count: int, few: int) -> int | None:
    """A count that points at nobody: few are kept back."""
    return None if 0 < count < few else count


def shown_parts(parts: Mapping[str, int], few: int) -> dict[str, int | None]:
    """Parts of a total that is shown: if one is few, none is told, or it could be reckoned from the others."""
    whole = all(shown_count(count, few) is not None for count in parts.values())
    return {name: count if whole else None for name, count in parts.items()}
