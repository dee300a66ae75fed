"""Rankings as a whole: what must hold for any units, and a small month by hand."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gongzhi.engines.ranking.plain import jeffreys, plain_interval
from gongzhi.engines.ranking.rankings import MOST_PAIRED, Definition, Note, asked, rank, replay_digest
from gongzhi.engines.ranking.replays import answered, priors_from
from gongzhi.engines.ranking.shrinkage import Prior, Priors, Seen

SOLVED = Definition("solved", "1", "share", "higher", "2026-03", F(5), 5, F(1, 20), draws=200, decimals=4, top=2)
GIVEN = Priors(Prior(F(9, 10), F(30), "given"), {})
VERSIONS = {"pingchang": "3"}
MONTH = [
    Seen("A", 380, 400), Seen("B", 45, 50), Seen("C", 45, 50), Seen("D", 7, 7), Seen("E", 150, 250),
    Seen("F", 3, 3), Seen("G", 0, 0), Seen("H", None, None), Seen("I", 30, 40), Seen("J", 18, 18),
]  # fmt: skip


def test_a_month() -> None:
    found = rank(SOLVED, MONTH, versions=VERSIONS, priors=GIVEN)
    # by hand: A 407/430, J 45/48, D 34/37, B = C 72/80, I 57/70, E 177/280
    order = [(each.unit, each.rank, each.value) for each in found.ranked]
    assert order == [
        ("A", 1, F(407, 430)), ("J", 2, F(45, 48)), ("D", 3, F(34, 37)), ("B", 4, F(9, 10)), ("C", 4, F(9, 10)),
        ("I", 6, F(57, 70)), ("E", 7, F(177, 280)),
    ]  # fmt: skip
    assert found.of("B").tied == ("C",) and found.of("A").shown == Decimal("0.9465")
    assert {each.unit: each.unranked for each in found.standings[7:]} == {
        "F": "few", "G": "nothing_counted", "H": "missing",
    }  # fmt: skip
    few = found.of("F")
    assert (few.rank, few.band, few.value) == (None, None, F(30, 33)) and few.interval and few.plain
    assert found.of("G").value is None and found.of("H").interval is None
    assert [each.band for each in found.ranked] == [1, 1, 1, 1, 1, 2, 3]
    assert {("A", "I"), ("A", "E")} <= found.apart and ("A", "J") not in found.apart and ("D", "I") not in found.apart


def test_what_has_the_same_data_has_the_same_place() -> None:
    found = rank(SOLVED, MONTH, versions=VERSIONS)
    one, other = found.of("B"), found.of("C")
    assert replace(one, unit="", tied=()) == replace(other, unit="", tied=())


def test_intervals_hold_value_and_rank() -> None:
    found = rank(SOLVED, MONTH, versions=VERSIONS)
    for each in found.ranked:
        assert each.interval and each.shown and each.interval.low <= each.shown <= each.interval.high
        assert each.rank and each.best_rank and each.worst_rank and each.best_rank <= each.rank <= each.worst_rank
        assert each.low_rank and each.high_rank and 1 <= each.low_rank <= each.high_rank <= 7
    assert found.of("A").in_top and found.of("A").in_top > Decimal("0.5") and found.of("E").in_bottom == 1


def test_the_other_side_ranks_the_same() -> None:
    """Solved, more is better: the same order as unsolved, less is better."""
    unsolved = [replace(row, seen=None if row.seen is None else row.size - row.seen) for row in MONTH]  # type: ignore[operator]
    one = rank(SOLVED, MONTH, versions={}, priors=GIVEN)
    priors = Priors(Prior(F(1, 10), F(30), "given"), {})
    other = rank(replace(SOLVED, better="lower"), unsolved, versions={}, priors=priors)
    assert [(each.unit, each.rank, each.band) for each in one.ranked] == [
        (each.unit, each.rank, each.band) for each in other.ranked
    ]
    assert one.apart == other.apart


def test_ranks_among_one_kind_of_compound() -> None:
    rows = [replace(row, stratum="old" if row.unit in "AEIJ" else "new") for row in MONTH]
    whole, old = (rank(SOLVED, rows, versions={}, only=only) for only in (None, "old"))
    assert [each.unit for each in old.ranked] == [each.unit for each in whole.ranked if each.stratum == "old"]
    assert old.of("A").value == whole.of("A").value and old.of("E").rank == 4
    assert old.inputs != whole.inputs


# ── the digest ──


def test_the_order_of_rows_changes_nothing() -> None:
    found = rank(SOLVED, MONTH, versions={"a": "1", "b": "2"})
    again = rank(SOLVED, MONTH[::-1], versions={"b": "2", "a": "1"})
    assert (again.inputs, again.digest, again) == (found.inputs, found.digest, found)


CHANGES: list[dict[str, Any]] = [
    {"versions": {"pingchang": "4"}},
    {"definition": replace(SOLVED, version="2")},
    {"definition": replace(SOLVED, least_size=F(6))},
    {"definition": replace(SOLVED, seed="2026-04")},
    {"definition": replace(SOLVED, level=F(1, 10))},
    {"definition": replace(SOLVED, control="false_discovery")},
    {"rows": [*MONTH[1:], Seen("A", 381, 400)]},
    {"rows": [*MONTH[1:], Seen("A", 380, 400, "old")]},
    {"rows": MONTH[1:]},
    {"priors": GIVEN},
    {"only": ""},
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_in_the_digest(change: dict[str, Any]) -> None:
    asked = {"definition": SOLVED, "rows": MONTH, "versions": VERSIONS}
    assert replay_digest(**asked) != replay_digest(**(asked | change))


def test_the_digest_of_march() -> None:
    """On any machine. When this changes, rankings that were published no longer replay: raise the engine's version."""
    found = rank(SOLVED, MONTH, versions=VERSIONS)
    assert found.inputs == INPUTS
    assert found.digest == RESULT


