"""Small participatory budgets for tests; a full, slow, literal count of equal shares to compare with."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from gongzhi.engines.budgeting.elections import Amount, Election, Project


def election(costs: Mapping[str, Amount], ballots: Sequence[Any], budget: Amount, **more: Any) -> Election:
    """Ballots as strings of one-letter projects, or as {project: points}."""
    found: dict[Any, int] = {}
    for each in ballots:
        points = each if isinstance(each, dict) else dict.fromkeys(each, 1)
        marks = tuple(sorted(points.items()))
        found[marks] = found.get(marks, 0) + 1
    return Election(tuple(Project(code, cost) for code, cost in costs.items()), found, budget, **more)


def literal_equal_shares(vote: Election, share: Fraction, utility: str = "cost") -> list[str]:
    """As the paper says it, a Fraction for every voter, every price from the definition; ties by cost, score, code."""
    voters = [dict(marks) for marks, count in vote.ballots.items() for _ in range(count)]
    money, taken = [share] * len(voters), list[str]()
    scores, costs = vote.scores(), vote.costs
    while True:
        affordable = []
        for code, cost in costs.items():
            worth = (cost if utility == "cost" else 1) or 1
            backers = [place for place, points in enumerate(voters) if points.get(code)]
            if code in taken or not backers or sum(money[place] for place in backers) < cost:
                continue
            edges = sorted({money[place] / (voters[place][code] * worth) for place in backers})
            price = _price(cost, edges, [(money[place], voters[place][code] * worth) for place in backers])
            affordable.append((price, cost, -scores[code], code, backers, worth))
        if not affordable:
            return taken
        price, _, _, code, backers, worth = min(affordable)
        taken.append(code)
        for place in backers:
            money[place] -= min(money[place], price * voters[place][code] * worth)


def _price(cost: Amount, edges: Sequence[Fraction], backers: Sequence[tuple[Fraction, Amount]]) -> Fraction:
    """The smallest price at which the backers bring the cost together: between two edges it is a straight line."""
    low = Fraction(0)
    for edge in edges:
        if sum(min(money, edge * utility) for money, utility in backers) >= cost:
            rich = sum(utility for money, utility in backers if money > low * utility)
            return (cost - sum(money for money, utility in backers if money <= low * utility)) / Fraction(rich)
        low = edge
    raise AssertionError("not affordable")


AMOUNTS = st.one_of(st.integers(1, 12), st.fractions(Fraction(1, 3), 12, max_denominator=7))


@st.composite
def elections(draw: st.DrawFn, points: bool = False) -> Election:
    """Up to six projects and eight voters, with many exact ties."""
    codes = "abcdef"[: draw(st.integers(1, 6))]
    costs = {code: draw(AMOUNTS) for code in codes}
    given_ = st.dictionaries(st.sampled_from(codes), st.integers(1, 4 if points else 1))
    ballots = draw(st.lists(given_, min_size=1, max_size=8))
    kind = "cumulative" if points else "approval"
    return election(costs, ballots, draw(AMOUNTS) * draw(st.integers(1, 3)), ballot_type=kind)
