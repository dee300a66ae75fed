"""What may be done with a vote and when; the rule of an owners' decision; what a paper and a box say. Pure."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.engines.thresholds import Requirement, Standing, Threshold, Verdict
from gongzhi.engines.voting.ballots import Box, Marks, reading
from gongzhi.engines.voting.rules import ABSTAIN, NO, YES, Proxies, Rule

HOLD, COUNT, READ = "ballots.hold", "ballots.count", "ballots.read"
MOVES: dict[str, tuple[str, ...]] = {
    "nominate": ("nominating",),
    "publish": ("nominating", "draft"),
    "open": ("draft",),
    "cast": ("open",),
    "proxy": ("draft", "open"),
    "box": ("open", "counting"),
    "close": ("open",),
    "count": ("counting",),
    "cancel": ("nominating", "draft", "open"),
}
STATUS_WORDS = {
    "nominating": N_("正在提名"),
    "draft": N_("准备"),
    "open": N_("正在表决"),
    "counting": N_("正在计票"),
    "counted": N_("已公布"),
    "cancelled": N_("不办了"),
}
OUTCOME_WORDS = {
    "passed": N_("通过"),
    "rejected": N_("没有通过"),
    "no_quorum": N_("参加的人不够，没有结果"),
    "elected": N_("选出来了"),
    "incomplete": N_("没有选满"),
    "tied": N_("票数相等，没有定"),
}
ORIGIN_WORDS = {
    "online": N_("线上"),
    "paper": N_("纸票"),
    "at_door": N_("上门"),
    "booth": N_("现场"),
    "proxy": N_("委托"),
}
EFFECT_WORDS = {
    "advisory": N_("结果供参考，不直接产生法律效力。要有法律效力，照规定另办正式表决，票数从那里认。"),
    "binding": N_("依法作出的决定，对所有业主、村民或者成员有约束力。认为受到侵害的，可以请求法院撤销。"),
    "record_of_offline": N_("在线下表决，这里只记下来、重新数一遍，方便核对。效力看线下那一次。"),
}
MEASURE_WORDS = {"heads": N_("户数"), "area": N_("面积"), "households": N_("户代表")}
ROLL_WORDS = {
    "owners": N_("业主"),
    "voters": N_("登记的选民"),
    "households": N_("户的代表，一户一人"),
    "residents": N_("住在这里的人，一人一票"),
    "members": N_("应到会的成员"),
    "delegates": N_("代表"),
}
# What people register for by themselves, or the board enters: no register says who they are.
REGISTERED = ("voters", "households")
OBJECTION_WORDS = {
    "left_out": N_("名册上漏了我"),
    "wrong": N_("有人不该在上面"),
    "other": N_("写错了别的"),
}
DECISION_WORDS = {"upheld": N_("异议成立，名册改正"), "rejected": N_("异议不成立")}
SOURCE_WORDS = {"voters": N_("选民提名"), "community": N_("社区提名"), "self": N_("个人自荐")}
ON_PAPER = ("paper", "at_door", "booth")
# Whoever hands in a paper means it; online and by proxy, the first stands.
PRECEDENCE = (ON_PAPER, ("online", "proxy"))
# What a paper of a review offers; the codes are the figures of the procedure "democratic_review".
GRADES = {"excellent": N_("优秀"), "fit": N_("称职"), "nearly": N_("基本称职"), "unfit": N_("不称职")}
REVIEWED = N_("评议票数好了")
ANSWERS = {YES: N_("同意"), NO: N_("反对"), ABSTAIN: N_("弃权")}
LONGEST_TITLE, LONGEST_ABOUT, LONGEST_NOTE = 80, 2000, 80
_BLANK, _UNREADABLE = ("0", "空白"), ("x", "X", "废", "废票")


def check_move(move: str, status: str) -> None:
    """Raises Conflict `wrong_step`."""
    if status not in MOVES[move]:
        raise Conflict("wrong_step", N_("现在是“{status}”，不能做这一步。请刷新后再看。"), status=STATUS_WORDS[status])


def check_closing(closes: dt.datetime, at: dt.datetime, *, least_hours: int = 1) -> None:
    """Raises Refused `closes_too_soon`."""
    if closes < at + dt.timedelta(hours=least_hours):
        raise Refused("closes_too_soon", N_("截止时间至少在一小时以后。"), field="closes_at")


def check_open(*, opens: dt.datetime | None, closes: dt.datetime, at: dt.datetime) -> None:
    """A ballot comes between the two moments. Raises Conflict `not_open_yet`, `vote_is_over`."""
    if opens is None or at < opens:
        raise Conflict("not_open_yet", N_("还没有开始表决。"))
    if at > closes:
        raise Conflict("vote_is_over", N_("表决已经截止，这一票没有投。结果公布后在这里看。"))


def check_over(closes: dt.datetime, at: dt.datetime) -> None:
    """Raises Conflict `not_over_yet`: nobody ends a vote before the hour that was announced."""
    if at < closes:
        raise Conflict("not_over_yet", N_("还没到公布的截止时间，不能提前截止。"))


def check_effect(effect: str, *, secret: bool, origins: Collection[str], system: str) -> None:
    """Raises Refused `needs_official_system`, `secret_online_binding`.

    `system`: the one through which the law of the place has online votes go (北京市物业管理条例 第35条). A secret vote
    cast online binds nobody: nothing here proves it end to end (docs/decisions/0017).
    """
    if effect != "binding" or "online" not in origins:
        return
    if system:
        message = N_("这里的规定要求网上表决走{system}。这里投的只能供参考，或者只记线下的。")
        raise Refused("needs_official_system", message, system=system, field="effect")
    if secret:
        message = N_("无记名的网上表决只能供参考。要有法律效力，请只用纸票。")
        raise Refused("secret_online_binding", message, field="effect")


def check_objecting(on: dt.date, until: dt.date, article: str) -> None:
    """Raises Conflict `objection_late`."""
    if on > until:
        message = N_("提异议到 {until} 为止（{article}），已经过了。名册不再改，可以向乡镇、街道反映。")
        raise Conflict("objection_late", message, until=until.isoformat(), article=article)


def check_roll_settled(*, undecided: int, on: dt.date, until: dt.date | None, article: str) -> None:
    """No vote opens on a roll that may still change. `until`: the last day for objections, where they are waited for.

    Raises Conflict `objections_open`, `objections_running`.
    """
    if undecided:
        message = N_("还有 {n} 条对名册的异议没有答复，不能开始。先答复。")
        raise Conflict("objections_open", message, n=undecided)
    if until is not None and on <= until:
        message = N_("名册的异议期到 {until}（{article}），第二天才能开始。")
        raise Conflict("objections_running", message, until=until.isoformat(), article=article)


def check_polls(on: dt.date, earliest: dt.date, article: str) -> None:
    """The roll hangs out long enough before the election (村组法 14). Raises Refused `polls_too_soon`."""
    if on < earliest:
        message = N_("名单要先公布够天数（{article}）：最早 {earliest}，现在是 {on}。")
        facts = {"earliest": earliest.isoformat(), "on": on.isoformat(), "article": article}
        raise Refused("polls_too_soon", message, field="closes_at", **facts)


class Registered(NamedTuple):
    """One person as the board writes them down."""

    name: str
    group: str
    phone: str


def read_registered(text: str) -> list[Registered]:
    """One on a line: name, group, telephone where there is one. Raises Refused `bad_line`, `nobody_written`."""
    found = []
    for number, line in enumerate((one for one in text.splitlines() if one.strip()), 1):
        parts = re.split(r"[\s,，、\t]+", line.strip())
        phone = parts.pop() if len(parts) == 3 else ""
        if len(parts) != 2 or not re.fullmatch(r"(\+?\d{7,15})?", phone):
            message = N_("第 {line} 行看不懂：{text}。一行一位：姓名、组，有手机号的写在最后。")
            raise Refused("bad_line", message, line=number, text=line[:40], field="lines")
        found.append(Registered(parts[0][:30], parts[1][:80], phone))
    if not found:
        raise Refused("nobody_written", N_("还没有写人。一行一位：姓名、组。"), field="lines")
    return found


def check_contested(candidates: int, seats: int, article: str) -> None:
    """候选人的名额应当多于应选名额. Raises Refused `not_contested`."""
    if candidates <= seats:
        message = N_("候选人 {candidates} 位，要选 {seats} 位：候选人要比名额多（{article}）。")
        raise Refused("not_contested", message, candidates=candidates, seats=seats, article=article)


def delegates_fit(count: int, fewest: int, most: int) -> bool:
    """Whether so many delegates can each be sent by as many households as the law says."""
    return fewest <= count <= most


class Needs(NamedTuple):
    """A share of a base by measure, as the law says it."""

    measure: str
    share: Fraction
    inclusive: bool


def _way(counts: str, of: str, needs: Iterable[Needs]) -> Requirement:
    ways = tuple(Threshold(counts, each.measure, each.share, each.inclusive, of) for each in needs)
    return Requirement((ways,))


def resolution_rule(
    *,
    cited: tuple[str, str, str, str],
    participation: Sequence[Needs],
    agreement: Sequence[Needs],
    proxies: Proxies | None,
    online: bool = True,
) -> Rule:
    """A motion that first needs people to take part and then needs those people to agree (民法典 第278条第二款).

    `cited`: pack, version, code of the rule, article.
    """
    pack, version, code, article = cited
    precedence = PRECEDENCE if online else (ON_PAPER, ("proxy",))
    return Rule(
        pack,
        version,
        code,
        article,
        "resolution",
        (YES, NO, ABSTAIN),
        _way("participating", "registered", participation),
        _way(YES, "participating", agreement),
        measures=tuple(each.measure for each in participation),
        precedence=precedence,
        proxies=proxies,
    )


def check_marks(marks: Marks, rule: Rule) -> None:
    """What is cast online has to say something. Raises Refused `nothing_chosen`, `bad_choice`."""
    if not marks:
        raise Refused("nothing_chosen", N_("还没有选。请选一项再投。"), field="choice")
    if reading(marks, rule) == "invalid":
        raise Refused(
            "bad_choice", N_("选的不在票上，或者选多了。最多选 {most} 项。"), most=rule.most_marks, field="choice"
        )


Paper = tuple[int, Marks]


def read_papers(text: str, options: Sequence[Mapping[str, str]], *, numbered: bool) -> list[Paper]:
    """What a teller typed: a paper on a line, its number first where papers are numbered, then the marks.

    A mark is the option's place (1, 2, …) or its word; 0 or 空白 is blank, x or 废 cannot be read.
    Raises Refused `bad_line`, `number_twice`.
    """
    found: list[Paper] = []
    seen: set[int] = set()
    words = {one["word"]: one["code"] for one in options}
    words |= {str(place): one["code"] for place, one in enumerate(options, 1)}
    for line_number, line in enumerate((one for one in text.splitlines() if one.strip()), 1):
        parts = re.split(r"[\s,，、:：]+", line.strip())
        number = int(parts.pop(0)) if numbered and parts[0].isdecimal() and len(parts) > 1 else line_number
        marks = _marks(parts, words)
        if marks == ("?",) or (numbered and len(re.split(r"[\s,，、:：]+", line.strip())) < 2):
            raise Refused(
                "bad_line", N_("第 {line} 行看不懂：{text}"), line=line_number, text=line[:40], field="papers"
            )
        if number in seen:
            raise Refused("number_twice", N_("编号 {number} 写了两次。"), number=number, field="papers")
        seen.add(number)
        found.append((number, marks))
    return sorted(found) if numbered else found


def _marks(parts: Sequence[str], words: Mapping[str, str]) -> Marks:
    """("?",) for what is no mark."""
    if len(parts) == 1 and parts[0] in _BLANK:
        return ()
    if len(parts) == 1 and parts[0] in _UNREADABLE:
        return None
    if not parts or any(part not in words for part in parts):
        return ("?",)
    return tuple(words[part] for part in parts)


NUMBERS = ("printed", "issued", "unused", "spoiled", "returned")


def check_box(numbers: Mapping[str, int], papers: int, box: str, origin: str) -> None:
    """The reconciliation sheet of a box. Raises Refused `box_unbalanced`, `papers_not_returned`."""
    if not Box(box, origin, **{name: numbers[name] for name in NUMBERS}).balanced:
        message = N_("票对不上：印 {printed} 张，发出 {issued}，没发 {unused}，作废 {spoiled}，收回 {returned}。")
        raise Refused("box_unbalanced", message, **{name: numbers[name] for name in NUMBERS}, field="printed")
    if papers != numbers["returned"]:
        message = N_("收回 {returned} 张，录了 {papers} 张。请数一数再录。")
        raise Refused("papers_not_returned", message, returned=numbers["returned"], papers=papers, field="papers")


class Difference(NamedTuple):
    """Where two tellers do not agree: the paper's number, and what each of them has (None: not there)."""

    number: int
    first: str | None
    second: str | None