INPUTS = "6821f9e8afaae3a05d774e95f64ca1f466ced036abeb3b9a86bcc88bda1fcd03"
RESULT = "2c0f528feaa63066c9ebbe4219288837a03103f3dbd45d9dd95ca3141b2e2536"


@pytest.mark.parametrize("priors", [None, GIVEN])
@pytest.mark.parametrize("only", [None, ""])
def test_what_was_kept_is_answered_again(priors: Priors | None, only: str | None) -> None:
    kept = json.loads(json.dumps(asked(SOLVED, MONTH, versions=VERSIONS, priors=priors, only=only)))
    found = rank(SOLVED, MONTH, versions=VERSIONS, priors=priors, only=only)
    assert answered(kept) == found and answered(kept).digest == found.digest


def test_kept_priors_come_back() -> None:
    rows = [Seen(f"{kind}{n}", 40 + n % 7, 50, kind) for kind in ("old", "new") for n in range(9)]
    priors = rank(SOLVED, rows, versions={}).priors
    assert priors_from(json.loads(json.dumps(priors.to_params()))) == priors and len(priors.strata) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"engine": "gongzhi-ranking-0"}, "engine"),
        ({"extra": 1}, "kept"),
        ({"definition": {**SOLVED.to_params(), "logins": 1}}, "logins"),
        ({"definition": {**SOLVED.to_params(), "level": 0.05}}, "text"),
    ],
)
def test_what_was_kept_otherwise_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        answered({**asked(SOLVED, MONTH, versions=VERSIONS), **change})


def test_a_record_is_plain_json() -> None:
    record = rank(SOLVED, MONTH, versions=VERSIONS).to_record()
    assert json.loads(json.dumps(record)) == record and record["engine"] == "gongzhi-ranking-1"


# ── what must hold for any units ──

