"""Votes as pages show them: states, bars, amounts and outcomes in words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.ballots import queries, roll_queries, rules
from gongzhi.ballots.models import Roll, RollEntry, Vote
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.duties.registry import Shown, evidence
from gongzhi.engines.thresholds import Verdict
from gongzhi.people import vault

TONES = {"nominating": "now", "draft": "wait", "open": "now", "counting": "now", "counted": "done", "cancelled": "wait"}
ICONS = {
    "nominating": "user",
    "draft": "pencil",
    "open": "clock",
    "counting": "list-check",
    "counted": "circle-check",
    "cancelled": "x",
}
BASES = {"registered": N_("登记参加的人"), "participating": N_("参加投票的人"), "cast": N_("投出的票")}
GOOD = ("passed", "elected")


def of_people(vote: Vote) -> bool:
    """Elections and reviews count people; everything else counts homes."""
    if "budget" in vote.basis:
        return vote.roll.kind not in ("owners", "households")
    return "election" in vote.basis or "review" in vote.basis


def outcome_word(vote: Vote) -> str:
    """A review elects nobody: what follows from its counts stands in its procedure."""
    if "budget" in vote.basis:
        return _("结果算好了")
    return _(rules.REVIEWED) if "review" in vote.basis else _(rules.OUTCOME_WORDS[vote.outcome])


def word_of(measure: str, people: bool = False) -> str:
    return _("人数") if people and measure == "heads" else _(rules.MEASURE_WORDS[measure])


def amount(measure: str, number: int, people: bool = False) -> str:
    """How much of a measure, for people: 户 and 人, ㎡ from square decimetres without losing one."""
    if measure != "area":
        return _("{n} 人").format(n=f"{number:,}") if people else _("{n} 户").format(n=f"{number:,}")
    whole, rest = divmod(number, 100)
    decimals = f".{rest:02d}" if rest else ""
    return f"{whole:,}{decimals} ㎡"


@dataclass(frozen=True, slots=True)
class ShownBar:
    """A live bar in words, with its drawing in thousandths."""

    word: str
    total: str
    needed: str
    reached: str
    missing: str
    filled: int
    line: int


def _shown(bar: rules.Bar, people: bool) -> ShownBar:
    return ShownBar(
        word_of(bar.measure, people),
        amount(bar.measure, bar.total, people),
        amount(bar.measure, bar.needed, people),
        amount(bar.measure, bar.reached, people),
        amount(bar.measure, bar.missing, people) if bar.missing else "",
        bar.filled,
        bar.line,
    )


def bars(verdict: Verdict, people: bool = False) -> list[ShownBar]:
    return [_shown(one, people) for one in rules.bars(verdict)]


def needed(verdict: Verdict) -> list[str]:
    """What a share takes on every base, in amounts."""
    return [f"{_(rules.MEASURE_WORDS[one.measure])} {amount(one.measure, one.needed)}" for one in rules.bars(verdict)]


def result_bars(part: Mapping[str, Any] | None, people: bool = False) -> list[ShownBar]:
    """The thresholds of a result as bars: of which base, how much it took, how much there was."""
    found = []
    for way in part["alternatives"][:1] if part else []:
        for one in way:
            found.append(_shown(rules.Bar(one["measure"], one["base"], one["bound"], one["reached"]), people))
    return found


def row(vote: Vote) -> dict[str, Any]:
    """A vote with its state."""
    word, tone, icon = _(rules.STATUS_WORDS[vote.status]), TONES[vote.status], ICONS[vote.status]
    if vote.status == "counted":
        word = outcome_word(vote)
        good = vote.outcome in GOOD or "budget" in vote.basis
        tone, icon = ("done", "circle-check") if good else ("wait", "circle-x")
    return {"vote": vote, "word": word, "tone": tone, "icon": icon}


def shares(needs: list[list[Mapping[str, Any]]], people: bool = False) -> list[str]:
    """What a rule asks for in words: 户数的 2/3 以上."""
    found = []
    for way in needs:
        for one in way:
            word = _(BASES[one["of"]]) if people else word_of(one["measure"])
            if one["inclusive"]:
                found.append(_("{word}的 {share} 以上").format(word=word, share=one["share"]))
            else:
                found.append(_("超过{word}的 {share}").format(word=word, share=one["share"]))
    return found


def choices(vote: Vote) -> list[dict[str, Any]]:
    """What each option got, on every base; nothing where there was no quorum."""
    result = vote.result or {}
    if "budget" in vote.basis:
        return spent_choices(vote)
    amounts = result.get("amounts", {})
    seats = result.get("seats") or {}
    support = {one["option"]: one["support"] for one in seats.get("candidates", [])}
    elected = [] if "review" in vote.basis else seats.get("elected", [])
    found = []
    for option in vote.options:
        got = amounts.get(option["code"], support.get(option["code"]))
        if got is not None:
            words = [amount(measure, got[measure], of_people(vote)) for measure in vote.rule["measures"]]
            found.append({"word": _(option["word"]), "got": words, "elected": option["code"] in elected})
    return found


def spent_choices(vote: Vote) -> list[dict[str, Any]]:
    """Of a vote on money: what each proposal got, and whether it was taken."""
    trace = (vote.result or {})["budget"]["trace"]
    words = {one["code"]: one["word"] for one in vote.options}
    return [
        {"word": words[one["project"]], "got": [_("得票 {n}").format(n=one["score"])], "elected": "why" not in one}
        for one in (*trace["rounds"], *trace["lost"])
    ]


def standings(part: Mapping[str, Any] | None, people: bool = False) -> list[dict[str, Any]]:
    """How each threshold of a result came out: base, what it needed, what there was."""
    if not part:
        return []
    return [
        {
            "word": word_of(one["measure"], people),
            "base": amount(one["measure"], one["base"], people),
            "bound": amount(one["measure"], one["bound"], people),
            "reached": amount(one["measure"], one["reached"], people),
            "missing": amount(one["measure"], one["missing"], people),
            "share": one["share"],
            "met": one["met"],
        }
        for way in part["alternatives"]
        for one in way
    ]


def seat_lines(vote: Vote) -> list[str]:
    """What a seat took, who is equal, who stands in the next round: the words of an election's result."""
    seats = (vote.result or {}).get("seats")
    if not seats or "review" in vote.basis or "budget" in vote.basis:
        return []
    names = {one["code"]: one["word"] for one in vote.options}
    found = []
    for one in [way for way in seats["candidates"][0]["majority"]["alternatives"][:1] if seats["candidates"]][:1]:
        said = one[0]
        whole = _("投出的票") if said["of"] == "cast" else _("参加投票的")
        facts = {"whole": whole, "base": f"{said['base']:,}", "share": said["share"], "bound": said["bound"]}
        if said["inclusive"]:
            found.append(_("{whole} {base}，{share} 以上才当选：至少 {bound} 票。").format(**facts))
        else:
            found.append(_("{whole} {base}，超过 {share} 才当选：至少 {bound} 票。").format(**facts))
    if seats["tied"]:
        tied = "、".join(names[code] for code in seats["tied"])
        found.append(_("票数相等：{tied}，争 {left} 个名额。").format(tied=tied, left=seats["left"]))
    elif seats["left"]:
        left = _("还有 {left} 个名额没选出来。").format(left=seats["left"])
        runoff = "、".join(names[code] for code in seats["runoff"])
        found.append(left + (_("另行选举的候选人：{runoff}。").format(runoff=runoff) if runoff else ""))
    if seats["settled_by"] == "lot":
        found.append(_("票数相等的，当众抽签定。"))
    return found


