"""The moves of a project, what each needs, shares and sums of its money, when somebody visits. Pure."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_

READ, PROPOSE, REVIEW = "projects.read", "projects.propose", "projects.review"
APPROVE, RUN = "projects.approve", "projects.run"
LONGEST_NAME, LONGEST_TOLD, LONGEST_NOTE, LONGEST_REASON, LONGEST_THING = 60, 500, 300, 300, 120
LARGEST = 10**14
VISITS = {"week": 7, "month": 30, "quarter": 90}
NO_MONEY = "in_kind"
SHOWN_KEY = re.compile(r"^(guide|gate)\.[A-Za-z0-9._-]{1,64}$")


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed change of state: what it is called, who may, and what has to be there first.

    `reason`: has to be said in words. `own`: whoever proposed it may too. `second`: not by whoever proposed it.
    """

    verb: str
    source: str
    target: str
    permission: str
    word: str
    needs: tuple[str, ...] = ()
    reason: bool = False
    own: bool = False
    second: bool = False


# Every allowed change of state, in the order of the work. Nothing else moves a project.
MOVES: tuple[Move, ...] = (
    Move("review", "proposed", "reviewed", REVIEW, N_("申报书审过了"), ("guide", "gates"), second=True),
    Move("approve", "reviewed", "approved", APPROVE, N_("批准立项"), ("funding", "sponsor", "gates"), second=True),
    Move("start", "approved", "implementing", RUN, N_("动工"), ("gates", "chapters", "chosen")),
    Move("finish", "implementing", "acceptance", RUN, N_("都做完了，请居民验收"), ("milestones", "mended", "gates")),
    Move("rework", "acceptance", "implementing", RUN, N_("返工"), reason=True),
    Move("accept", "acceptance", "closing", RUN, N_("验收通过"), ("taken_over", "acceptance")),
    Move("close", "closing", "closed", APPROVE, N_("账结清，办结"), ("account", "evaluation", "facts", "gates")),
    Move("revisit", "closed", "revisited", RUN, N_("回访过了"), ("day", "facts"), reason=True),
    Move("reject", "proposed", "rejected", REVIEW, N_("不批"), reason=True),
    Move("reject", "reviewed", "rejected", APPROVE, N_("不批"), reason=True),
    Move("withdraw", "proposed", "withdrawn", PROPOSE, N_("撤回申报"), reason=True, own=True),
    Move("withdraw", "reviewed", "withdrawn", PROPOSE, N_("撤回申报"), reason=True, own=True),
    Move("abandon", "approved", "abandoned", APPROVE, N_("停办"), reason=True),
    Move("abandon", "implementing", "abandoned", APPROVE, N_("停办"), reason=True),
)
OVER = ("closed", "revisited", "rejected", "withdrawn", "abandoned")
OPEN_TO_ALL = ("approved", "implementing", "acceptance", "closing", "closed", "revisited", "abandoned")
RUNNING = ("approved", "implementing", "acceptance", "closing")
JUDGED_AT_END, JUDGED_MIDWAY = ("acceptance", "closing"), ("implementing",)
PLANNING = ("proposed", "reviewed")
EVENT_WORDS: dict[str, str] = {
    "proposed": N_("申报"),
    "shown": N_("交材料"),
    "balloted": N_("放上票"),
    "meeting": N_("开会议事"),
    "funding": N_("经费"),
    "works": N_("工程清单"),
    "sponsor": N_("定挂点"),
    "bidding": N_("征集承接单位"),
    "bid": N_("收到申请"),
    "declared": N_("评审说明有没有关系"),
    "scored": N_("评审打分"),
    "chosen": N_("选定承接单位"),
    "milestone": N_("做完一步"),
    "measure": N_("写进一条措施"),
    "visit": N_("挂点走访"),
    "facts": N_("填数"),
    "evaluated": N_("评价"),
    "published": N_("公开"),
    "review": N_("审过"),
    "approve": N_("批准立项"),
    "start": N_("动工"),
    "finish": N_("请居民验收"),
    "rework": N_("返工"),
    "accept": N_("验收通过"),
    "close": N_("办结"),
    "revisit": N_("回访"),
    "reject": N_("没批"),
    "withdraw": N_("撤回"),
    "abandon": N_("停办"),
}


