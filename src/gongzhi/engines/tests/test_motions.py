"""Motions: every row of fixtures.md 3.6, one vote below, at and above; one ballot for each entitlement."""

import datetime as dt
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.procedure_figures import amounts
from gongzhi.engines.rolls import Roll, RollEntry
from gongzhi.engines.tests import voting_rules as known
from gongzhi.engines.voting.ballots import (
    Ballot,
    Box,
    Marks,
    Proxy,
    entries_that_differ,
    reading,
    refused_proxies,
    settle,
)
from gongzhi.engines.voting.rules import Proxies, Rule
from gongzhi.engines.voting.tallies import Tally, figures, still_needed, tally_recorded, tally_secret

NOON = dt.datetime(2026, 3, 8, 4, tzinfo=dt.UTC)
BOTH = ("heads", "area")


def owners_roll(heads: int = 960, area: int = 9_000) -> Roll:
    """960 owners of 90 ㎡ each: 86,400 ㎡."""
    return Roll([RollEntry(f"o{n}", {"heads": 1, "area": area}) for n in range(heads)], BOTH)


def ballot(entry: str, answer: str | None, origin: str = "online", minutes: int = 0) -> Ballot:
    return Ballot(entry, () if answer is None else (answer,), origin, NOON + dt.timedelta(minutes=minutes))


def votes(roll: Roll, yes: int, no: int = 0, abstain: int = 0) -> list[Ballot]:
    answers = ["yes"] * yes + ["no"] * no + ["abstain"] * abstain
    return [ballot(entry, answer) for entry, answer in zip(roll.weights, answers, strict=False)]