def working(result: Mapping[str, Any]) -> list[str]:
    """How a result was worked out, a sentence for each threshold on each base."""
    came = _("参加：{word}共 {base}，按 {share} 要 {bound}，参加了 {reached}")
    agree = _("同意：参加的{word} {base}，按 {share} 要 {bound}，同意的 {reached}")
    lines = []
    for sentence, part in ((came, result["quorum"]), (agree, result["majority"])):
        for one in standings(part):
            said = sentence.format(**{name: one[name] for name in ("word", "base", "share", "bound", "reached")})
            less = _("，还差 {n}").format(n=one["missing"]) if not one["met"] else ""
            lines.append(f"{said}{less}{_('。')}")
    return lines


def named(actor: Actor, vote: Vote, entries: Sequence[RollEntry], at: dt.datetime) -> list[tuple[RollEntry, list[str]]]:
    """Entries of a vote's roll with who stands there."""
    return named_on(actor, vote.roll, entries, at)


def named_on(
    actor: Actor, roll: Roll, entries: Sequence[RollEntry], at: dt.datetime
) -> list[tuple[RollEntry, list[str]]]:
    """Entries with who stands there: family names, or whole names where the law has the roll published so, and for
    the board while people still register."""
    people = [one.person_id for entry in entries for one in entry.electors.all() if one.person_id]
    board = roll.published_at is None and roll.kind in rules.REGISTERED and roll_queries.may_hold(actor, roll)
    if board or roll_queries.names_are_public(roll):
        names = vault.reveal(by=actor, at=at, person_ids=people, fields=["name"], purpose="roll")
    else:
        names = vault.shown_to(actor, people)
    found = []
    for entry in entries:
        bodies = [one.organization.name for one in entry.electors.all() if one.organization]
        persons = [names.get(one.person_id, {}).get("name", "") for one in entry.electors.all() if one.person_id]
        found.append((entry, [*bodies, *filter(None, persons)]))
    return found


@evidence("vote")
def shown_vote(actor: Actor, identifier: str) -> Shown | None:
    """A vote as what a duty or a public item refers to."""
    try:
        vote = queries.get_vote_for(actor, identifier)
    except NotFound:
        return None
    return Shown(vote.title, reverse("vote", args=[vote.number]))
