"""The result of a vote on money in words: what won with how many votes, what was missing, what is left, ties."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.ballots import budgets
from gongzhi.ballots.models import Vote


def number(value: Any) -> str:
    """As people read it: at most two decimals; what is not short is cut, and says so."""
    exact = Fraction(str(value))
    if exact.denominator == 1:
        return f"{exact.numerator:,}"
    cut = Fraction(int(exact * 100), 100)
    return f"{'' if cut == exact else '≈ '}{float(cut):,.2f}"


def yuan(value: Any) -> str:
    return _("{amount} 元").format(amount=number(value))


def rule_lines(terms: budgets.Terms) -> list[str]:
    """The terms as they are published before the vote."""
    found = [_("一共 {amount}。").format(amount=yuan(terms.budget)), f"{how(terms)}{_('。')}"]
    found.append(_("怎么算：{way}。").format(way=_(budgets.WAY_WORDS[terms.rule.name])))
    if terms.rule.completion != "none":
        found.append(_("剩的钱：给每人一点一点多加，重新算，加到放不下为止；还放得下的，按得票补。"))
    if terms.threshold:
        found.append(_("得票不到 {n} 的不算。").format(n=terms.threshold))
    return [*found, _("完全相等的：先选花费少的，再选得票多的，再照票上的次序。")]


def terms_shown(vote: Vote) -> dict[str, Any]:
    """What the page of a vote says of its terms, and how its paper looks."""
    terms = budgets.terms_of(vote)
    return {
        "lines": rule_lines(terms),
        "how": how(terms),
        "budget": yuan(terms.budget),
        "numbers": terms.form in ("cumulative", "ordinal"),
        "single": terms.form == "choose-1",
        "illustrative": terms.illustrative,
    }


def paper_shown(vote: Vote) -> dict[str, Any]:
    """How a printed paper is filled in and typed; nothing for any other vote."""
    if not budgets.is_budget(vote):
        return {}
    terms = budgets.terms_of(vote)
    numbered = terms.form in ("cumulative", "ordinal")
    return {"how": how(terms), "numbered": numbered, "points": terms.form == "cumulative"}


def how(terms: budgets.Terms) -> str:
    """How the paper is filled in."""
    if terms.form == "choose-1":
        return _("只选一个")
    if terms.form == "approval":
        return _("最多打 {n} 个勾").format(n=terms.most)
    if terms.form == "ordinal":
        return _("写 1、2、3……，1 是最想要的，最多写到 {n}").format(n=terms.most)
    return _("给想要的写上分数，一共最多 {n} 分").format(n=terms.points)


def why(loss: Mapping[str, Any]) -> str:
    """Why a proposal lost, and what would have taken it."""
    missing, words = loss["missing"], {
        "no_support": _("没有人投它。"),
        "over_budget": _("它比一共的钱还多。"),
        "below_threshold": _("离门槛还差 {n} 票。"),
        "after_the_end": _("轮到前面放不下的，就停了。"),
        "no_room": _("轮到它时，钱还差 {amount}。"),
        "supporters_cannot_pay": _("投它的人合起来，钱还差 {amount}。"),
    }  # fmt: skip
    said = words[loss["why"]].format(n=number(missing), amount=yuan(missing))
    if loss["wins_with"] is not None:
        said += _("一共有 {amount} 就能选上。").format(amount=yuan(loss["wins_with"]))
    return said


def _won(one: Mapping[str, Any], name: str, fewest: int) -> dict[str, Any]:
    row: dict[str, Any] = {"code": one["project"], "name": name, "cost": yuan(one["cost"]), "won": True}
    row |= {"support": number(one["score"]), "why": "", "paid": ""}
    row["effective"] = number(one["effective"]) if one["effective"] is not None else ""
    if one["by"] == "completion":
        row["why"] = _("剩下的钱按得票补上的。")
    if one["payers"]:
        row["paid"] = _paid(one, fewest)
    return row


def _paid(one: Mapping[str, Any], fewest: int) -> str:
    """Who paid, together: never fewer than so many, and none of them alone."""
    if one["payers"] < fewest:
        return _("少于 {n} 人付的，不细写。").format(n=fewest)
    said = _("{n} 人付的").format(n=number(one["payers"]))
    if fewest <= one["paid_all"] <= one["payers"] - fewest or one["paid_all"] == one["payers"]:
        said += _("，其中 {n} 人把名下的钱付完了").format(n=number(one["paid_all"]))
    return said + _("。每票最多付 {amount}。").format(amount=yuan(one["largest"]))


def result_of(vote: Vote) -> dict[str, Any]:
    """What the result page says of the money; nothing before it is published."""
    said = (vote.result or {}).get("budget")
    if not said:
        return {}
    terms, trace = budgets.terms_of(vote), said["trace"]
    names = {one.code: one.name for one in terms.proposals}
    won = [_won(one, names[one["project"]], terms.fewest) for one in trace["rounds"]]
    lost = [
        {"code": one["project"], "name": names[one["project"]], "cost": yuan(one["cost"]),
         "support": number(one["score"]), "won": False, "why": why(one)}
        for one in trace["lost"]
    ]  # fmt: skip
    spent = Fraction(str(said["spent"]))
    return {
        "rows": [*won, *lost],
        "won": len(won),
        "spent": yuan(spent),
        "left": yuan(terms.budget - spent),
        "share": yuan(trace["share"]) if trace["share"] is not None else "",
        "voters": trace["voters"],
        "ties": [_tie(one, names) for one in trace["ties"]],
        "papers_shown": trace["voters"] >= terms.fewest,
    }


def _tie(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    by = {"cost": _("花费少的先"), "score": _("得票多的先"), "order": _("照票上的次序"), "code": _("照编号")}
    facts = {"names": "、".join(names[code] for code in one["projects"]), "chosen": names[one["chosen"]]}
    return _("{names}完全相等，{by}，先选{chosen}。").format(**facts, by=by[one["by"]])
