"""Figures drawn towards their group, against data sets of the literature and a second program in SciPy.

The figures of the second program (scipy.stats.betabinom, nbinom, norm; 20,001 strengths instead of 41) are written
here; it shares nothing with the engine but the definition in shrinkage.py.
"""

from fractions import Fraction as F
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gongzhi.engines.ranking.groups import _log_likelihood, fit_group, same_of
from gongzhi.engines.ranking.shrinkage import Prior, Seen, curve, fit, spread, text_of, value

# 71 experiments, tumours among rats: Tarone 1982, Biometrics 38, 215–220; table 5.1 of Gelman et al., Bayesian Data
# Analysis.
RATS = """0/20 0/20 0/20 0/20 0/20 0/20 0/20 0/19 0/19 0/19 0/19 0/18 0/18 0/17 1/20 1/20 1/20 1/20 1/19 1/19 1/18 1/18
2/25 2/24 2/23 2/20 2/20 2/20 2/20 2/20 2/20 1/10 5/49 2/19 5/46 3/27 2/17 7/49 7/47 3/20 3/20 2/13 9/48 10/50 4/20 4/20
4/20 4/20 4/20 4/20 4/20 10/48 4/19 4/19 4/19 5/22 11/46 12/49 5/20 5/20 6/23 5/19 6/22 6/20 6/20 6/20 16/52 15/47 15/46
9/24 4/14"""
# Ten pumps: failures and thousands of hours (Gaver and O'Muircheartaigh 1987, Technometrics 29, 1–15).
HOURS = "94.3 15.7 62.9 126 5.24 31.4 1.05 1.05 2.1 10.5"
FAILURES = (5, 1, 5, 14, 3, 19, 1, 1, 4, 22)
# Effects of eight schools (Rubin 1981), here with ten values each and one variance within.
SCHOOLS = (28, 8, -3, 7, -1, 1, 18, 12)


def rats() -> list[Seen]:
    pairs = (each.split("/") for each in RATS.split())
    return [Seen(f"{number:02}", int(k), int(n)) for number, (k, n) in enumerate(pairs)]


def pumps() -> list[Seen]:
    pairs = zip(FAILURES, HOURS.split(), strict=True)
    return [Seen(str(number), k, F(hours)) for number, (k, hours) in enumerate(pairs)]


def schools() -> list[Seen]:
    return [Seen(str(number), 10 * effect, 10, squares=9 * 1400) for number, effect in enumerate(SCHOOLS)]


@pytest.mark.parametrize(
    ("kind", "rows", "mean", "strength", "mean_doubt", "strength_doubt", "told_apart"),
    [
        ("share", rats(), 0.143046, 16.9107, 1.690545e-4, 0.112100, True),
        ("rate", pumps(), 0.642664, 1.465270, 0.0554946, 0.222230, True),
        ("mean", schools(), 8.75, 28.4518, 23.65074, 1.813242, False),
    ],
)
def test_groups_of_the_literature(
    kind: str,
    rows: list[Seen],
    mean: float,
    strength: float,
    mean_doubt: float,
    strength_doubt: float,
    told_apart: bool,
) -> None:
    whole = fit(kind, rows, least_units=5).whole  # type: ignore[arg-type]
    assert whole and whole.units == len(rows) and whole.told_apart is told_apart
    assert float(whole.mean) == pytest.approx(mean, rel=1e-5)
    assert float(whole.strength) == pytest.approx(strength, rel=1e-3)
    assert float(whole.mean_doubt) == pytest.approx(mean_doubt, rel=1e-3)
    assert float(whole.strength_doubt) == pytest.approx(strength_doubt, rel=1e-2)


@pytest.mark.parametrize(
    ("kind", "rows", "one", "other", "gain"),
    [
        ("share", rats(), (0.14, 12.0), (0.2, 40.0), 14.063309656),
        ("rate", pumps(), (0.6, 2.0), (0.3, 9.0), 6.569609237),
        ("mean", schools(), (5.0, 20.0), (9.0, 4.0), 2.083068993),
    ],
)
def test_the_marginal_likelihood(
    kind: str, rows: list[Seen], one: tuple[float, float], other: tuple[float, float], gain: float
) -> None:
    same = same_of((float(row.seen or 0), float(row.size or 0)) for row in rows)
    found = [_log_likelihood(kind, same, *each, 1400.0) for each in (one, other)]  # type: ignore[arg-type]
    assert found[0] - found[1] == pytest.approx(gain, rel=1e-8)


