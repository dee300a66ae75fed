"""The pure part: the numbers of fixtures 3.6 on the rule of an owners' decision, papers as typed, boxes, receipts."""

import datetime as dt
from fractions import Fraction

import pytest

from gongzhi.ballots import rules
from gongzhi.common.errors import Conflict, Refused
from gongzhi.engines.voting.rules import Rule

OPTIONS = [{"code": code, "word": word} for code, word in (("yes", "同意"), ("no", "反对"), ("abstain", "弃权"))]
MOMENT = dt.datetime(2026, 3, 18, 1, 0, tzinfo=dt.UTC)


def rule(share: str, *, inclusive: bool) -> Rule:
    both = ("heads", "area")
    return rules.resolution_rule(
        cited=("cn.owners.decisions", "2021.1", "x", "第278条"),
        participation=[rules.Needs(measure, Fraction(2, 3), True) for measure in both],
        agreement=[rules.Needs(measure, Fraction(share), inclusive) for measure in both],
        proxies=None,
    )


ORDINARY, SPECIAL = rule("1/2", inclusive=False), rule("3/4", inclusive=True)


@pytest.mark.req("H03")
@pytest.mark.parametrize(("heads", "area", "met"), [
    (640, 5_760_000, True), (639, 6_000_000, False), (960, 5_759_999, False), (640, 5_759_999, False),
])  # fmt: skip
def test_participation_of_960_owners(heads: int, area: int, met: bool) -> None:
    took_part = {"heads": heads, "area": area}
    verdict = ORDINARY.quorum.judge({"registered": {"heads": 960, "area": 8_640_000}, "participating": took_part})
    assert verdict.met is met
    assert [bar.needed for bar in rules.bars(verdict)] == [640, 5_760_000]
    assert [bar.missing for bar in rules.bars(verdict)] == [max(0, 640 - heads), max(0, 5_760_000 - area)]


@pytest.mark.req("H03")
@pytest.mark.parametrize(("given", "heads", "area", "met"), [
    (ORDINARY, 321, 2_880_001, True), (ORDINARY, 320, 3_000_000, False), (ORDINARY, 321, 2_880_000, False),
    (SPECIAL, 480, 4_320_000, True), (SPECIAL, 479, 4_320_000, False), (SPECIAL, 480, 4_319_999, False),
])  # fmt: skip
def test_agreement_of_640_who_took_part(given: Rule, heads: int, area: int, met: bool) -> None:
    amounts = {"participating": {"heads": 640, "area": 5_760_000}, "yes": {"heads": heads, "area": area}}
    assert given.majority.judge(amounts).met is met


def test_a_thousand_owners() -> None:
    amounts = {"registered": {"heads": 1000, "area": 1000}, "participating": {"heads": 0, "area": 0}}
    assert [bar.needed for bar in rules.bars(ORDINARY.quorum.judge(amounts))] == [667, 667]
    took = {"participating": {"heads": 667, "area": 667}, "yes": {"heads": 0, "area": 0}}
    for given, needed in ((ORDINARY, 334), (SPECIAL, 501)):
        assert [one.bound for one in given.majority.judge(took).alternatives[0]] == [needed, needed]


def test_what_a_teller_types() -> None:
    papers = rules.read_papers("17 1\n3 反对\n\n5 0\n6 x\n8：2", OPTIONS, numbered=True)
    assert papers == [(3, ("no",)), (5, ()), (6, None), (8, ("no",)), (17, ("yes",))]
    assert rules.read_papers("1\n废\n1 2", OPTIONS, numbered=False) == [(1, ("yes",)), (2, None), (3, ("yes", "no"))]
    for text, code in (("17", "bad_line"), ("17 9", "bad_line"), ("a 1", "bad_line"), ("1 1\n1 2", "number_twice")):
        with pytest.raises(Refused, match=code):
            rules.read_papers(text, OPTIONS, numbered=True)


def test_where_two_tellers_differ() -> None:
    first: list[rules.Paper] = [(1, ("yes",)), (2, None), (3, ())]
    second: list[rules.Paper] = [(1, ("yes",)), (2, ("no",)), (4, ())]
    assert rules.differences(first, second) == [(2, "x", "no"), (3, "", None), (4, None, "")]
    assert rules.differences(first, first) == []


def test_the_hours_of_a_vote() -> None:
    closes = MOMENT + dt.timedelta(days=1)
    rules.check_open(opens=MOMENT, closes=closes, at=closes)
    for at, code in (
        (MOMENT - dt.timedelta(seconds=1), "not_open_yet"),
        (closes + dt.timedelta(seconds=1), "vote_is_over"),
    ):
        with pytest.raises(Conflict, match=code):
            rules.check_open(opens=MOMENT, closes=closes, at=at)
    with pytest.raises(Conflict, match="not_over_yet"):
        rules.check_over(closes, closes - dt.timedelta(microseconds=1))
    rules.check_over(closes, closes)
    with pytest.raises(Refused, match="closes_too_soon"):
        rules.check_closing(MOMENT, MOMENT)


def test_receipts_are_read_as_people_write_them() -> None:
    digest = "0123456789ab" + "f" * 52
    assert rules.short_receipt(digest) == "0123-4567-89AB"
    assert rules.same_receipt(" 0123-4567-89ab", digest) and rules.same_receipt(digest, digest)
    assert not rules.same_receipt("0123-4567-89", digest) and not rules.same_receipt("", digest)
