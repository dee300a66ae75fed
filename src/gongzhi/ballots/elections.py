"""By what an election is decided: its rule from the law of its roll, the next round, its figures for a procedure."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from gongzhi.ballots import rules
from gongzhi.ballots.electorates import after, law_of, rule_of
from gongzhi.ballots.models import CastMark, Roll, Vote
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.engines.thresholds import Requirement, Threshold
from gongzhi.engines.voting.rules import SUPPORT, Proxies, Rule, Ties
from gongzhi.packs.laws import Applied
from gongzhi.people import vault

METHODS = {
    "approval": N_("最多选到名额那么多位"),
    "choose": N_("只选一位"),
    "ranking": N_("排出次序"),
}
FIRST, SECOND, RUNOFF = "first", "second", "runoff"
ROUND_WORDS = {FIRST: N_("第一次投票"), SECOND: N_("另行选举"), RUNOFF: N_("票数相等，再投一次")}
KIND_WORDS = {
    "review": N_("分四个等次的评议票"),
    "election": N_("选人的票"),
    "resolution": N_("同意、反对、弃权的表决"),
}
# Where no law says how a choice among people is counted: the most votes; it binds nobody.
FREE = N_("没有法律规定怎么算：得票多的当选，结果供参考")


def check_method(method: str, roll: Roll, seats: int) -> None:
    """Raises Refused `bad_method`, `bad_seats`, `method_not_lawful`."""
    if method not in METHODS:
        raise Refused("bad_method", N_("请选怎么投。"), field="method")
    if seats < 1:
        raise Refused("bad_seats", N_("请填要选几位。"), field="seats")
    if roll.law and method == "ranking":
        message = N_("法律按得票过半数当选，不能排次序。请选别的投法。")
        raise Refused("method_not_lawful", message, field="method")


def basis_of(roll: Roll, on: dt.date) -> dict[str, Any]:
    """What the law says of this election: its rules with texts and values, by what they are for."""
    if not roll.law:
        return {}
    found: dict[str, Any] = {}
    named = {
        "valid": ("election.valid", "voted"),
        "households": ("election.valid", "households"),
        "elected": ("election.elected", "votes"),
        "second": ("election.second", "votes"),
        "proxy": ("election.proxy", "written"),
        "tie": ("election.tie", "by"),
    }
    for name, (code, key) in named.items():
        laws = [roll.law] if name in ("valid", "households", "tie", "proxy") else after(roll.law)
        if (said := rule_of(laws, code, key, roll.path, on)) is not None:
            rule, example = said
            found[name] = {**_kept(rule, key), "example": example}
    found["candidates"] = _kept(law_of(roll.law, roll.path, on).rule("election.candidates"), "more_than_seats")
    return found


def _kept(rule: Applied, key: str) -> dict[str, Any]:
    cite = rule.cites[-1]
    kept = {"value": rule.params[key], "pack": cite.pack, "version": cite.version, "confidence": rule.confidence}
    return {**kept, "article": f"{cite.source}{cite.article}", "most": rule.params.get("most")}


def article_of(election: Mapping[str, Any], name: str) -> str:
    return str(election.get("law", {}).get(name, {}).get("article", ""))


def _threshold(said: Mapping[str, Any], counts: str, of: str) -> Requirement:
    share = said["value"]
    one = Threshold.from_params(
        {"counts": counts, "measure": "heads", "share": share["share"], "inclusive": share["inclusive"], "of": of}
    )
    return Requirement(((one,),))


def rule_for(election: Mapping[str, Any], options: Sequence[str]) -> Rule:
    """The engine's rule. `election`: {seats, method, online, round, law}, as `Vote.basis` keeps it.

    Raises Refused `not_contested`.
    """
    law, seats, kind = election["law"], election["seats"], election["round"]
    articles = [article_of(election, name) for name in _used(law, kind)]
    if law:
        rules.check_contested(len(options), seats, article_of(election, "candidates"))
    valid = law.get("valid") or law.get("households")
    proxy = law.get("proxy")
    marks = {"approval": seats, "choose": 1, "ranking": len(options)}[election["method"]]
    return Rule(
        valid["pack"] if valid else "choice",
        valid["version"] if valid else "1",
        f"election.{kind}",
        "；".join(dict.fromkeys(filter(None, articles))) or FREE,
        "ranking" if election["method"] == "ranking" else "approval",
        tuple(options),
        _threshold(valid, "cast", "registered") if valid else Requirement(),
        _majority(law, kind),
        seats=seats,
        most_marks=marks,
        points=tuple(range(marks, 0, -1)) if election["method"] == "ranking" else (),
        contested=bool(law),
        secret=True,
        precedence=(rules.ON_PAPER, ("online",)) if election["online"] else (rules.ON_PAPER,),
        proxies=Proxies(proxy["most"], holder_on_roll=True) if proxy else None,
        ties=Ties(law["tie"]["value"]) if law.get("tie") else Ties(),
        runoff_extra=1 if kind == FIRST and law else None,
    )


def _used(law: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    valid = "valid" if "valid" in law else "households"
    return {FIRST: (valid, "elected"), SECOND: (valid, "second"), RUNOFF: (valid,)}[kind]


def _majority(law: Mapping[str, Any], kind: str) -> Requirement:
    """More than half of those who took part; in the second round a third of the ballots cast; among equals the most."""
    if kind == FIRST and "elected" in law:
        return _threshold(law["elected"], SUPPORT, "participating")
    if kind == SECOND and "second" in law:
        return _threshold(law["second"], SUPPORT, "cast")
    return Requirement()


def next_of(vote: Vote) -> tuple[str, list[str], int]:
    """Which round comes after a counted one, among whom, for how many seats.

    Raises Conflict `no_next_round`: nothing is left over, the election was void, or the law knows no third round.
    """
    election, result = vote.basis.get("election"), vote.result or {}
    seats = result.get("seats") or {}
    if election is None or vote.status != "counted":
        raise Conflict("no_next_round", N_("还没有公布结果，没有下一轮。"))
    if vote.outcome == "tied":
        return RUNOFF, list(seats["tied"]), int(seats["left"])
    if vote.outcome == "incomplete" and seats["runoff"]:
        return SECOND, list(seats["runoff"]), int(seats["left"])
    if vote.outcome == "no_quorum" and election["round"] != FIRST:
        return election["round"], [one["code"] for one in vote.options], int(election["seats"])
    if vote.outcome == "no_quorum":
        raise Conflict("no_next_round", N_("投票的人不过半，这次选举不算数。请重新办一次选举。"))
    if vote.outcome == "incomplete":
        raise Conflict("no_next_round", N_("没选满的名额空着，以后补选。"))
    raise Conflict("no_next_round", N_("选满了，不用再选。"))


def kind_of(vote: Vote) -> str:
    """What its papers ask: a grade, whom, or yes and no."""
    return next((kind for kind in ("review", "election") if kind in vote.basis), "resolution")


def figures_of(vote: Vote) -> dict[str, dict[str, int]]:
    """A counted vote as the amounts that a procedure asks for; an election adds its seats and papers, in heads.

    Without enough voters nobody's votes are said: nobody is elected. A review adds its grades, and who took a paper.
    """
    amounts: dict[str, dict[str, int]] = dict((vote.result or {}).get("amounts", {}))
    if vote.rule["method"] == "resolution":
        return amounts
    nobody = {"candidates": [], "elected": [], "tied": [], "left": vote.rule["seats"]}
    seats = (vote.result or {}).get("seats") or nobody
    got = {one["option"]: one["support"].get("heads", 0) for one in seats["candidates"]}
    returned = amounts["cast"]["heads"]
    issued = CastMark.objects.filter(vote=vote).count() if vote.secret else returned
    if "review" in vote.basis:
        return {**amounts, **{name: {"heads": n} for name, n in {**got, "present": issued}.items()}}
    found = {
        "seats": len(seats["elected"]) + seats["left"],
        "elected": len(seats["elected"]),
        "tied": len(seats["tied"]),
        "support": min((got[option] for option in seats["elected"]), default=0),
        "candidates": len(vote.options),
        "issued": issued,
        "returned": returned,
        "unreturned": issued - returned,
    }
    return {**amounts, **{name: {"heads": n} for name, n in found.items()}}


def with_names(by: Actor, at: dt.datetime, vote: Vote) -> Vote:
    """The same vote with its candidates' names in the words of its options; nothing is stored.

    Candidates are published by law (村组法 15); their names stay in the vault, and reading them is logged.
    """
    people = [one["person"] for one in vote.options if one.get("person")]
    if not people:
        return vote
    ids = [uuid.UUID(one) for one in people]
    names = vault.reveal(by=by, at=at, person_ids=ids, fields=["name"], purpose="candidates")
    known = {str(person): values.get("name", "") for person, values in names.items()}
    vote.options = [{**one, "word": known.get(one.get("person", ""), "") or one["word"]} for one in vote.options]
    return vote
