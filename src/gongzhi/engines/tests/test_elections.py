"""A committee's election (村组法 第15条), the second round, ties, rankings, the post that ends."""

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.rolls import Roll, RollEntry
from gongzhi.engines.tests.voting_rules import BY_LOT, RECALL, election, requirement, second_round, share
from gongzhi.engines.thresholds import Requirement
from gongzhi.engines.voting.ballots import Marks
from gongzhi.engines.voting.reviews import Review, failing_run
from gongzhi.engines.voting.rules import Rule, Ties
from gongzhi.engines.voting.tallies import Tally, figures, tally_secret


def people(count: int) -> Roll:
    return Roll([RollEntry(str(n), {"heads": 1}) for n in range(count)])


def poll(rule: Rule, registered: int, cast: int, support: dict[str, int], lot: tuple[str, ...] = ()) -> Tally:
    """So many ballots; each candidate on so many of them; the rest unreadable."""
    marks: list[Marks] = []
    for number in range(cast):
        named = tuple(option for option, votes in support.items() if number < votes)
        marks.append(named or None)
    return tally_secret(replace(rule, most_marks=len(support)), people(registered), marks, cast=cast, lot=lot)


@pytest.mark.parametrize(("cast", "outcome"), [(900, "no_quorum"), (901, "elected"), (902, "elected")])
def test_an_election_is_valid_when_more_than_half_vote(cast: int, outcome: str) -> None:
    assert poll(election(1, ("a", "b")), 1800, cast, {"a": cast, "b": 0}).outcome == outcome


@pytest.mark.parametrize(("votes", "elected"), [(500, ()), (501, ("a",)), (502, ("a",))])
def test_elected_is_who_has_more_than_half_of_the_voters(votes: int, elected: tuple[str, ...]) -> None:
    """1000 ballots; the invalid ones are voters too."""
    found = poll(election(1, ("a", "b")), 1800, 1000, {"a": votes, "b": 100}).filled
    assert found and found.elected == elected and found.left == 1 - len(elected)


@pytest.mark.parametrize(("votes", "elected"), [(333, ()), (334, ("a",)), (335, ("a",))])
def test_the_second_round_asks_for_a_third_of_the_ballots(votes: int, elected: tuple[str, ...]) -> None:
    found = poll(second_round(1, ("a", "b")), 1800, 1000, {"a": votes, "b": 300}).filled
    assert found and found.elected == elected


def test_seats_left_over_go_to_those_with_the_most_votes() -> None:
    """Five seats, three elected: of the others the three with the most votes stand again, without the elected."""
    support = {"a": 900, "b": 800, "c": 600, "d": 400, "e": 300, "f": 200, "g": 100}
    found = poll(election(5, tuple("abcdefg")), 1800, 1000, support).filled
    assert found and (found.elected, found.left, found.outcome) == (("a", "b", "c"), 2, "incomplete")
    assert found.runoff == ("d", "e", "f")
    said = figures(poll(election(5, tuple("abcdefg")), 1800, 1000, support))
    assert {name: said[name] for name in ("seats", "elected", "tied", "support", "cast")} == {
        "seats": 5, "elected": 3, "tied": 0, "support": 600, "cast": 1000,
    }  # fmt: skip


def test_equal_ones_at_the_edge_of_the_next_round_all_stand() -> None:
    support = {"a": 900, "b": 400, "c": 300, "d": 300, "e": 300, "f": 0}
    found = poll(election(2, tuple("abcdef")), 1800, 1000, support).filled
    assert found and found.runoff == ("b", "c", "d", "e")
    none = poll(election(2, tuple("abcdef"), runoff_extra=None), 1800, 1000, support).filled
    assert none and none.runoff == ()


def test_a_tie_at_the_last_seat_is_stated_and_nothing_breaks_it() -> None:
    support = {"z": 700, "a": 600, "b": 600, "c": 600}
    found = poll(election(3, tuple("zabc")), 1800, 1000, support).filled
    assert found and (found.elected, found.tied, found.left) == (("z",), ("a", "b", "c"), 2)
    assert found.outcome == "tied" and found.runoff == () and found.settled_by == ""


