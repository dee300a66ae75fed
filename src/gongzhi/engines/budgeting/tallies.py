"""The way in: an election and a rule give an outcome; and what of a file's own rule is one of ours."""

from collections.abc import Callable

from gongzhi.engines.budgeting.completions import Progress, completed_equal_shares
from gongzhi.engines.budgeting.elections import Election
from gongzhi.engines.budgeting.greedy import greedy
from gongzhi.engines.budgeting.outcomes import Outcome
from gongzhi.engines.budgeting.phragmen import phragmen
from gongzhi.engines.budgeting.rules import BudgetRule

# What Pabulib calls the rules in use.
RECORDED: dict[str, BudgetRule] = {
    "greedy": BudgetRule("greedy"),
    "greedy-no-skip": BudgetRule("greedy-no-skip"),
    "greedy-threshold": BudgetRule("greedy-threshold"),
    "equalshares": BudgetRule("equal-shares"),
    "equalshares/add1": BudgetRule("equal-shares", completion="add1"),
    "equalshares/add1-comparison": BudgetRule("equal-shares", completion="add1", stop="overspend"),
}


def tally(election: Election, rule: BudgetRule, progress: Progress | None = None) -> Outcome:
    """The outcome of `rule`; `progress` is told of every run of a completion.

    Raises ValueError for an `order` among equals that is not over all projects.
    """
    if rule.name == "equal-shares":
        return completed_equal_shares(election, rule, progress)
    counting: Callable[[Election, BudgetRule], Outcome] = phragmen if rule.name == "phragmen" else greedy
    return counting(election, rule)


def recorded_rule(election: Election) -> BudgetRule | None:
    """The rule that the file names, None where it is none of ours."""
    return RECORDED.get(election.described.get("rule", ""))


def recorded_winners(election: Election) -> set[str] | None:
    """What the file marks as selected by the rule (1, not 2 or 3: paid from elsewhere); None where it says nothing."""
    marked = {each.code for each in election.projects if each.recorded == "1"}
    return marked or None