GATE_WORDS: dict[str, str] = {
    "reviewed": N_("审以前要做"),
    "approved": N_("批以前要做"),
    "implementing": N_("动工以前要做"),
    "acceptance": N_("验收以前要做"),
    "closed": N_("办结以前要做"),
}


# What of a project's history everybody reads; material, money lines and posts stand in their own parts.
TOLD_TO_ALL = (
    *("bidding", "chosen", "meeting", "milestone", "visit", "facts", "evaluated", "published"),
    *("approve", "start", "finish", "rework", "accept", "close", "revisit", "abandon"),
)


def moves_from(state: str) -> tuple[Move, ...]:
    return tuple(one for one in MOVES if one.source == state)


def get_move(state: str, verb: str) -> Move:
    """Raises Conflict `move_not_possible`."""
    found = next((one for one in MOVES if one.source == state and one.verb == verb), None)
    if found is None:
        raise Conflict("move_not_possible", N_("项目现在不在这一步。请刷新看看。"))
    return found


def check_line(text: str, most: int, field: str) -> str:
    """A line that has to be there. Raises Refused `line_missing`, `line_too_long`."""
    plain = " ".join(text.split())
    if not plain:
        raise Refused("line_missing", N_("这里还没写。写一句就行，不写人名。"), field=field)
    if len(plain) > most:
        raise Refused("line_too_long", N_("最多写 {most} 个字。"), most=most, field=field)
    return plain


def check_reason(reason: str) -> str:
    """Raises Refused `reason_missing`."""
    plain = " ".join(reason.split())
    if len(plain) < 4:
        raise Refused("reason_missing", N_("请写明为什么，至少 4 个字。"), field="reason")
    return plain[:LONGEST_REASON]


# --- the guide, the gates, the numbers -----------------------------------------------------------------------------


def check_shown(accepts: Collection[str], reference: str, words: str) -> None:
    """Words will do where no kind of reference is named. Raises Refused `shown_missing`, `shown_of_another_kind`."""
    kind = reference.partition(":")[0]
    if reference and accepts and kind not in accepts:
        message = N_("这一项要的是另一种编号。能用的：{kinds}。")
        raise Refused("shown_of_another_kind", message, kinds="、".join(accepts), field="reference")
    if not reference and not words:
        raise Refused("shown_missing", N_("请填编号，或者写一句。"), field="reference")


def missing(wanted: Iterable[tuple[str, str]], shown: Mapping[str, object]) -> list[str]:
    """The names of those, (key, name), of which nothing is shown."""
    return [name for key, name in wanted if key not in shown]


def check_none_missing(names: Sequence[str], code: str, message: str) -> None:
    """Raises Conflict `code` with the names."""
    if names:
        raise Conflict(code, message, missing="、".join(names))


def read_number(text: str, name: str, field: str) -> int:
    """A whole number, not below zero. Raises Refused `number_wrong`."""
    plain = text.strip().replace(",", "").replace("，", "")
    if not plain.isdecimal() or len(plain) > 9:
        raise Refused("number_wrong", N_("“{name}”请写一个整数，比如 262。"), name=name, field=field)
    return int(plain)


# --- money -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Money:
    """A line of money as the rules see it; `fund` is the number of the books it is paid from, "" outside."""

    kind: str
    amount: int
    paid: int = 0
    fund: str = ""
    body: int | None = None
    name: str = ""