def weighted(rule: Rule, area_yes: int, heads_yes: int, area_all: int, heads_all: int) -> Tally:
    """So many heads with so much area among those who take part, of 960 owners with 86,400 ㎡."""

    def shared(heads: int, area: int, name: str) -> list[RollEntry]:
        sizes = [area // heads] * (heads - 1) if heads else []
        return [
            RollEntry(f"{name}{n}", {"heads": 1, "area": size})
            for n, size in enumerate([*sizes, area - sum(sizes)] if heads else [])
        ]

    yes, no = shared(heads_yes, area_yes, "y"), shared(heads_all - heads_yes, area_all - area_yes, "n")
    rest = shared(960 - heads_all, 8_640_000 - area_all, "r")
    cast = [ballot(one.entry, "yes") for one in yes] + [ballot(one.entry, "no") for one in no]
    return tally_recorded(rule, Roll([*yes, *no, *rest], BOTH), cast)


@pytest.mark.parametrize(
    ("heads", "area", "outcome"),
    [
        (639, 6_000_000, "no_quorum"),
        (640, 5_759_999, "no_quorum"),
        (640, 5_760_000, "passed"),
        (641, 5_760_001, "passed"),
    ],
)
def test_two_thirds_of_heads_and_of_area_take_part(heads: int, area: int, outcome: str) -> None:
    assert weighted(known.ORDINARY, area, heads, area, heads).outcome == outcome


@pytest.mark.parametrize(
    ("rule", "heads", "area", "outcome"),
    [
        (known.ORDINARY, 320, 3_000_000, "rejected"),
        (known.ORDINARY, 321, 2_880_000, "rejected"),
        (known.ORDINARY, 321, 2_880_001, "passed"),
        (known.SPECIAL, 479, 5_000_000, "rejected"),
        (known.SPECIAL, 480, 4_319_999, "rejected"),
        (known.SPECIAL, 480, 4_320_000, "passed"),
    ],
)
def test_half_is_not_enough_and_three_quarters_are(rule: Rule, heads: int, area: int, outcome: str) -> None:
    tally = weighted(rule, area, heads, 5_760_000, 640)
    assert tally.outcome == outcome
    assert tally.amounts["yes"] == {"heads": heads, "area": area}


@pytest.mark.parametrize(("agree", "outcome"), [(28, "rejected"), (29, "passed")])
def test_a_dwelling_becomes_a_shop_only_when_all_others_agree(agree: int, outcome: str) -> None:
    """30 owners in the building: the other 29; 28 of them and one silent is not all."""
    roll = owners_roll(29)
    assert tally_recorded(known.UNANIMOUS, roll, votes(roll, agree)).outcome == outcome


@pytest.mark.parametrize(("against", "outcome"), [(319, "passed"), (320, "passed"), (321, "rejected")])
def test_those_against_may_be_a_third_where_the_rule_counts_them(against: int, outcome: str) -> None:
    roll = owners_roll()
    assert tally_recorded(known.DISSENT, roll, votes(roll, 0, against)).outcome == outcome


@pytest.mark.parametrize(
    ("present", "yes", "outcome"),
    [(29, 29, "no_quorum"), (30, 15, "rejected"), (30, 16, "passed"), (31, 15, "rejected"), (31, 16, "passed")],
)
def test_delegates(present: int, yes: int, outcome: str) -> None:
    roll = Roll([RollEntry(f"d{n}", {"heads": 1}) for n in range(45)])
    here = [f"d{n}" for n in range(present)]
    assert tally_recorded(known.DELEGATES, roll, votes(roll, yes), present=here).outcome == outcome


@pytest.mark.parametrize(
    ("present", "yes", "outcome"),
    [(39, 39, "no_quorum"), (40, 29, "rejected"), (40, 30, "passed"), (40, 31, "passed"), (60, 29, "rejected")],
)
def test_a_party_meeting_counts_those_present_and_those_due(present: int, yes: int, outcome: str) -> None:
    roll = Roll([RollEntry(f"m{n}", {"heads": 1}) for n in range(60)])
    tally = tally_recorded(known.PARTY, roll, votes(roll, yes), present=[f"m{n}" for n in range(present)])
    assert tally.outcome == outcome


@pytest.mark.parametrize(
    ("adults", "households", "outcome"), [(1248, 466, "no_quorum"), (1249, 0, "passed"), (1248, 467, "passed")]
)
def test_a_village_assembly_meets_on_either_base(adults: int, households: int, outcome: str) -> None:
    """2496 adults in 700 households: the first 700 represent theirs."""
    roll = Roll(
        [RollEntry(f"v{n}", {"heads": 1, "households": int(n < 700)}) for n in range(2496)], known.ASSEMBLY.measures
    )
    others = [f"v{n}" for n in range(700, 700 + adults - households)]
    here = [f"v{n}" for n in range(households)] + others
    cast = [ballot(entry, "yes") for entry in here]
    assert tally_recorded(known.ASSEMBLY, roll, cast, present=here).outcome == outcome


@pytest.mark.parametrize(
    ("cast", "yes", "outcome"),
    [
        (900, 900, "no_quorum"),
        (901, 450, "rejected"),
        (901, 451, "passed"),
        (902, 451, "rejected"),
        (902, 452, "passed"),
    ],
)
def test_a_recall(cast: int, yes: int, outcome: str) -> None:
    roll = Roll([RollEntry(f"v{n}", {"heads": 1}) for n in range(1800)])
    marks: list[Marks] = [("yes",)] * yes + [("no",)] * (cast - yes - 1) + [None] * (cast > yes)
    assert tally_secret(known.RECALL, roll, marks, cast=cast).outcome == outcome


def test_turnout_of_a_whole_district() -> None:
    """S4: 378,400 registered, 337,800 voted."""
    roll = Roll([RollEntry(str(n), {"heads": 1}) for n in range(3_784)])
    tally = tally_secret(known.RECALL, roll, [("yes",)] * 3_378, cast=3_378)
    assert tally.quorum.met and f"{float(Fraction(337_800, 378_400)):.1%}" == "89.3%"
    assert tally.quorum.alternatives[0][0].bound == 1_893


def test_what_an_empty_or_wrong_paper_is() -> None:
    blank = replace(known.SPECIAL, blank="abstain")
    assert reading((), known.SPECIAL) == "invalid" and reading((), blank) == "abstain"
    for marks in (None, ("yes", "no"), ("maybe",)):
        assert reading(marks, blank) == "invalid"
    ten = known.election(3, tuple("abcde"), most_marks=3)
    assert reading(("a", "b"), ten) == "valid"
    assert reading(("a", "a"), ten) == reading(("a", "x"), ten) == reading(tuple("abcd"), ten) == "invalid"
    assert reading(("a", "x"), replace(ten, write_ins=True)) == "valid"


def test_whether_an_invalid_paper_took_part_is_a_parameter() -> None:
    roll = owners_roll(3)
    cast = [*votes(roll, 2), Ballot("o2", None, "paper", NOON)]
    counted = tally_recorded(known.ORDINARY, roll, cast).amounts
    left_out = tally_recorded(replace(known.ORDINARY, invalid_participates=False), roll, cast).amounts
    assert counted["participating"]["heads"] == 3 and left_out["participating"]["heads"] == 2
    assert counted["cast"] == left_out["cast"] == {"heads": 3, "area": 27_000}


def test_paper_stands_over_online_whenever_it_came() -> None:
    for minutes in (-5, 5):
        cast = [ballot("o1", "yes"), ballot("o1", "no", "paper", minutes)]
        assert settle(cast, known.ORDINARY) == ([1], {0: 1}, {})
    roll = owners_roll(1)
    tally = tally_recorded(replace(known.ORDINARY), roll, [ballot("o0", "yes"), ballot("o0", "no", "paper", 9)])
    assert (tally.amounts["yes"]["heads"], tally.amounts["no"]["heads"]) == (0, 1)


def test_within_a_rank_the_first_stands_and_the_second_is_told() -> None:
    cast = [ballot("o1", "no", "paper", 9), ballot("o1", "yes", "at_door", 3), ballot("o1", "yes", minutes=1)]
    assert settle(cast, known.ORDINARY) == ([1], {2: 1}, {0: 1})
    with pytest.raises(ValueError, match="o1: two"):
        tally_recorded(known.ORDINARY, owners_roll(3), cast)


def test_ballots_and_presence_of_strangers_are_refused() -> None:
    with pytest.raises(ValueError, match="o7: not on the roll"):
        tally_recorded(known.ORDINARY, owners_roll(3), [ballot("o7", "yes")])
    with pytest.raises(ValueError, match="o7: present"):
        tally_recorded(known.ORDINARY, owners_roll(3), [], present=["o7"])
    with pytest.raises(ValueError, match="secret"):
        tally_recorded(known.RECALL, owners_roll(3), [])
    with pytest.raises(ValueError, match="records"):
        tally_secret(known.ORDINARY, owners_roll(3), [], cast=0)
    with pytest.raises(ValueError, match="2 ballots of 1"):
        tally_secret(known.RECALL, Roll([RollEntry("a", {"heads": 1})]), [("yes",), ("no",)], cast=1)


def test_while_it_runs_only_participation_is_told() -> None:
    roll = owners_roll()
    verdict = still_needed(known.SPECIAL, roll, [f"o{n}" for n in range(583)])
    assert [(one.threshold.measure, one.missing) for one in verdict.unmet] == [("heads", 57), ("area", 513_000)]
    assert still_needed(known.SPECIAL, roll, list(roll.weights)).met


def test_without_quorum_nobody_learns_who_voted_what() -> None:
    tally = tally_recorded(known.SPECIAL, owners_roll(), votes(owners_roll(), 10, 5))
    assert tally.outcome == "no_quorum" and tally.majority is None and not {"yes", "no"} & set(tally.amounts)


def test_a_tally_gives_the_figures_of_a_procedure() -> None:
    tally = weighted(known.SPECIAL, 4_320_000, 480, 5_760_000, 640)
    found = figures(tally)
    assert (found["registered"], found["participating.area"], found["yes"]) == (960, 5_760_000, 480)
    assert amounts(found) == {name: dict(weights) for name, weights in tally.amounts.items()}


def test_proxies_are_capped_and_listed() -> None:
    rule = replace(known.ORDINARY, proxies=Proxies(per_holder=2, holder_on_roll=True))
    given = [("a", "h"), ("b", "h"), ("c", "h"), ("a", "k"), ("k", "k"), ("x", "k"), ("d", "outside"), ("e", "k")]
    refused = refused_proxies([Proxy(*each) for each in given], rule, ["a", "b", "c", "d", "e", "h", "k"])
    assert refused == {2: "over_cap", 3: "twice", 4: "own", 5: "foreign", 6: "holder_not_on_roll"}
    assert refused_proxies([Proxy("a", "h")], known.ORDINARY, ["a"]) == {0: "not_allowed"}
    free = replace(rule, proxies=Proxies(None, holder_on_roll=False))
    assert not refused_proxies([Proxy(str(n), "h") for n in range(9)], free, map(str, range(9)))


@pytest.mark.parametrize(
    ("numbers", "balanced"),
    [
        ((100, 90, 8, 2, 90), True),
        ((100, 90, 8, 2, 60), True),
        ((100, 90, 8, 2, 91), False),
        ((100, 90, 9, 2, 90), False),
        ((100, 90, 8, 2, -1), False),
    ],
)
def test_no_more_papers_than_were_given_out(numbers: tuple[int, int, int, int, int], balanced: bool) -> None:
    assert Box("1", "paper", *numbers).balanced is balanced


def test_two_people_who_enter_a_box_see_where_they_differ() -> None:
    assert entries_that_differ([("yes",), ("no",), None], [("yes",), ("yes",), None, ()]) == [1, 3]


ANSWERS = st.sampled_from(["yes", "no", "abstain", "", "?"])


def naive(rule: Rule, weights: list[tuple[int, str | None]]) -> tuple[bool, bool]:
    """Quorum and majority of an owners' vote by one pass over the law's sentence, in fractions."""
    total = [len(weights), sum(area for area, _ in weights)]
    part = [(area, said) for area, said in weights if said is not None]
    yes = [area for area, said in part if said == "yes"]
    took, agreed = [len(part), sum(area for area, _ in part)], [len(yes), sum(yes)]
    quorum = all(whole and Fraction(some, whole) >= Fraction(2, 3) for some, whole in zip(took, total, strict=True))
    limit = Fraction(3, 4) if rule is known.SPECIAL else Fraction(1, 2)
    shares = [Fraction(some, whole) if whole else Fraction(0) for some, whole in zip(agreed, took, strict=True)]
    return quorum, all(share >= limit if rule is known.SPECIAL else share > limit for share in shares)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.none() | ANSWERS), min_size=1, max_size=14),
    st.sampled_from([known.ORDINARY, known.SPECIAL]),
    st.randoms(use_true_random=False),
)
def test_a_motion_is_what_the_sentence_of_the_law_says_in_any_order(
    weights: list[tuple[int, str | None]], rule: Rule, order: random.Random
) -> None:
    roll = Roll([RollEntry(str(n), {"heads": 1, "area": area}) for n, (area, _) in enumerate(weights)], BOTH)
    cast = [ballot(str(n), said or None) for n, (_, said) in enumerate(weights) if said is not None]
    tally = tally_recorded(rule, roll, cast)
    quorum, majority = naive(rule, weights)
    assert tally.outcome == ("no_quorum" if not quorum else "passed" if majority else "rejected")
    order.shuffle(cast)
    assert tally_recorded(rule, roll, cast).to_record() == tally.to_record()


