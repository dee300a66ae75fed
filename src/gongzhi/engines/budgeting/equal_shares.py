"""The Method of Equal Shares: everybody gets the same share of the budget and pays only for what they voted for.

Source: D. Peters, G. Pierczyński, P. Skowron, *Proportional participatory budgeting with additive utilities* (NeurIPS
2021). A project is affordable at price ρ when its supporters, each paying ρ for every unit of utility but never more
than they have left, bring its cost together. Again and again the affordable project with the smallest ρ is taken and
paid for, until none is affordable.

**Exact and fast.** Everybody with the same history has the same money, so voters are kept in *states*: which projects
they paid for in full, or that they have nothing left. What a state holds is exact in whole numbers: the share less the
prices it paid. Floats are only a sieve, and never decide:

- Each state has its money as a float, made by subtracting rounded prices. Every such step is wrong by less than four
  units of 2⁻⁵³ of the share, so after r rounds money is wrong by at most E = 4(r + 1) · 2⁻⁵³ · share.
- A price computed from them is q = (cost - what the poor give) / (points of the others). With T states its numerator
  is wrong by at most n·E + 2(T + 4) · 2⁻⁵³ · cost, n being the poor; that over the points of the others, and 4 · 2⁻⁵³
  of q for the division, is δ. If every state called poor has certainly less than q - δ a point and every other one
  certainly more than q + δ, these are the poor of the exact price as well, and the exact price lies in q ± δ.
- Where one of these is not certain the price is computed from exact money instead, from the beginning.
- Prices only rise while money is spent. So a project whose lowest possible price is above the highest possible price of
  another is not the next; all the others are compared as exact fractions, and exact ties go to the published order.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, inf
from typing import NamedTuple

from gongzhi.engines.budgeting.elections import Amount, Election, common_denominator
from gongzhi.engines.budgeting.outcomes import Round
from gongzhi.engines.budgeting.rules import BudgetRule, Tie, TieBreak, worth

_UNIT = 2.0**-53
BROKE, FRESH = 0, 1


class Backing(NamedTuple):
    """Who gives a project `points` each, by the number of their class of equal ballots.

    `classes` are all of them. To count voters, a small class stands in `voters` once for each of them, which is what
    `Counter` is quickest at, and a large one in `crowds` once, with its size.
    """

    points: int
    classes: list[int]
    voters: list[int]
    crowds: list[tuple[int, int]]

    @property
    def size(self) -> int:
        return len(self.voters) + sum(size for _, size in self.crowds)


# From this size on a class is counted as a crowd.
_CROWD = 5


# So many voters in one state who give the same points: state, points, people. Made by the hundred thousand, so a bare
# tuple.
Group = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Price:
    """Money for one point: certainly between `low` and `high`; `poor` give all they have, the others pay the price."""

    low: float
    high: float
    poor: list[Group]
    rich: list[Group]


class Profile:
    """An election made ready for many runs: whole costs (`scale` to the unit) and points, supporters by project."""

    def __init__(self, election: Election, rule: BudgetRule) -> None:
        self.scale = common_denominator(*election.costs.values())
        self.costs = {code: int(cost * self.scale) for code, cost in election.costs.items()}
        self.points_scale = common_denominator(*(points for marks in election.ballots for _, points in marks))
        self.voters = election.voters
        self.classes = len(election.ballots)
        self.backings = _backings(election.ballots, self.points_scale)
        scores = election.scores()
        self.totals = {code: int(scores[code] * self.points_scale) for code in self.backings}
        self.worths = {code: int(worth(rule, self.costs[code])) or 1 for code in self.backings}
        self.ties = TieBreak(rule, election.costs, scores)


def _backings(ballots: Mapping[tuple[tuple[str, Amount], ...], int], scale: int) -> dict[str, list[Backing]]:
    found: dict[str, dict[int, Backing]] = {}
    for number, (marks, count) in enumerate(ballots.items()):
        several, crowd = ([number] * count, []) if count < _CROWD else ([], [(number, count)])
        for code, given in marks:
            if points := int(given * scale):
                by_points = found.setdefault(code, {})
                if (backing := by_points.get(points)) is None:
                    backing = by_points[points] = Backing(points, [], [], [])
                backing.classes.append(number)
                backing.voters.extend(several)
                backing.crowds.extend(crowd)
    return {code: list(by_points.values()) for code, by_points in found.items()}


@dataclass(slots=True)
class Purchase:
    """One project paid for: the exact price of a point, how many have money left, how many gave all they had."""

    project: str
    price: Fraction
    paid_part: int
    paid_all: int
    tie: Tie | None = None


@dataclass(slots=True)
class Run:
    """One run with a share: purchases in order; `money_left` of the supporters of every project not taken."""

    share: Fraction
    purchases: list[Purchase]
    money_left: dict[str, Fraction] = field(default_factory=dict)

    @property
    def selected(self) -> list[str]:
        return [each.project for each in self.purchases]


def equal_shares(profile: Profile, share: Fraction, *, explain: bool = True) -> Run:
    """One run: every voter begins with `share` (money in the unit of the file). O(rounds × supporters looked at)."""
    return _Running(profile, share).run(explain)


class _Running:
    """The state of a run. Money is in whole numbers over `denominator`, which grows with every price."""

    def __init__(self, profile: Profile, share: Fraction) -> None:
        scaled = share * profile.scale
        self.profile, self.share = profile, share
        self.whole_share, self.denominator = scaled.numerator, scaled.denominator
        self.prices: list[int] = []
        self.state_of = [FRESH] * profile.classes
        # By state: what it has as a float, and the rounds it paid in full, with its points.
        self.money = [0.0, float(scaled)]
        self.history: list[tuple[tuple[int, int], ...]] = [(), ()]
        self.error = 4 * _UNIT * self.money[FRESH]

    def run(self, explain: bool) -> Run:
        profile, purchases = self.profile, list[Purchase]()
        bounds = dict.fromkeys(profile.backings, 0.0)
        while True:
            prices = self._cheapest(bounds)
            if not prices:
                break
            code, tie = self._first(prices)
            purchases.append(self._buy(code, prices[code], tie))
            del bounds[code]
        run = Run(self.share, purchases)
        if explain:
            taken = set(run.selected)
            run.money_left = {code: self._money_behind(code) for code in profile.backings if code not in taken}
        return run

    def _cheapest(self, bounds: dict[str, float]) -> dict[str, Price]:
        """Every project whose price may be the smallest; what cannot be paid for any more leaves `bounds`."""
        best, found = inf, list[tuple[float, str, Price]]()
        for low, code in sorted((low, code) for code, low in bounds.items()):
            if low > best:
                break
            price = self._price(code)
            if price is None:
                del bounds[code]
                continue
            worth_of = self.profile.worths[code]
            # Two roundings more: the division, and that a bound is compared with another.
            bounds[code] = price.low / worth_of * (1 - 4 * _UNIT)
            best = min(best, price.high / worth_of * (1 + 4 * _UNIT))
            found.append((bounds[code], code, price))
        return {code: price for low, code, price in found if low <= best}

    def _first(self, prices: Mapping[str, Price]) -> tuple[str, Tie | None]:
        """The one with the smallest exact price for its utility; equal ones by the published order."""
        if len(prices) == 1:
            return next(iter(prices)), None
        exact = {code: self._exact(code, price) / self.profile.worths[code] for code, price in prices.items()}
        least = min(exact.values())
        equal = [code for code, price in exact.items() if price == least]
        if len(equal) == 1:
            return equal[0], None
        tie = self.profile.ties.settle(equal)
        return tie.chosen, tie

    def _groups(self, code: str) -> list[Group]:
        """Its supporters who have money, counted."""
        backings = self.profile.backings[code]
        if not self.prices:
            return [(FRESH, backing.points, backing.size) for backing in backings]
        state_of, found = self.state_of, list[Group]()
        for backing in backings:
            counts = Counter(map(state_of.__getitem__, backing.voters))
            for number, size in backing.crowds:
                counts[state_of[number]] += size
            found += [(state, backing.points, count) for state, count in counts.items() if state]
        return found

    def _price(self, code: str) -> Price | None:
        """The price of a point, None where the supporters together have too little."""
        cost, money, error, groups = self.profile.costs[code], self.money, self.error, self._groups(code)
        have = sum([money[state] * count for state, _, count in groups])
        people = sum([count for _, _, count in groups])
        unsure = people * error + 2 * (len(groups) + 4) * _UNIT * (have + cost)
        if have + unsure < cost:
            return None
        if have - unsure < cost:
            return self._exact_price(code, groups)
        return self._sieved(cost, groups) or self._exact_price(code, groups)

    def _sieved(self, cost: int, groups: list[Group]) -> Price | None:
        """The price by floats, if it is certain who is poor; None otherwise."""
        money, error = self.money, self.error
        ordered = sorted([(money[group[0]] / group[1], group) for group in groups])
        paid, poor, highest = 0.0, 0, -inf
        points_left = sum([points * count for _, points, count in groups])
        for place, (each, (state, points, count)) in enumerate(ordered):
            price = (cost - paid) / points_left
            wrong = (poor * error + 2 * (len(groups) + 4) * _UNIT * cost) / points_left + 4 * _UNIT * price
            around = error + 2 * _UNIT * abs(each)
            if price + wrong < each - around:
                if highest >= price - wrong:
                    return None
                sides = [group for _, group in ordered]
                return Price(price - wrong, price + wrong, sides[:place], sides[place:])
            highest = max(highest, each + around)
            paid, poor, points_left = paid + money[state] * count, poor + count, points_left - points * count
        return None

    def _exact_price(self, code: str, groups: list[Group]) -> Price | None:
        """The same with exact money."""
        denominator, cost = self.denominator, self.profile.costs[code] * self.denominator
        have = {state: self._whole_money(state) for state, _, _ in groups}
        if sum(have[state] * count for state, _, count in groups) < cost:
            return None
        ordered = sorted(groups, key=lambda group: Fraction(have[group[0]], group[1]))
        points_left = sum(points * count for _, points, count in groups)
        poor = 0
        for state, points, count in ordered:
            if cost * points <= have[state] * points_left:
                break
            cost -= have[state] * count
            points_left -= points * count
            poor += 1
        price = float(Fraction(cost, points_left * denominator))
        return Price(price * (1 - 2 * _UNIT), price * (1 + 2 * _UNIT), ordered[:poor], ordered[poor:])

    def _whole_money(self, state: int) -> int:
        """What a voter of this state has, over the denominator."""
        prices = self.prices
        return self.whole_share - sum(points * prices[round_] for round_, points in self.history[state])

    def _together(self, groups: Iterable[Group]) -> int:
        """What these have together: only how often each price was paid counts."""
        people, paid = 0, [0] * len(self.prices)
        for state, _, count in groups:
            people += count
            for round_, points in self.history[state]:
                paid[round_] += points * count
        return people * self.whole_share - sum(map(int.__mul__, paid, self.prices))

    def _exact(self, code: str, price: Price) -> Fraction:
        """The exact price of a point, the poor being known."""
        rest = self.profile.costs[code] * self.denominator - self._together(price.poor)
        return Fraction(rest, self.denominator * sum(points * count for _, points, count in price.rich))

    def _buy(self, code: str, price: Price, tie: Tie | None) -> Purchase:
        exact = self._exact(code, price)
        round_ = len(self.prices)
        self._add_price(exact)
        approximately = float(exact)
        self.error += 4 * _UNIT * self.money[FRESH]
        after, full = {(state, points): BROKE for state, points, _ in price.poor}, 0
        for state, points, count in price.rich:
            left = self.money[state] - approximately * points
            if left <= self.error and self._whole_money(state) == points * self.prices[round_]:
                after[state, points] = BROKE
                continue
            full += count
            after[state, points] = len(self.money)
            self.money.append(left)
            self.history.append((*self.history[state], (round_, points)))
        self._move(code, after)
        payers = sum(count for groups in (price.rich, price.poor) for _, _, count in groups)
        return Purchase(code, exact / self.profile.scale, full, payers - full, tie)

    def _add_price(self, exact: Fraction) -> None:
        factor = exact.denominator // gcd(self.denominator, exact.denominator)
        if factor > 1:
            self.denominator *= factor
            self.whole_share *= factor
            self.prices = [each * factor for each in self.prices]
        self.prices.append(exact.numerator * (self.denominator // exact.denominator))

    def _move(self, code: str, after: Mapping[tuple[int, int], int]) -> None:
        state_of = self.state_of
        for backing in self.profile.backings[code]:
            there = {state: new for (state, points), new in after.items() if points == backing.points}
            there[BROKE] = BROKE
            for number in backing.classes:
                state_of[number] = there[state_of[number]]

    def _money_behind(self, code: str) -> Fraction:
        return Fraction(self._together(self._groups(code)), self.denominator * self.profile.scale)


def rounds_of(election: Election, rule: BudgetRule, profile: Profile, purchases: Sequence[Purchase]) -> list[Round]:
    """Purchases in the words of an outcome."""
    costs, scores, left, found = election.costs, election.scores(), election.budget, []
    for each in purchases:
        cost, score, point = costs[each.project], scores[each.project], each.price * profile.points_scale
        left -= cost
        price, effective = point / (worth(rule, cost) or 1), cost / point if point else score
        payers = each.paid_part + each.paid_all
        found.append(Round(each.project, cost, score, left, price, effective, payers, each.paid_all, point))
    return found