def check_amount(amount: int | None, thing: str, kind: str) -> None:
    """Money has an amount, a thing has words. Raises Refused `thing_missing`, `amount_wrong`."""
    if kind == NO_MONEY:
        if not thing:
            raise Refused("thing_missing", N_("出物、出力的，写清是什么、多少。"), field="thing")
        if amount is not None:
            raise Refused("amount_wrong", N_("出物、出力的不写金额。"), field="amount")
    elif amount is None or not 0 < amount <= LARGEST:
        raise Refused("amount_wrong", N_("金额要大于 0。"), field="amount")


def check_most(lines: Iterable[Money], kind: str, most: int, told: str) -> None:
    """All of a kind together, within the cap. Raises Refused `over_the_most`."""
    total = sum(one.amount for one in lines if one.kind == kind)
    if most and total > most:
        raise Refused("over_the_most", N_("这一种最多 {most} 元。请改小，或者换一种来源。"), most=told, field="amount")


def own_short(lines: Sequence[Money], share: Fraction) -> int:
    """How much own money is missing beside a reward; 0 where it is enough (以上 includes the share)."""
    own = sum(one.amount for one in lines if one.kind == "own")
    given = sum(one.amount for one in lines if one.kind == "reward")
    if not given or own >= share * (own + given):
        return 0
    wanted = share * given / (1 - share)
    return -(-wanted.numerator // wanted.denominator) - own


def givers(lines: Iterable[Money]) -> int:
    """How many different bodies put something in."""
    return len({one.body for one in lines if one.body is not None})


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a project's lines and a fund's entries are not the same, in fen."""

    fund: str
    lines: int
    entries: int

    @property
    def by(self) -> int:
        return self.lines - self.entries


def differences(lines: Iterable[Money], entries: Mapping[str, int]) -> list[Difference]:
    """By fund: what the lines say was paid against what the entries about the project come to."""
    said: dict[str, int] = {}
    for one in lines:
        if one.fund:
            said[one.fund] = said.get(one.fund, 0) + one.paid
    found = [Difference(fund, said.get(fund, 0), entries.get(fund, 0)) for fund in sorted({*said, *entries})]
    return [one for one in found if one.by]


# --- acceptance --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Voices:
    """What residents said in this round."""

    satisfied: int
    unsatisfied: int

    @property
    def all(self) -> int:
        return self.satisfied + self.unsatisfied

    def lacks(self, residents: int) -> int:
        return max(residents - self.all, 0)

    def enough(self, residents: int, share: Fraction | None) -> bool:
        """At least so many, and at least that share of them (以上 includes it)."""
        if share is None or not residents:
            return True
        return self.all >= residents and self.satisfied >= share * self.all


def check_voices(voices: Voices, residents: int, share: Fraction | None) -> None:
    """Raises Conflict `voices_missing`, `not_satisfied`."""
    if lacks := voices.lacks(residents):
        raise Conflict("voices_missing", N_("还差 {lacks} 位居民验收。请在公开页上请大家看看。"), lacks=lacks)
    if not voices.enough(residents, share):
        message = N_("{all} 位里 {satisfied} 位满意，没到要求。请看大家说的原因，返工再验。")
        raise Conflict("not_satisfied", message, all=voices.all, satisfied=voices.satisfied)


# --- days ---------------------------------------------------------------------------------------------------------


def visit_spans(every: str, since: dt.date, until: dt.date) -> list[dt.date]:
    """The first day of each visiting period that has begun: counted from the day of the sponsor, the oldest first."""
    step = dt.timedelta(days=VISITS[every])
    count = max((until - since).days // step.days + 1, 0)
    return [since + step * n for n in range(count)]


def next_visit(every: str, since: dt.date, last: dt.date | None) -> dt.date:
    """Until when somebody has to go there again."""
    return (last or since) + dt.timedelta(days=VISITS[every])


def check_revisit(today: dt.date, revisit_on: dt.date) -> None:
    """Raises Conflict `revisit_too_early`."""
    if today < revisit_on:
        raise Conflict("revisit_too_early", N_("{day} 以后再回访，才看得出管不管用。"), day=revisit_on.isoformat())