COUNTS = some.integers(0, 60).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n)))
UNITS = some.lists(COUNTS, min_size=1, max_size=9)
QUICK = replace(SOLVED, draws=20, least_size=F(1))


@given(UNITS, some.randoms())
@settings(max_examples=25, deadline=None)
def test_no_order_of_rows_matters(pairs: list[tuple[int, int]], random: Any) -> None:
    rows = [Seen(f"u{number}", *pair) for number, pair in enumerate(pairs)]
    mixed = list(rows)
    random.shuffle(mixed)
    assert rank(QUICK, rows, versions={}).digest == rank(QUICK, mixed, versions={}).digest


@given(UNITS)
@settings(max_examples=25, deadline=None)
def test_every_unit_is_told_once(pairs: list[tuple[int, int]]) -> None:
    rows = [Seen(f"u{number}", *pair) for number, pair in enumerate(pairs)]
    found = rank(QUICK, rows, versions={})
    assert sorted(each.unit for each in found.standings) == [row.unit for row in rows]
    for each in found.standings:
        assert bool(each.unranked) == (each.rank is None) == (not each.size)
        alike = [other for other in found.standings if (other.seen, other.size) == (each.seen, each.size)]
        assert {other.rank for other in alike} == {each.rank}
        assert {(other.low_rank, other.high_rank, other.band) for other in alike} == {
            (each.low_rank, each.high_rank, each.band)
        } or len(alike) > 1
    assert found.of("u0").band in (None, *range(1, len(rows) + 1))


@given(UNITS, some.data())
@settings(max_examples=40, deadline=None)
def test_one_more_success_never_costs_a_place(pairs: list[tuple[int, int]], data: Any) -> None:
    rows = [Seen(f"u{number}", *pair) for number, pair in enumerate(pairs)]
    able = [row for row in rows if row.size and row.seen < row.size]  # type: ignore[operator]
    if not able:
        return
    lucky = data.draw(some.sampled_from(able))
    better = [replace(row, seen=row.seen + 1) if row is lucky else row for row in rows]  # type: ignore[operator]
    quick = replace(QUICK, draws=0)
    before, after = (rank(quick, each, versions={}, priors=GIVEN).of(lucky.unit) for each in (rows, better))
    assert after.rank and before.rank and after.rank <= before.rank


def test_where_chance_explains_a_group_nobody_of_it_is_told_apart() -> None:
    """Twenty units of 9 in 10, seen with luck: taken alone, first and last would be told apart."""
    lucky = [Seen(f"u{n:02}", 100 + (n > 17) * 12 - (n < 2) * 12, 120) for n in range(20)]
    alike = Priors(Prior(F(100, 120), F(150), "given", 20, False), {})
    apart = Priors(Prior(F(100, 120), F(150), "given", 20, True), {})
    assert not rank(SOLVED, lucky, versions={}, priors=alike).apart
    assert rank(SOLVED, lucky, versions={}, priors=apart).apart


def test_all_alike_are_all_first() -> None:
    found = rank(SOLVED, [Seen(name, 18, 20) for name in "ABCDEF"], versions={})
    assert {(each.rank, each.band, each.low_rank, each.high_rank) for each in found.ranked} == {(1, 1, 1, 6)}
    assert found.notes == (Note("not_told_apart"),) and not found.apart


@pytest.mark.parametrize(
    ("rows", "notes"),
    [
        ([], {"nothing_counted"}),
        ([Seen("A", 0, 0), Seen("B", None, None)], {"nothing_counted"}),
        ([Seen("A", 9, 9)], {"one_unit"}),
        ([Seen(f"o{n}", 30 + 2 * n, 50, "old") for n in range(6)] + [Seen("x", 9, 10, "x")], {"pooled_upwards"}),
    ],
)
def test_what_a_reader_is_told(rows: list[Seen], notes: set[str]) -> None:
    assert notes <= {each.code for each in rank(SOLVED, rows, versions={}).notes}


