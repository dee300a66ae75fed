"""Portable arithmetic against the system's library, tables against quantiles and areas worked out by SciPy 1.17."""

import ast
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gongzhi.engines.ranking import portable
from gongzhi.engines.ranking.curves import Curve, lots, mean_curve, rate_curve, share_curve, wrong_way
from gongzhi.engines.ranking.portable import exp, ln, log_gamma

AMOUNTS = some.floats(1e-12, 1e12)


@given(AMOUNTS)
def test_the_logarithm(x: float) -> None:
    assert ln(x) == pytest.approx(math.log(x), rel=1e-14, abs=1e-15)


@given(some.floats(-700, 700))
def test_the_exponential(x: float) -> None:
    assert exp(x) == pytest.approx(math.exp(x), rel=1e-14)


@given(some.floats(1e-9, 1e9))
def test_the_gamma_function(x: float) -> None:
    assert log_gamma(x) == pytest.approx(math.lgamma(x), rel=1e-12, abs=1e-12)


def test_nothing_comes_from_the_systems_library() -> None:
    """Of `math` only what is exact on every machine; no power of floats either (the roots of squares are `sqrt`)."""
    exactly = {"sqrt", "fsum", "frexp", "ldexp", "floor", "factorial", "inf"}
    for path in sorted(Path(portable.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "math":
                assert {alias.name for alias in node.names} <= exactly, path.name
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math":
                assert node.attr in exactly, path.name
            assert not (isinstance(node, ast.Import) and {each.name for each in node.names} & {"cmath", "statistics"})
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
                assert not (isinstance(node.right, ast.Constant) and isinstance(node.right.value, float) and
                            not isinstance(node.left, ast.Constant)), f"{path.name}: {node.lineno}"  # fmt: skip


def test_the_same_bits_everywhere() -> None:
    """If one of these changes, every digest of a ranking changes: say so in the engine's version."""
    found = [ln(0.1), ln(7.0), exp(-1.5), exp(20.25), log_gamma(0.3), log_gamma(1234.5)]
    assert [each.hex() for each in found] == BITS


BITS = [
    "-0x1.26bb1bbb55515p+1",
    "0x1.f2272ae325a57p+0",
    "0x1.c8f87724b5c1dp-3",
    "0x1.290d76d1966aap+29",
    "0x1.188637a6c41d8p+0",
    "0x1.d7e8d07da60e3p+12",
]


@pytest.mark.parametrize("x", [0.0, -1.0, math.inf, math.nan])
def test_what_has_no_logarithm(x: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        ln(x)
    with pytest.raises(ValueError, match="above 0"):
        log_gamma(-abs(x) if x == x else x)


def test_the_ends_of_the_exponential() -> None:
    assert exp(-1e9) == 0.0 and exp(math.nan) == 0.0 and exp(1e9) == math.inf


# scipy.stats.beta.ppf, gamma.ppf, norm.ppf at 0.025, 0.5, 0.975
@pytest.mark.parametrize(
    ("curve", "quantiles"),
    [
        (share_curve(3.5, 1.2), (0.318955589, 0.781034042, 0.985830498)),
        (share_curve(380.3, 20.4), (0.925565195, 0.949835124, 0.968379286)),
        (share_curve(0.5, 100.5), (4.898073e-06, 0.002266429, 0.024745270)),
        (rate_curve(3.5, 1.2), (0.704112159, 2.644087998, 6.671985114)),
        (rate_curve(400, 17), (21.279782155, 23.509806829, 25.890451085)),
        (mean_curve(3.0, 4.0), (3 - 2 * 1.959963985, 3.0, 3 + 2 * 1.959963985)),
    ],
)
def test_quantiles(curve: Curve, quantiles: tuple[float, ...]) -> None:
    assert [curve.quantile(part) for part in (0.025, 0.5, 0.975)] == pytest.approx(quantiles, rel=1e-4, abs=1e-8)


# ∫ of one density times the other's distribution, by scipy.integrate.quad
@pytest.mark.parametrize(
    ("upper", "lower", "area"),
    [
        (share_curve(38, 4), share_curve(30, 10), 0.0264008854),
        (share_curve(90, 10), share_curve(60, 40), 1.93852953e-07),
        (share_curve(45, 5), share_curve(44, 6), 0.3701875339),
        (share_curve(180, 20), share_curve(120, 80), 4.46361483e-13),
        (rate_curve(20, 8), rate_curve(9, 10), 0.0035751221),
        (mean_curve(1, 1), mean_curve(0, 1), 0.2397500611),
    ],
)
def test_how_likely_an_order_is_wrong(upper: Curve, lower: Curve, area: float) -> None:
    assert wrong_way(upper, lower) == pytest.approx(area, rel=1e-3)
    assert wrong_way(lower, upper) == pytest.approx(1 - area, abs=1e-5)


@given(some.floats(0.02, 1e5), some.floats(0.02, 1e5))
def test_a_table_is_a_distribution(a: float, b: float) -> None:
    curve = share_curve(a, b)
    assert all(low <= high for low, high in zip(curve.below, curve.below[1:], strict=False))
    assert curve.below[0] >= 0 and curve.below[-1] <= 1 + 1e-12 and sum(curve.mass) == pytest.approx(1)
    found = [curve.quantile(part / 40) for part in range(1, 40)]
    assert found == sorted(found) and found[0] >= 0 and found[-1] <= 1


@given(some.floats(0.05, 1e4), some.floats(0.05, 1e4), some.floats(0.01, 0.99))
def test_a_share_and_its_opposite(a: float, b: float, part: float) -> None:
    assert share_curve(a, b).quantile(part) == pytest.approx(1 - share_curve(b, a).quantile(1 - part), abs=1e-9)


def test_what_is_known_has_no_width() -> None:
    known = mean_curve(4.5, 0.0)
    assert known.quantile(0.01) == known.quantile(0.99) == 4.5
    assert wrong_way(known, mean_curve(0.0, 1.0)) < 1e-4


def test_a_quantile_lies_inside() -> None:
    for part in (0.0, 1.0, -1.0, 2.0):
        with pytest.raises(ValueError, match="between"):
            share_curve(2, 3).quantile(part)


def test_lots_depend_on_the_name_alone() -> None:
    first = lots("2026-03", "PC-01", 3)
    assert first == lots("2026-03", "PC-01", 5)[:3] != lots("2026-03", "PC-02", 3)
    # printf '2026-03\nPC-01' | openssl dgst -shake256 -xoflen 8
    assert first[0] == (int("4efe6f8353334b1a", 16) // 2**11 + 0.5) / 2**53
    many = lots("s", "u", 4000)
    assert abs(sum(many) / 4000 - 0.5) < 0.02 and min(many) > 0 and max(many) < 1