def test_a_tie_is_settled_by_the_lot_or_the_order_that_was_published() -> None:
    support = {"z": 700, "a": 600, "b": 600, "c": 600}
    by_lot, by_order = Ties("lot"), Ties("order", ("c", "b", "a", "z"))
    drawn = poll(election(3, tuple("zabc"), ties=by_lot), 1800, 1000, support, ("b", "c", "a")).filled
    assert drawn and (drawn.elected, drawn.tied, drawn.settled_by) == (("z", "b", "c"), (), "lot")
    waiting = poll(election(3, tuple("zabc"), ties=by_lot), 1800, 1000, support)
    assert waiting.outcome == "tied"
    ordered = poll(election(3, tuple("zabc"), ties=by_order), 1800, 1000, support).filled
    assert ordered and (ordered.elected, ordered.settled_by) == (("z", "c", "b"), "order")


@pytest.mark.parametrize("lot", [("a", "b"), ("a", "b", "z"), ("a", "b", "b")])
def test_a_lot_among_others_is_refused(lot: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="lot"):
        poll(election(3, tuple("zabc"), ties=BY_LOT), 1800, 1000, {"z": 700, "a": 600, "b": 600, "c": 600}, lot)
    with pytest.raises(ValueError, match="lot"):
        poll(election(3, tuple("zabc")), 1800, 1000, {"z": 700, "a": 600, "b": 600, "c": 600}, ("a", "b", "c"))


@pytest.mark.parametrize(("women", "met"), [((), False), (("a",), True), (("d",), False)])
def test_whether_a_woman_is_elected_is_told(women: tuple[str, ...], met: bool) -> None:
    rule = election(2, tuple("abcd"), traits=dict.fromkeys(women, ("woman",)))
    found = poll(rule, 1800, 1000, {"a": 900, "b": 800, "c": 10, "d": 10}).filled
    assert found and found.elected == ("a", "b") and found.composition == (("woman", 1, int(met), met),)


def test_more_candidates_than_seats() -> None:
    with pytest.raises(ValueError, match="contested"):
        election(2, ("a", "b"))


def test_who_is_written_in_can_be_elected() -> None:
    found = poll(election(1, ("a", "b"), write_ins=True), 1800, 1000, {"a": 10, "w1": 600}).filled
    assert found and found.elected == ("w1",)


def test_a_ranking_gives_its_points() -> None:
    rule = replace(
        election(2, tuple("abcd")), method="ranking", most_marks=3, points=(3, 2, 1), majority=Requirement()
    )  # fmt: skip
    ballots: list[Marks] = [("a", "b", "c")] * 3 + [("b", "c")] * 2 + [("d",), ("d", "d")]
    found = tally_secret(rule, people(7), ballots, cast=7).filled
    assert found is not None
    assert {each.got.option: each.got.points for each in found.candidates} == {"a": 9, "b": 12, "c": 7, "d": 3}
    assert found.elected == ("b", "a")


def test_a_grade_is_reached_by_a_share_and_two_in_a_row_end_the_post() -> None:
    grades = ("competent", "basically", "incompetent")
    rule = election(
        1, grades, majority=requirement([share("support", "1/2", False, "cast")]), composition=(), runoff_extra=None,
        most_marks=1,
    )  # fmt: skip
    for failing, elected in ((25, ()), (26, ("incompetent",))):
        ballots: list[Marks] = [("incompetent",)] * failing + [("competent",)] * (50 - failing)
        found = tally_secret(rule, people(50), ballots, cast=50).filled
        assert found and found.elected == (elected if failing > 25 else ())


@pytest.mark.parametrize(
    ("reviews", "ends"),
    [
        ([(2024, "no"), (2025, "no")], True),
        ([(2025, "no"), (2024, "no")], True),
        ([(2023, "no"), (2024, "yes"), (2025, "no")], False),
        ([(2023, "no"), (2025, "no")], False),
        ([(2025, "no")], False),
        ([], False),
        ([(2023, "no"), (2024, "yes"), (2025, "no"), (2026, "no")], True),
    ],
)
def test_two_failing_reviews_in_a_row_end_the_post(reviews: list[tuple[int, str]], ends: bool) -> None:
    found = failing_run([Review(*each) for each in reviews], failing="no", times=2, most_years_apart=1)
    assert bool(found) is ends and len(found) == 2 * ends