def test_many_units_have_ranks_but_no_bands() -> None:
    rows = [Seen(f"{number:03}", 10 + number % 9, 20) for number in range(MOST_PAIRED + 1)]
    found = rank(replace(SOLVED, draws=0), rows, versions={})
    assert Note("too_many_for_bands") in found.notes
    assert {(each.band, each.low_rank, each.best_rank) for each in found.ranked} == {(None, None, None)}
    assert found.ranked[0].rank == 1 and found.ranked[-1].value


def test_rates_and_means_rank_too() -> None:
    rate = replace(SOLVED, kind="rate", better="lower", least_size=F(1))
    rows = [Seen("A", 2, F(21, 2)), Seen("B", 30, F(19, 2)), Seen("C", 0, 4), Seen("D", 9, 8)]
    found = rank(rate, rows, versions={})
    assert found.ranked[-1].unit == "B" and found.ranked[-2].band != found.of("B").band and found.of("C").plain
    mean = replace(SOLVED, kind="mean")
    points = [Seen("A", 900, 10, squares=250), Seen("B", 600, 10, squares=250), Seen("C", 880, 10, squares=240)]
    found = rank(mean, points, versions={})
    assert [each.unit for each in found.ranked] == ["A", "C", "B"] and found.of("B").band == 2


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: rank(SOLVED, [Seen("A", 1, 2), Seen("A", 1, 3)], versions={}), "twice"),
        (lambda: rank(SOLVED, [Seen("A", 3, 2)], versions={}), "more than"),
        (lambda: rank(SOLVED, MONTH, versions={}, priors=Priors(Prior(F(1), F(3), "given"), {})), "below 1"),
        (lambda: rank(SOLVED, MONTH, versions={}, priors=Priors(None, {})), "no prior"),
        (lambda: replace(SOLVED, kind="count"), "kind"),
        (lambda: replace(SOLVED, better="up"), "better"),
        (lambda: replace(SOLVED, seed=""), "seed"),
        (lambda: replace(SOLVED, level=F(1, 2)), "level"),
        (lambda: replace(SOLVED, least_units=1), "least_units"),
        (lambda: replace(SOLVED, draws=-1), "draws"),
    ],
)
def test_refusals(make: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        make()
    with pytest.raises(KeyError):
        rank(SOLVED, [], versions={}).of("nobody")


def test_plain_intervals_of_the_literature() -> None:
    """Wilson: Newcombe 1998, table I; Jeffreys and the exact one of a rate by scipy.stats.beta and chi2."""
    wilson = plain_interval("share", Seen("a", 81, 263), F(1, 20), F(0), 4)
    assert wilson and [float(each) for each in wilson] == pytest.approx([0.2553, 0.3662], abs=5e-5)
    span = jeffreys(Seen("a", 7, 20), F(1, 20), 4)
    assert span and [float(each) for each in span] == pytest.approx([0.17227621, 0.56776609], abs=2e-5)
    assert jeffreys(Seen("a", 0, 20), F(1, 20), 3) == (Decimal("0.0000"), Decimal("0.1166"))
    assert jeffreys(Seen("a", 20, 20), F(1, 20), 3) == (Decimal("0.8834"), Decimal("1.0000"))
    assert plain_interval("rate", Seen("a", 7, F(5, 2)), F(1, 20), F(0), 2) == (Decimal("1.126"), Decimal("5.769"))
    assert plain_interval("rate", Seen("a", 0, 3), F(1, 20), F(0), 2) == (Decimal("0.000"), Decimal("1.230"))
    assert plain_interval("mean", Seen("a", 40, 10), F(1, 20), F(10), 2) == (Decimal("2.040"), Decimal("5.960"))
    assert plain_interval("share", Seen("a", 0, 0), F(1, 20), F(0), 2) is jeffreys(Seen("a", 0, 0), F(1, 20), 2) is None
