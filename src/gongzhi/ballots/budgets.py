"""Ballots of money: the terms of a participatory budget, what a paper says under them, what the engine makes of it.

The papers lie where those of every secret vote lie. The terms (budget, proposals, form of ballot, counting rule, order
of the equal) are frozen with the vote; their digest is the code of its rule, so that it stands in the sealed record.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gongzhi.ballots import queries, rules
from gongzhi.ballots.grounds import Ground
from gongzhi.ballots.models import Vote
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.engines import records
from gongzhi.engines.budgeting.elections import BallotType, Election, Project
from gongzhi.engines.budgeting.elections import Marks as Points
from gongzhi.engines.budgeting.outcomes import Outcome
from gongzhi.engines.budgeting.rules import BudgetRule, Name
from gongzhi.engines.budgeting.tallies import tally
from gongzhi.engines.thresholds import Requirement
from gongzhi.engines.voting.ballots import Marks, reading
from gongzhi.engines.voting.rules import Rule, Ties
from gongzhi.packs import queries as packs
from gongzhi.packs.laws import InForce, region_of

LAW = "cn.budgeting"
FORM_WORDS: dict[str, Any] = {
    "approval": N_("想要的都打勾"),
    "choose-1": N_("只选一个"),
    "cumulative": N_("把分数分给想要的"),
    "ordinal": N_("排出先后"),
}
WAY_WORDS: dict[str, Any] = {
    "equal-shares": N_("等额份额：每人名下一样多的钱，只付自己投的"),
    "greedy": N_("得票多的先选，放不下的看下一个"),
    "greedy-no-skip": N_("得票多的先选，遇到放不下的就停"),
    "greedy-threshold": N_("得票到了门槛的，多的先选"),
    "phragmen": N_("轮流照顾：大家的钱一样快地涨，够了就付"),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What stands on the paper under a number: what it is, its cost in yuan, which project it is of, if any."""

    code: str
    name: str
    cost: int
    about: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is published before anybody votes. `most`: marks or places on a paper; `points`: to be given in all."""

    budget: int
    form: BallotType
    most: int
    points: int
    threshold: int
    fewest: int
    rule: BudgetRule
    proposals: tuple[Proposal, ...]
    illustrative: bool = True

    def to_params(self) -> dict[str, Any]:
        return {
            **{key: getattr(self, key) for key in _PLAIN},
            "rule": self.rule.to_params(),
            "proposals": [
                {"code": one.code, "name": one.name, "cost": one.cost, "about": one.about, "ref": one.ref}
                for one in self.proposals
            ],
        }

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Terms":
        """From plain JSON. Raises KeyError, TypeError, ValueError for what no terms are."""
        said = params["rule"]
        how = {key: said[key] for key in ("name", "utility", "completion", "stop", "step")}
        rule = BudgetRule(**how, order=tuple(said["order"]))
        proposals = tuple(Proposal(**one) for one in params["proposals"])
        return cls(**{key: params[key] for key in _PLAIN}, rule=rule, proposals=proposals)

    @property
    def digest(self) -> str:
        return records.digest(self.to_params())


_PLAIN = ("budget", "form", "most", "points", "threshold", "fewest", "illustrative")


def law_of(path: str, on: dt.date) -> InForce:
    """Raises NotFound `no_pack_in_force`."""
    return packs.law_at(LAW, region=region_of(path), on=on)


def is_budget(vote: Vote) -> bool:
    return "budget" in vote.basis


def terms_of(vote: Vote) -> Terms:
    return Terms.from_params(vote.basis["budget"])


# --- before the vote ----------------------------------------------------------------------------------------------


def terms_for(
    path: str, on: dt.date, *, budget: int, form: str, way: str, proposals: Sequence[Proposal]
) -> tuple[Terms, InForce]:
    """The terms under the text in force at the place.

    Raises NotFound as `law_of`, Refused `bad_form`, `bad_way`, `bad_budget`, `too_few_proposals`, `cost_too_low`,
    `cost_over_budget`.
    """
    law = law_of(path, on)
    ballot, count, least = law.rule("ballot").params, law.rule("count").params, law.rule("proposal").params
    if form not in FORM_WORDS or form not in ballot["forms"]:
        raise Refused("bad_form", N_("请选票怎么写。"), field="form")
    if way not in WAY_WORDS or way not in count["ways"]:
        raise Refused("bad_way", N_("请选怎么算。"), field="way")
    check_proposals(proposals, budget, int(least["minimum_yuan"]))
    order = tuple(one.code for one in proposals)
    rule = BudgetRule(cast("Name", way), count["utility"], order=order)
    if way == "equal-shares":
        more = {key: count[key] for key in ("utility", "completion", "stop", "step")}
        rule = BudgetRule("equal-shares", **more, order=order)
    most = 1 if form == "choose-1" else len(proposals) if form == "cumulative" else min(ballot["most"], len(proposals))
    terms = Terms(
        budget, cast("BallotType", form), most, int(ballot["points"]) if form == "cumulative" else 0,
        int(count["threshold"]) if way == "greedy-threshold" else 0, int(law.rule("privacy").params["fewest"]), rule,
        tuple(proposals), any(cite.illustrative for one in law.rules.values() for cite in one.cites),
    )  # fmt: skip
    return terms, law


def check_proposals(proposals: Sequence[Proposal], budget: int, minimum: int) -> None:
    """Raises Refused `bad_budget`, `too_few_proposals`, `cost_too_low`, `cost_over_budget`."""
    if budget < 1:
        raise Refused("bad_budget", N_("请写一共有多少钱，整元。"), field="budget")
    if len(proposals) < 2:
        raise Refused("too_few_proposals", N_("至少要有两个项目，才用得着投。"), field="proposals")
    for one in proposals:
        if one.cost < minimum:
            message = N_("“{name}”写了 {cost} 元，一个项目最少 {least} 元。")
            raise Refused("cost_too_low", message, name=one.name, cost=one.cost, least=minimum, field="proposals")
        if one.cost > budget:
            message = N_("“{name}”要 {cost} 元，比一共的 {budget} 元还多，选不上。请改小，或者不放上去。")
            raise Refused("cost_over_budget", message, name=one.name, cost=one.cost, budget=budget, field="proposals")


def ground_of(terms: Terms, law: InForce, *, online: bool, effect: str = "advisory") -> Ground:
    """The secret vote that these terms are put to: every proposal is counted, the money is given out afterwards."""
    cite, options = law.rule("ballot").cites[-1], marks_on(terms)
    ordinal = terms.form == "ordinal"
    rule = Rule(
        law.name,
        cite.version,
        f"budget.{terms.digest}",
        " ".join(filter(None, [cite.source, cite.article])),
        "ranking" if ordinal else "approval",
        options,
        Requirement(),
        Requirement(),
        seats=len(options),
        most_marks=terms.most,
        points=tuple(range(terms.most, 0, -1)) if ordinal else (),
        secret=True,
        precedence=rules.PRECEDENCE if online else (rules.ON_PAPER,),
        ties=Ties("order", options),
    )
    basis = {"budget": terms.to_params(), "law": law.record("ballot", {}, {}), "count": law.record("count", {}, {})}
    return Ground(rule, basis, effect)


def marks_on(terms: Terms) -> tuple[str, ...]:
    """What may be marked: a proposal, or a proposal with its points ("3=2")."""
    codes = [one.code for one in terms.proposals]
    if terms.form != "cumulative":
        return tuple(codes)
    return tuple(f"{code}={points}" for code in codes for points in range(1, terms.points + 1))


def typed(vote: Vote) -> list[dict[str, str]]:
    """What a teller may type, as `rules.read_papers` reads it: places first; then, where points are given, 3=2."""
    if not is_budget(vote):
        return list(vote.options)
    terms = terms_of(vote)
    more = marks_on(terms) if terms.form == "cumulative" else ()
    return [*vote.options, *({"code": mark, "word": mark, "note": ""} for mark in more)]


# --- a paper ------------------------------------------------------------------------------------------------------


def points_on(marks: Marks, terms: Terms) -> Points | None:
    """What a paper gives to which proposal, as the engine counts it; None for one that says nothing valid."""
    if not marks:
        return None
    if terms.form == "cumulative":
        given = [(code, int(points)) for code, _, points in (mark.partition("=") for mark in marks)]
        twice = len({code for code, _ in given}) < len(given)
        return None if twice or sum(points for _, points in given) > terms.points else tuple(sorted(given))
    if terms.form == "ordinal":
        return tuple(sorted((code, terms.most - place) for place, code in enumerate(marks)))
    return tuple(sorted((code, 1) for code in marks))


def check_marks(vote: Vote, marks: Sequence[str]) -> None:
    """What is cast online keeps to the points that there are. Raises Refused `too_many_points`, and `bad_choice`."""
    terms = terms_of(vote)
    if points_on(tuple(marks), terms) is None:
        raise Refused("too_many_points", N_("一共最多给 {n} 分，请改少一点。"), n=terms.points, field="choice")


# --- the count ----------------------------------------------------------------------------------------------------


def election_of(vote: Vote, papers: Iterable[Marks]) -> Election:
    """Papers as an election. Blank and invalid ones are empty ballots: nobody pays for anything with them."""
    terms, rule = terms_of(vote), queries.rule_of(vote)
    found: Counter[Points] = Counter()
    for marks in papers:
        said = points_on(marks, terms) if reading(marks, rule) == "valid" else None
        found[said or ()] += 1
    described = {"description": vote.title, "unit": vote.roll.place.code, "currency": "CNY", "rule": terms.rule.name}
    if terms.form == "ordinal":
        described["max_length"] = str(terms.most)
    projects = tuple(Project(one.code, one.cost, one.name) for one in terms.proposals)
    return Election(projects, dict(found), terms.budget, terms.form, terms.threshold, described)


def outcome_of(vote: Vote) -> Outcome:
    """Worked out from the papers. Raises Conflict `papers_are_shut` before the close."""
    return tally(election_of(vote, queries.sorted_papers(vote)), terms_of(vote).rule)


def published_papers(vote: Vote) -> Election:
    """The anonymous papers, as they may be downloaded.

    Raises NotFound `no_record`, Conflict `too_few_papers`: a handful of papers would say who wrote them.
    """
    if not is_budget(vote) or vote.status != "counted":
        raise NotFound("no_record", N_("还没有记录。公布结果以后才有。"))
    election = election_of(vote, queries.sorted_papers(vote))
    check_enough(vote, election.voters)
    return election


def check_enough(vote: Vote, papers: int) -> None:
    """Before papers leave one by one, by whatever door. Raises Conflict `too_few_papers`."""
    if papers < (fewest := terms_of(vote).fewest):
        message = N_("投票的少于 {n} 人，一张一张的票不公开，免得认出是谁。结果在页面上。")
        raise Conflict("too_few_papers", message, n=fewest)


def open_record(vote: Vote) -> records.Record:
    """The record as it may leave the house, with every paper in it.

    Raises Conflict `papers_are_shut`, `too_few_papers`.
    """
    if is_budget(vote):
        check_enough(vote, len(queries.sorted_papers(vote)))
    return queries.record_of(vote)