@given(st.lists(st.tuples(st.integers(1, 40), ANSWERS), min_size=1, max_size=14), st.data())
def test_one_more_yes_never_harms(weights: list[tuple[int, str]], data: st.DataObject) -> None:
    roll = Roll([RollEntry(str(n), {"heads": 1, "area": area}) for n, (area, _) in enumerate(weights)], BOTH)
    cast = [ballot(str(n), said or None) for n, (_, said) in enumerate(weights)]
    before = tally_recorded(known.SPECIAL, roll, cast).met
    place = data.draw(st.integers(0, len(cast) - 1))
    cast[place] = replace(cast[place], marks=("yes",))
    assert tally_recorded(known.SPECIAL, roll, cast).met >= before


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["online", "paper", "at_door"])), max_size=12), st.data()
)
def test_an_entitlement_has_one_ballot_whatever_the_order(cast: list[tuple[str, str]], data: st.DataObject) -> None:
    ballots = [ballot(entry, "yes", origin, minutes) for minutes, (entry, origin) in enumerate(cast)]
    shuffled = data.draw(st.permutations(ballots))
    one, other = settle(ballots, known.ORDINARY), settle(shuffled, known.ORDINARY)
    standing = [ballots[place] for place in one.counted]
    assert len({each.entry for each in standing}) == len(standing) == len({entry for entry, _ in cast})
    assert {*standing} == {shuffled[place] for place in other.counted}
    assert len(one.counted) + len(one.voided) + len(one.duplicates) == len(ballots)