def test_reviews_of_one_year_follow_each_other_and_a_gap_is_a_parameter() -> None:
    twice = [Review(2025, "no", 1), Review(2025, "no", 2)]
    assert failing_run(twice, failing="no", times=2, most_years_apart=1) == tuple(twice)
    assert failing_run([Review(2023, "no"), Review(2025, "no")], failing="no", times=2)
    with pytest.raises(ValueError, match="2025"):
        failing_run([Review(2025, "no"), Review(2025, "yes")], failing="no", times=2)
    with pytest.raises(ValueError, match="times"):
        failing_run([], failing="no", times=0)


WRONG: list[dict[str, object]] = [
    {"method": "lottery"}, {"options": ("a", "a", "b", "c", "d")}, {"blank": "no"}, {"seats": 0}, {"most_marks": 0},
    {"points": (1,)}, {"rank_by": "area"}, {"measures": ()}, {"measures": ("heads", "area")},
    {"precedence": (("online",), ("online",))}, {"precedence": ()}, {"ties": Ties("order", ("a",))},
    {"ties": Ties("lot", ("a",))}, {"runoff_extra": -1},
    {"quorum": requirement([share("support", "1/2", True, "cast")])},
    {"majority": requirement([share("yes", "1/2", True, "cast")])}, {"traits": {"x": ("woman",)}},
    {"quorum": requirement([share("cast", "1/2", True, "registered", "area")])},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=[next(iter(each)) for each in WRONG])
def test_a_rule_that_cannot_be_counted_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(election(2, tuple("abcd")), **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"method": "approval"}, {"write_ins": True}, {"seats": 1}, {"most_marks": 2},
                                   {"majority": Requirement()}, {"options": ("yes", "maybe")}])  # fmt: skip
def test_a_motion_that_cannot_be_counted_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(RECALL, **wrong)  # type: ignore[arg-type]


BALLOTS = st.lists(st.none() | st.lists(st.sampled_from("abcd"), max_size=3).map(tuple), max_size=14)


@given(BALLOTS, st.integers(1, 3), st.randoms(use_true_random=False))
def test_an_election_is_what_a_plain_count_says_in_any_order(
    ballots: list[Marks], seats: int, order: random.Random
) -> None:
    rule, roll = election(seats, tuple("abcd"), most_marks=2), people(14)
    tally = tally_secret(rule, roll, ballots, cast=14)
    read = [marks for marks in ballots if marks and len(marks) <= 2 and len(set(marks)) == len(marks)]
    votes = Counter(itertools.chain.from_iterable(read))
    if 2 * len(ballots) <= 14:
        assert tally.outcome == "no_quorum"
        return
    assert tally.filled is not None
    more = {option for option in "abcd" if 2 * votes[option] > len(ballots)}
    better = {option: sum(votes[other] > votes[option] for other in more) for option in more}
    level = {option: sum(votes[other] == votes[option] for other in more) for option in more}
    sure = {option for option in more if better[option] + level[option] <= seats}
    assert set(tally.filled.elected) == sure
    assert set(tally.filled.tied) == {option for option in more - sure if better[option] < seats}
    order.shuffle(ballots)
    assert tally_secret(rule, roll, ballots, cast=14).to_record() == tally.to_record()


@given(
    st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=2, unique=True).map(tuple), min_size=8, max_size=14)
)
def test_one_more_mark_never_harms_a_candidate(ballots: list[tuple[str, ...]]) -> None:
    rule, roll = election(2, tuple("abcd"), most_marks=3), people(14)
    before = tally_secret(rule, roll, ballots, cast=14).filled
    place = next((n for n, marks in enumerate(ballots) if "a" not in marks), None)
    if place is None or before is None:
        return
    changed = [*ballots[:place], (*ballots[place], "a"), *ballots[place + 1 :]]
    after = tally_secret(rule, roll, changed, cast=14).filled
    assert after is not None and (("a" in after.elected) >= ("a" in before.elected))
