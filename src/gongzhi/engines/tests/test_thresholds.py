"""Every number of fixtures.md 3.6 that a share decides, one below, at, and one above."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.thresholds import Requirement, Threshold, exact_share, standing
from gongzhi.engines.voting.rules import Rule

TWO_THIRDS, HALF, MORE_THAN_HALF = ("2/3", True), ("1/2", True), ("1/2", False)
THREE_QUARTERS, THIRD, FIFTH, TENTH = ("3/4", True), ("1/3", True), ("1/5", True), ("1/10", True)
FOUR_FIFTHS = ("4/5", True)


def threshold(share: tuple[str, bool], limit: str = "at_least") -> Threshold:
    params = {"counts": "yes", "measure": "heads", "share": share[0], "inclusive": share[1], "of": "all"}
    return Threshold.from_params({**params, "limit": limit})


FIXTURES = [
    ("278 participation, heads", TWO_THIRDS, 960, 640),
    ("278 participation, area in dm²", TWO_THIRDS, 8_640_000, 5_760_000),
    ("278 ordinary, heads", MORE_THAN_HALF, 640, 321),
    ("278 ordinary, area: more than 28,800 ㎡", MORE_THAN_HALF, 5_760_000, 2_880_001),
    ("278 special, heads", THREE_QUARTERS, 640, 480),
    ("278 special, area", THREE_QUARTERS, 5_760_000, 4_320_000),
    ("1000 owners, participation", TWO_THIRDS, 1000, 667),
    ("1000 owners, ordinary of 667", MORE_THAN_HALF, 667, 334),
    ("1000 owners, special of 667", THREE_QUARTERS, 667, 501),
    ("279, the other 29 of 30", ("1", True), 29, 29),
    ("village assembly", MORE_THAN_HALF, 2496, 1249),
    ("household representatives", TWO_THIRDS, 700, 467),
    ("delegates, quorum", TWO_THIRDS, 45, 30),
    ("delegates, majority of 30", MORE_THAN_HALF, 30, 16),
    ("delegates call", FIFTH, 45, 9),
    ("composition, delegates of 25", FOUR_FIFTHS, 25, 20),
    ("composition, women of 25", THIRD, 25, 9),
    ("election valid", MORE_THAN_HALF, 1800, 901),
    ("election, 1000 ballots", MORE_THAN_HALF, 1000, 501),
    ("election, second round", THIRD, 1000, 334),
    ("recall request", FIFTH, 1800, 360),
    ("recall vote", MORE_THAN_HALF, 1800, 901),
    ("assembly called by villagers", TENTH, 2496, 250),
    ("party meeting, present", TWO_THIRDS, 60, 40),
    ("party meeting, support of those due", HALF, 60, 30),
    ("S4 turnout", MORE_THAN_HALF, 378_400, 189_201),
    ("one person", MORE_THAN_HALF, 1, 1),
    ("two people", MORE_THAN_HALF, 2, 2),
]


@pytest.mark.parametrize(("share", "base", "needed"), [row[1:] for row in FIXTURES], ids=[row[0] for row in FIXTURES])
def test_the_number_decides_and_one_less_does_not(share: tuple[str, bool], base: int, needed: int) -> None:
    rule = threshold(share)
    assert rule.bound(base) == needed
    for reached, met in ((needed - 1, False), (needed, True), (needed + 1, True)):
        found = standing(rule, {"yes": {"heads": reached}, "all": {"heads": base}})
        assert (found.met, found.missing) == (met, max(0, needed - reached))


@pytest.mark.parametrize(("share", "base", "most"), [(THIRD, 960, 320), (THIRD, 1000, 333), (("1/3", False), 960, 319)])
def test_a_share_that_must_not_be_passed(share: tuple[str, bool], base: int, most: int) -> None:
    rule = threshold(share, "at_most")
    assert rule.bound(base) == most
    for reached, met in ((most, True), (most + 1, False)):
        assert standing(rule, {"yes": {"heads": reached}, "all": {"heads": base}}).met is met


@given(
    st.fractions(min_value=Fraction(1, 50), max_value=1), st.booleans(), st.integers(0, 10**9), st.integers(0, 10**9)
)
def test_the_number_is_what_comparing_fractions_says(share: Fraction, inclusive: bool, base: int, reached: int) -> None:
    if share == 1 and not inclusive:
        return
    found = standing(Threshold("a", "m", share, inclusive, "b"), {"a": {"m": reached}, "b": {"m": base}})
    said = base > 0 and (Fraction(reached, base) >= share if inclusive else Fraction(reached, base) > share)
    assert found.met is said
    again = standing(found.threshold, {"a": {"m": reached + found.missing}, "b": {"m": base}})
    assert again.met is (base > 0) and (found.missing == 0) is (reached >= found.bound)


@given(
    st.fractions(min_value=0, max_value=Fraction(49, 50)), st.booleans(), st.integers(1, 10**6), st.integers(0, 10**6)
)
def test_the_most_is_what_comparing_fractions_says(share: Fraction, inclusive: bool, base: int, reached: int) -> None:
    if share == 0 and not inclusive:
        return
    found = standing(Threshold("a", "m", share, inclusive, "b", "at_most"), {"a": {"m": reached}, "b": {"m": base}})
    assert found.met is (Fraction(reached, base) <= share if inclusive else Fraction(reached, base) < share)


def test_nobody_decides_nothing() -> None:
    for limit in ("at_least", "at_most"):
        assert not standing(threshold(THIRD, limit), {"yes": {"heads": 0}, "all": {"heads": 0}}).met


def test_one_way_of_two_is_enough_and_the_nearer_one_is_told() -> None:
    way = {"counts": "present", "share": "1/2", "inclusive": False, "of": "registered", "measure": "heads"}
    other = {**way, "share": "2/3", "inclusive": True, "measure": "households"}
    quorum = Requirement.from_params([[way], [other, way | {"share": "1/10"}]])
    amounts = {"registered": {"heads": 2496, "households": 700}, "present": {"heads": 1248, "households": 467}}
    assert quorum.judge(amounts).met
    amounts["present"]["households"] = 466
    assert not quorum.judge(amounts).met
    assert [one.missing for one in quorum.judge(amounts).unmet] == [1]
    assert Requirement().judge({}).met


@pytest.mark.parametrize("text", ["0.5", "½", "2/0", "-1/2", "1/2/3", "", "4/3", "x", 0.5, 1, None, "2 /3"])
def test_a_share_is_a_fraction_in_digits(text: object) -> None:
    with pytest.raises(ValueError, match="share"):
        Threshold("a", "m", exact_share(text), True, "b")


@pytest.mark.parametrize(
    "wrong", [{"more": 1}, {"inclusive": 1}, {"of": ""}, {"counts": 3}, {"limit": "about"}, {"share": "0/1"}]
)
def test_a_threshold_with_a_wrong_word_is_refused(wrong: dict[str, object]) -> None:
    params = {"counts": "yes", "measure": "heads", "share": "1/2", "inclusive": True, "of": "all"}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Threshold.from_params({**params, **wrong})
    for key in params:
        with pytest.raises(ValueError, match=key):
            Threshold.from_params({name: value for name, value in params.items() if name != key})


def test_an_amount_that_is_not_given_is_named() -> None:
    with pytest.raises(ValueError, match=r"all\.heads"):
        standing(threshold(HALF), {"yes": {"heads": 1}})
    with pytest.raises(ValueError, match="negative"):
        threshold(HALF).bound(-1)


def test_a_way_without_thresholds_is_refused() -> None:
    with pytest.raises(ValueError, match="always"):
        Requirement(((),))


def test_rules_come_back_from_their_parameters() -> None:
    from gongzhi.engines.tests import voting_rules as known

    for rule in (known.SPECIAL, known.DISSENT, known.ASSEMBLY, known.RECALL, known.election(3, tuple("abcde"))):
        assert Rule.from_params(rule.to_params()) == rule