def test_the_example_of_the_design() -> None:
    """3 of 3 looks better than 380 of 400; with 27 of 30 added to both it does not (peers.md)."""
    prior = Prior(F(9, 10), F(30), "given")
    small, large = value(Seen("a", 3, 3), prior), value(Seen("b", 380, 400), prior)
    assert (small, large) == (F(30, 33), F(407, 430)) and small < large
    # by hand: v(1−v)/(n+s+1) with v = 10/11
    assert spread("share", Seen("a", 3, 3), prior) == F(10, 121) / 34


def test_doubts_make_a_value_less_sure() -> None:
    sure, row = Prior(F(9, 10), F(30), "given"), Seen("a", 10, 20)
    open_ = Prior(F(9, 10), F(30), "given", mean_doubt=F(1, 10_000), strength_doubt=F(1, 4))
    drawn = F(30, 50)
    more = drawn**2 / 10_000 + (F(4, 10) * drawn * (1 - drawn)) ** 2 / 4
    assert spread("share", row, open_) - spread("share", row, sure) == more
    assert value(row, open_) == value(row, sure)


def test_strata_are_drawn_towards_the_whole() -> None:
    rows = [Seen(f"o{n}", 30 + n % 5, 50, "old") for n in range(8)] + [Seen(f"n{n}", 46, 50, "new") for n in range(8)]
    rows += [Seen("x1", 9, 10, "few"), Seen("x2", 5, 10, "few")]
    priors = fit("share", rows, least_units=3)
    assert priors.whole and set(priors.strata) == {"old", "new"}
    assert F(253, 400) < priors.strata["old"].mean < priors.whole.mean < priors.strata["new"].mean < F(46, 50)
    assert priors.of("few") is priors.whole and priors.strata["old"].origin == "stratum"
    assert priors.whole.told_apart and priors.strata["new"].told_apart is False


def test_one_stratum_is_the_whole() -> None:
    assert fit("share", [Seen(str(n), n, 10, "old") for n in range(6)], least_units=2).strata == {}


def test_size_that_decides_is_told() -> None:
    sizes = [5, 6, 8, 10, 15, 20, 30, 50, 80, 120, 200, 300]
    falling = [Seen(str(n), round(size * (0.98 - 0.04 * n)), size) for n, size in enumerate(sizes)]
    level = [Seen(str(n), round(size * (0.8 + 0.05 * (n % 3))), size) for n, size in enumerate(sizes)]
    assert [fit("share", rows, least_units=5).whole.goes_with_size for rows in (falling, level)] == [True, False]  # type: ignore[union-attr]
    assert fit("share", falling[:5], least_units=5).whole.goes_with_size is None  # type: ignore[union-attr]


COUNTS = some.integers(1, 500).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n)))
PRIORS = some.tuples(some.fractions("1/100", "99/100", max_denominator=100), some.integers(1, 400))


@given(COUNTS, PRIORS)
def test_a_value_lies_between_what_was_seen_and_the_group(row: tuple[int, int], given_: tuple[F, int]) -> None:
    seen, size = row
    mean, strength = given_
    found = value(Seen("a", seen, size), Prior(mean, F(strength), "given"))
    assert min(F(seen, size), mean) <= found <= max(F(seen, size), mean)


@given(COUNTS, PRIORS)
def test_one_more_success_is_never_worse(row: tuple[int, int], given_: tuple[F, int]) -> None:
    seen, size = row
    prior = Prior(given_[0], F(given_[1]), "given")
    better, worse = value(Seen("a", seen + 1, size + 1), prior), value(Seen("a", seen, size + 1), prior)
    assert worse < better and worse <= value(Seen("a", seen, size), prior) <= better


