"""Sheets of several lines: points on paper, missing lines, ranks, and what if."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gongzhi.engines.ranking.changes import moves, what_if, what_if_composed
from gongzhi.engines.ranking.composites import (
    Composite,
    Estimate,
    Figure,
    Sheet,
    asked_composite,
    compose,
    composite_digest,
)
from gongzhi.engines.ranking.formulas import Formula, Line, exact, fill
from gongzhi.engines.ranking.rankings import Definition, Note
from gongzhi.engines.ranking.replays import answered_composite, sheet_from
from gongzhi.engines.ranking.shrinkage import Prior, Priors, Seen

PRIOR = Prior(F(9, 10), F(30), "given")
SOLVED = Line("solved", F(40), Formula("proportion", (F(1),)), "leave_out", "cases")
RETURNS = Line("returns", F(30), Formula("per", (F(30), F(-2))), "zero", "cases")
PARTY = Line("party", F(15), Formula("given"), "leave_out", "lines", weight=F(2))
SHEET = Sheet("month", "1", (SOLVED, RETURNS, PARTY), "2026-03", F(1, 20), F(1, 2), draws=200)


def solved(unit: str, seen: int, size: int) -> Estimate:
    return Estimate("share", Seen(unit, seen, size), PRIOR)


FIGURES: dict[str, dict[str, Figure]] = {
    "A": {"solved": solved("A", 380, 400), "returns": 1, "party": 14},
    "B": {"solved": solved("B", 3, 3), "returns": 0, "party": None},
    "C": {"solved": solved("C", 100, 250), "returns": 12, "party": 8},
    "D": {"solved": None, "returns": None, "party": None},
}


# ── formulas ──


@pytest.mark.parametrize(
    ("formula", "figure", "points"),
    [
        (Formula("proportion", (F(1),)), F("0.93"), F("9.3")),
        (Formula("proportion", (F(9, 10),)), F("0.95"), F(10)),
        (Formula("linear", (F(30), F(2))), F(2), F(10)),
        (Formula("linear", (F(30), F(2))), F(16), F(5)),
        (Formula("linear", (F(30), F(2))), F(45), F(0)),
        (Formula("steps", (F(60), F(5), F(80), F(10))), F(80), F(10)),
        (Formula("steps", (F(60), F(5), F(80), F(10))), F("79.99"), F(5)),
        (Formula("steps", (F(60), F(5), F(80), F(10))), F(59), F(0)),
        (Formula("steps", (F(10), F(5), F(5), F(10)), lower=True), F(5), F(10)),
        (Formula("steps", (F(10), F(5), F(5), F(10)), lower=True), F(6), F(5)),
        (Formula("per", (F(10), F(-2))), F(3), F(4)),
        (Formula("per", (F(10), F(-2))), F(30), F(0)),
        (Formula("given"), F(7), F(7)),
    ],
)
def test_points_on_paper(formula: Formula, figure: F, points: F) -> None:
    line = Line("line", F(10), formula, "leave_out")
    assert line.points(figure) == points
    assert formula.points_of_draws([float(figure)], line.most, line.least) == [pytest.approx(float(points))]
    assert Line.from_params(json.loads(json.dumps(line.to_params()))) == line


def test_a_deduction_goes_below_nothing() -> None:
    """烟台 (peers.md): 基础 up to 80, 优良 up to 40, 不良 is taken off."""
    lines = (
        Line("base", F(80), Formula("given"), "unranked"),
        Line("good", F(40), Formula("per", (F(0), F(5))), "zero"),
        Line("bad", F(0), Formula("per", (F(0), F(-10))), "zero", least=F(-40)),
    )
    result = fill(lines, {"base": 76, "good": 3, "bad": 2})
    assert (result.total, result.whole) == (71, 120) and result.complete
    assert fill(lines, {"base": 76, "good": 30, "bad": 9}).total == 76 + 40 - 40
    assert fill(lines, {"base": 76, "good": 0}).total == 36, "what is missing and counts zero gives its least"
    assert fill(lines, {"good": 3, "bad": 0}).barred == ("base",)


def test_figures_of_jinhua_and_tianmen() -> None:
    """fixtures.md: 天门 closed 911 of 972; 金华 72 of 100 less 4; rework takes 0.2 off, three and more 0.5."""
    assert Seen("金华", 72, 100 - 4).raw == F(3, 4)
    assert [round(float(Seen("天门", k, 972).raw or 0), 4) for k in (911, 737)] == [0.9372, 0.7582]
    rate = Line("rate", F(100), Formula("proportion", (F(1),)), "unranked")
    rework = Line("rework", F(0), Formula("steps", (F(1), F("-0.2"), F(3), F("-0.5"))), "zero", least=F("-0.5"))
    shirked = Line("shirked", F(0), Formula("per", (F(0), F(-1))), "zero", least=F(-10))
    lines = (rate, rework, shirked)
    totals = [fill(lines, {"rate": F(72, 96), "rework": n, "shirked": 1}).total for n in (0, 1, 3, 7)]
    assert totals == [F(74), F("73.8"), F("73.5"), F("73.5")]


@given(some.fractions(-50, 50), some.fractions(-50, 50))
def test_more_is_never_less(one: F, other: F) -> None:
    low, high = sorted((one, other))
    for formula in (Formula("proportion", (F(7),)), Formula("linear", (F(-3), F(9))), Formula("per", (F(1), F(2)))):
        assert F(0) <= formula.points(low, F(10), F(0)) <= formula.points(high, F(10), F(0)) <= 10


def test_a_missing_line_is_neither_gain_nor_loss() -> None:
    result = fill(SHEET.lines, {"solved": F(9, 10), "returns": 5})
    assert (result.points, result.reachable, result.whole) == (56, 70, 100) and not result.complete
    assert result.total == 80 and result.by_group == {"cases": (56, 70), "lines": (0, 0)}
    assert fill(SHEET.lines, {"solved": F(9, 10), "party": 15}).points == 36 + 0 + 30, "returns count their least"
    assert fill((SOLVED,), {}).total is None


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Formula("proportion", (F(0),)), "above 0"),
        (lambda: Formula("linear", (F(1), F(1))), "same"),
        (lambda: Formula("steps", (F(1),)), "steps"),
        (lambda: Formula("steps", (F(2), F(1), F(1), F(2))), "order"),
        (lambda: Formula("steps", (F(1), F(1), F(2), F(2)), lower=True), "order"),
        (lambda: Formula("given", lower=True), "lower"),
        (lambda: Formula("magic"), "no such formula"),  # type: ignore[arg-type]
        (lambda: Formula.from_params({"name": "per", "numbers": [1.5, 2]}), "text"),
        (lambda: Formula.from_params({"name": "given", "extra": 1}), "formula"),
        (lambda: Formula.from_params({"name": "steps", "numbers": ["1", "1"], "lower": "yes"}), "true or false"),
        (lambda: Line("", F(1), Formula("given"), "zero"), "code"),
        (lambda: Line("a", F(1), Formula("given"), "zero", weight=F(0)), "weight"),
        (lambda: Line("a", F(1), Formula("given"), "zero", least=F(1)), "least"),
        (lambda: Line.from_params({"code": "a"}), "line"),
        (lambda: PARTY.points(16), "not between"),
        (lambda: fill(SHEET.lines, {"logins": 3}), "logins"),
        (lambda: exact("1/0"), "divides"),
        (lambda: exact("1e5"), "text"),
        (lambda: replace(SHEET, lines=()), "lines"),
        (lambda: replace(SHEET, lines=(SOLVED, SOLVED)), "twice"),
        (lambda: replace(SHEET, lines=(replace(SOLVED, most=F(0)),)), "no points"),
        (lambda: replace(SHEET, level=F(1, 3)), "level"),
        (lambda: replace(SHEET, draws=-1), "draws"),
        (lambda: replace(SHEET, control="none"), "control"),
    ],
)
def test_refusals(make: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        make()


# ── ranks ──


def test_a_month_of_sheets() -> None:
    found = compose(SHEET, FIGURES, versions={})
    a = F(407, 430) * 40 + 28 + 28
    b = (F(30, 33) * 40 + 30) / 70 * 100
    c = F(127, 280) * 40 + 6 + 16
    assert [(each.unit, each.rank, each.value) for each in found.standings] == [
        ("B", 1, b), ("A", 2, a), ("C", 3, c), ("D", None, None),
    ]  # fmt: skip
    assert found.of("D").unranked == "too_little" and found.of("D").result.reachable == 30
    assert found.of("A").shown == Decimal("93.86")
    for each in found.standings[:3]:
        assert each.interval and each.shown and each.interval.low <= each.shown <= each.interval.high
        assert each.best_rank and each.rank and each.worst_rank and each.best_rank <= each.rank <= each.worst_rank
    assert found.of("C").low_rank == found.of("C").high_rank == 3 and found.of("C").in_bottom == 1
    assert {("A", "C"), ("B", "C")} == found.apart and [each.band for each in found.standings] == [1, 1, 2, None]


def test_exact_figures_leave_no_doubt() -> None:
    rows: dict[str, dict[str, Figure]] = {"A": {"returns": 1, "party": 10}, "B": {"returns": 2, "party": 10}}
    sheet = replace(SHEET, lines=(RETURNS, PARTY))
    found = compose(sheet, rows, versions={})
    assert found.apart == {("A", "B")} and found.of("A").interval == (Decimal("48.000"), Decimal("48.000"))
    assert found.of("B").low_rank == found.of("B").high_rank == 2


def test_where_only_chance_differs_nobody_is_told_apart() -> None:
    for told_apart, number in ((False, 0), (True, 1)):
        prior = replace(PRIOR, told_apart=told_apart)
        rows = {name: {"solved": Estimate("share", Seen(name, k, 200), prior), "party": 9} for name, k in SEEN}
        assert len(compose(SHEET, rows, versions={}).apart) == number


def test_lines_are_drawn_each_for_itself() -> None:
    """Two lines of 20 points with equal figures are surer together than one line of 40, by about the root of 2."""
    half = replace(SOLVED, most=F(20))
    spans = []
    for lines in ((SOLVED,), (half, replace(half, code="again"))):
        sheet = replace(SHEET, lines=lines, draws=2000)
        span = compose(sheet, {"A": {line.code: solved("A", 30, 40) for line in lines}}, versions={}).of("A").interval
        assert span
        spans.append(float(span.high - span.low))
    assert 0.63 < spans[1] / spans[0] < 0.79


SEEN = (("A", 190), ("B", 160))


def test_units_of_the_same_figures_are_equal() -> None:
    rows = {name: {"solved": solved(name, 45, 50), "returns": 1, "party": 9} for name in "ABC"}
    found = compose(SHEET, rows, versions={})
    assert {replace(each, unit="", tied=(), result=fill((), {})) for each in found.standings} == {
        replace(found.of("A"), unit="", tied=(), result=fill((), {}))
    }
    assert found.of("A").tied == ("B", "C") and not found.apart


def test_one_unit_and_none() -> None:
    assert compose(SHEET, {}, versions={}).notes == (Note("nothing_counted"),)
    assert compose(SHEET, {"A": FIGURES["A"]}, versions={}).notes == (Note("one_unit"),)
    still = compose(replace(SHEET, draws=0), FIGURES, versions={})
    assert still.of("A").rank == 2 and still.of("A").interval is None and not still.apart
    with pytest.raises(KeyError):
        still.of("Z")


def test_the_digest_of_a_sheet() -> None:
    found = compose(SHEET, FIGURES, versions={"m": "1"})
    turned = {unit: dict(reversed(FIGURES[unit].items())) for unit in reversed(FIGURES)}
    again = compose(SHEET, turned, versions={"m": "1"})
    assert (again.inputs, again.digest) == (found.inputs, found.digest)
    heavy = replace(SHEET, lines=(*SHEET.lines[:2], replace(PARTY, weight=F(3))))
    other = [{**FIGURES, "A": {**FIGURES["A"], **each}} for each in ({"returns": 2}, {"solved": solved("A", 381, 400)})]
    others = [
        composite_digest(heavy, FIGURES, versions={"m": "1"}),
        composite_digest(SHEET, FIGURES, versions={"m": "2"}),
        *(composite_digest(SHEET, each, versions={"m": "1"}) for each in other),
    ]
    assert len({found.inputs, *others}) == 5
    assert json.loads(json.dumps(found.to_record())) == found.to_record()


def test_a_kept_sheet_is_answered_again() -> None:
    kept = json.loads(json.dumps(asked_composite(SHEET, FIGURES, versions={"m": "1"})))
    found = compose(SHEET, FIGURES, versions={"m": "1"})
    assert answered_composite(kept) == found and answered_composite(kept).digest == found.digest
    assert sheet_from(json.loads(json.dumps(SHEET.to_params()))) == SHEET
    with pytest.raises(ValueError, match="engine"):
        answered_composite({**kept, "engine": "other"})


# ── what if ──


def test_what_if_the_weights_were_others() -> None:
    light = replace(SHEET, lines=(SOLVED, RETURNS, replace(PARTY, weight=F(1, 2))))
    found = what_if_composed(SHEET, FIGURES, versions={}, other=light)
    by_unit = {move.unit: move for move in found.moves}
    assert by_unit["A"].value_before == Decimal("93.86") and by_unit["A"].moved
    assert by_unit["A"].by == by_unit["A"].value_after - by_unit["A"].value_before  # type: ignore[operator]
    assert (by_unit["D"].up, by_unit["D"].by) == (None, None)


def test_what_if_a_figure_were_another() -> None:
    changed: dict[str, dict[str, Figure]] = {"A": {"party": 15}, "E": {"returns": 0, "party": 15}}
    found = what_if_composed(SHEET, FIGURES, versions={}, changed=changed)
    moved = {move.unit: move for move in found.moves if move.moved}
    assert {unit: (move.rank_before, move.rank_after) for unit, move in moved.items()} == {
        "E": (None, 1), "A": (2, 2), "B": (1, 3), "C": (3, 4),
    }  # fmt: skip
    assert isinstance(found.after, Composite) and found.after.of("D").rank is None


def test_nothing_changed_moves_nobody() -> None:
    assert not any(move.moved for move in what_if_composed(SHEET, FIGURES, versions={}).moves)


def test_what_if_one_figure_of_a_ranking_were_another() -> None:
    definition = Definition("solved", "1", "share", "higher", "2026-03", F(5), 5, F(1, 20), draws=50)
    rows = [Seen("A", 380, 400), Seen("B", 45, 50), Seen("C", 150, 250)]
    found = what_if(definition, rows, versions={}, changed=[Seen("C", 249, 250)])
    assert {move.unit: move.up for move in found.moves} == {"A": -1, "B": -1, "C": 2}
    stricter = what_if(definition, rows, versions={}, other=replace(definition, least_size=F(60)))
    assert stricter.moves[1].rank_after is None and stricter.moves[1].rank_before == 2
    fixed = what_if(definition, rows, versions={}, priors=Priors(PRIOR, {}))
    assert fixed.moves[0].value_after == Decimal("0.9465")
    assert moves(found.before, found.after) == found.moves
