"""Every row of fixtures.md 3.1, by the engine alone; the screens are checked in sheets/tests."""

from decimal import Decimal
from fractions import Fraction as F

import pytest

from gongzhi.engines.change import rounded
from gongzhi.engines.cross_checks import checked, spread_percent

ROWS = [
    ("turnout", "share", ["337800", "378400"], 1, "89.3"),
    ("mean committee", "mean", ["1158", "224"], 2, "5.17"),
    ("towns", "fewer", ["32", "19"], 1, "40.6"),
    ("town population", "product", ["31400", "19"], 0, "596600"),
    ("town area", "product", ["42.43", "19"], 2, "806.17"),
    ("bodies after", "sum", ["168", "56"], 0, "224"),
    ("villages", "fewer", ["351", "168"], 1, "52.1"),
    ("all bodies", "fewer", ["401", "224"], 1, "44.1"),
    ("mean village before", "difference", ["2496", "1229"], 0, "1267"),
    ("villagers before", "product", ["351", "1267"], 0, "444717"),
    ("villagers after", "product", ["168", "2496"], 0, "419328"),
    ("moved", "difference", ["444717", "419328"], 0, "25389"),
    ("village area before", "product", ["351", "2.1"], 1, "737.1"),
    ("village area after", "product", ["168", "4.2"], 1, "705.6"),
    ("groups before", "sum", ["2561", "520"], 0, "3081"),
    ("groups after", "sum", ["1102", "400"], 0, "1502"),
    ("groups", "fewer", ["3081", "1502"], 1, "51.2"),
    ("group people before", "product", ["3081", "194"], 0, "597714"),
    ("group people after", "product", ["1502", "397"], 0, "596294"),
    ("group area before", "product", ["3081", "0.26"], 1, "801.1"),
    ("group area after", "product", ["1502", "0.54"], 1, "811.1"),
    ("registered", "share", ["378400", "596600"], 1, "63.4"),
    ("premises", "share", ["11", "56"], 1, "19.6"),
    ("posts", "sum", ["1", "8", "8", "16", "147"], 0, "180"),
    ("grids a patch", "mean", ["147", "16"], 2, "9.19"),
    ("grids a community", "mean", ["147", "8"], 1, "18.4"),
    ("leaks", "share", ["798", "22050"], 1, "3.6"),
    ("wishes", "share", ["1802", "2115"], 2, "85.20"),
    ("wishes open", "difference", ["2115", "1802"], 0, "313"),
    ("solved a project", "mean", ["7600", "578"], 1, "13.1"),
    ("volunteers", "share", ["64645", "66186"], 1, "97.7"),
    ("people a building", "mean", ["9000", "220"], 0, "41"),
]  # fmt: skip


@pytest.mark.req("N05")
@pytest.mark.parametrize(("name", "rule", "inputs", "decimals", "said"), ROWS, ids=[row[0] for row in ROWS])
def test_every_row_of_the_survey(name: str, rule: str, inputs: list[str], decimals: int, said: str) -> None:
    found = checked(rule, [F(word) for word in inputs], stated=Decimal(said), decimals=decimals)
    assert found.value is not None
    assert (str(rounded(found.value, decimals)), found.verdict) == (said, "fits")


@pytest.mark.req("N05")
def test_totals_within_three_per_mille_agree() -> None:
    people = [F(597714), F(596294), F(596600)]
    assert checked("agree", people, tolerance_percent=F("0.3")).verdict == "fits"
    assert spread_percent(people) < F("0.3")
    assert checked("agree", [F(444717), F(419328)], tolerance_percent=F(3)).verdict == "doubtful"


@pytest.mark.req("N05")
@pytest.mark.parametrize(("members", "verdict"), [(783, "doubtful"), (784, "fits"), (1158, "fits"), (1681, "doubtful")])
def test_committee_sizes_lie_between_the_law_s_bounds(members: int, verdict: str) -> None:
    found = checked("size_range", [F(members), F(168), F(56)], least=[3, 5], most=[7, 9])
    assert (found.low, found.high, found.verdict) == (784, 1680, verdict)


def test_a_figure_is_compared_at_the_decimals_it_was_given_with() -> None:
    assert checked("share", [F(1), F(3)], stated=Decimal("33"), decimals=2).verdict == "fits"
    assert checked("share", [F(1), F(3)], stated=Decimal("33.34"), decimals=2).verdict == "doubtful"
    assert checked("share", [F(1), F(3)], stated=Decimal("34"), tolerance_percent=F(3)).verdict == "fits"
    assert checked("share", [F(1), F(0)], stated=Decimal("34")).verdict == ""