@given(some.lists(COUNTS, min_size=2, max_size=12))
@settings(max_examples=40, deadline=None)
def test_shares_fit_whatever_they_are(pairs: list[tuple[int, int]]) -> None:
    rows = [Seen(f"{number:02}", k, n) for number, (k, n) in enumerate(pairs)]
    priors = fit("share", rows, least_units=5)
    assert fit("share", rows[::-1], least_units=5) == priors and priors.whole
    assert 0 < priors.whole.mean < 1 and priors.whole.strength > 0
    for row in rows:
        low, high = (curve("share", row, priors.whole).quantile(part) for part in (0.025, 0.975))
        assert 0 <= low <= high <= 1


@given(some.lists(some.tuples(some.integers(0, 300), some.fractions("1/50", 5000, max_denominator=50)), min_size=2,
                  max_size=10))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_rates_fit_whatever_they_are(pairs: list[tuple[int, F]]) -> None:
    rows = [Seen(f"{number:02}", k, size) for number, (k, size) in enumerate(pairs)]
    priors = fit("rate", rows, least_units=5)
    assert priors.whole and priors.whole.mean > 0 and priors.whole.strength > 0
    for row in rows:
        low, high = (curve("rate", row, priors.whole).quantile(part) for part in (0.025, 0.975))
        assert 0 <= low <= high


@given(some.lists(COUNTS, min_size=3, max_size=12), some.randoms())
@settings(max_examples=30, deadline=None)
def test_not_even_the_last_bit_depends_on_the_order(pairs: list[tuple[int, int]], random: Random) -> None:
    rows = [(float(k), float(n)) for k, n in pairs]
    mixed = list(rows)
    random.shuffle(mixed)
    assert fit_group("share", rows, 0.0) == fit_group("share", mixed, 0.0)


@pytest.mark.parametrize("pairs", [[(0, 9)] * 5, [(9, 9)] * 5, [(0, 1), (1, 1)] * 4, [(10**7, 10**7), (0, 10**7)]])
def test_the_ends_are_numbers(pairs: list[tuple[int, int]]) -> None:
    rows = [Seen(str(number), k, n) for number, (k, n) in enumerate(pairs)]
    whole = fit("share", rows, least_units=5).whole
    assert whole and 0 < whole.mean < 1 and whole.strength > 0
    for row in rows:
        assert 0 <= curve("share", row, whole).quantile(0.5) <= 1


def test_means_without_spread_are_left_alone() -> None:
    rows = [Seen("a", 30, 10), Seen("b", 50, 10)]
    whole = fit("mean", rows, least_units=2).whole
    assert whole and whole.strength == 0 and value(rows[0], whole) == 3
    assert curve("mean", rows[0], whole).quantile(0.9) == 3


def test_one_unit_and_none() -> None:
    whole = fit("share", [Seen("a", 7, 10), Seen("b", 0, 0), Seen("c", None, None)], least_units=2).whole
    assert whole and (whole.units, whole.told_apart) == (1, None)
    assert value(Seen("a", 7, 10), whole) == F(7, 10)
    assert fit("share", [Seen("b", 0, 0)], least_units=2).whole is None


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Seen("", 1, 2), "unit"),
        (lambda: Seen("a", 1, None), "both"),
        (lambda: Seen("a", 1, -2), "below 0"),
        (lambda: Seen("a", 1, 0), "nothing"),
        (lambda: fit("share", [Seen("a", 3, 2)], least_units=2), "more than"),
        (lambda: fit("rate", [Seen("a", -3, 2)], least_units=2), "below 0"),
        (lambda: fit("mean", [Seen("a", 3, 1), Seen("b", 4, 1)], least_units=2), "two values"),
        (lambda: Prior(F(1, 2), F(-1), "given"), "below 0"),
        (lambda: Prior(F(1, 2), F(1), "elsewhere"), "origin"),
    ],
)
def test_refusals(make: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        make()  # type: ignore[operator]


@given(some.fractions())
def test_numbers_as_text_come_back(number: F) -> None:
    assert F(text_of(number) or "") == number


def test_numbers_as_text() -> None:
    assert [text_of(each) for each in (F(1, 3), F(-5, 4), 0, 1200, F(1, 10**9), None)] == [
        "1/3", "-1.25", "0", "1200", "0.000000001", None,
    ]  # fmt: skip