def differences(first: Sequence[Paper], second: Sequence[Paper]) -> list[Difference]:
    """The papers of a box that two people typed differently, by number."""
    one, other = dict(first), dict(second)
    missing: Any = object()
    return [
        Difference(number, _said(one, number), _said(other, number))
        for number in sorted({*one, *other})
        if one.get(number, missing) != other.get(number, missing)
    ]


def _said(papers: Mapping[int, Marks], number: int) -> str | None:
    if number not in papers:
        return None
    marks = papers[number]
    return "x" if marks is None else " ".join(marks)


@dataclass(frozen=True, slots=True)
class Bar:
    """One live bar: how many take part, how many must, of how many; in thousandths for drawing."""

    measure: str
    total: int
    needed: int
    reached: int

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.reached)

    @property
    def filled(self) -> int:
        return min(1000, self.reached * 1000 // self.total) if self.total else 0

    @property
    def line(self) -> int:
        return min(1000, self.needed * 1000 // self.total) if self.total else 0


def bars(verdict: Verdict) -> list[Bar]:
    """What the page draws of a quorum: its easiest way, a bar for each base."""
    if not verdict.alternatives:
        return []
    way: Sequence[Standing] = min(verdict.alternatives, key=lambda each: sum(not one.met for one in each))
    return [Bar(one.threshold.measure, one.base, one.bound, one.reached) for one in way]


def short_receipt(digest: str) -> str:
    """The first twelve signs in threes of four, as people read them aloud."""
    return "-".join(digest[at : at + 4].upper() for at in (0, 4, 8))


def same_receipt(given: str, digest: str) -> bool:
    """Whether the short or the whole receipt is this one's; never for fewer signs than the short one has."""
    plain = re.sub(r"[^0-9a-f]", "", given.lower())
    return len(plain) >= 12 and digest.startswith(plain)
