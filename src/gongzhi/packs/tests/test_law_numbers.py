"""Every number of the law packs, held against a table written by hand from the law."""

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from gongzhi.packs import laws, shipped
from gongzhi.packs.contents import LawPack
from gongzhi.packs.reading import read_pack

TABLE = tomllib.loads((Path(__file__).parent / "law_numbers.toml").read_text("utf-8"))
SIGNS = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}
UNITS = {"calendar_days": "d", "working_days": "wd", "months": "mo", "years": "y"}
# Laws of the committees and votes; the others (time, petitions, privacy …) have their own tests.
FAMILIES = (
    "cn.owners.decisions", "cn.owners.committee", "cn.village", "cn.residents", "cn.collective", "cn.resolution",
    "cn.levy", "cn.party_branch", "cn.government_information", "cn.major_decisions",
)  # fmt: skip


def law_packs() -> dict[str, LawPack]:
    found = [read_pack(path.read_text("utf-8"), path.name) for path in shipped.common_packs() if "laws" in path.parts]
    return {
        f"{pack.name}/{pack.version}": pack
        for pack in found
        if isinstance(pack, LawPack) and (pack.over or pack.name) in FAMILIES
    }


PACKS = law_packs()


def said(value: object) -> object:
    """A figure in the table's notation."""
    if isinstance(value, laws.Share):
        return f"{SIGNS[value.compare]}{value.share.numerator}/{value.share.denominator} {value.of}"
    if isinstance(value, laws.Period):
        return f"{value.amount} {UNITS[value.unit]}"
    return list(value) if isinstance(value, tuple) else value


def numbers(pack: LawPack) -> dict[str, dict[str, object]]:
    found = {rule.code: {key: said(value) for key, value in laws.figures(rule.params)} for rule in pack.rules}
    return {code: held for code, held in found.items() if held}


@pytest.mark.parametrize("reference", sorted(TABLE))
def test_a_pack_holds_the_numbers_of_the_law_and_no_others(reference: str) -> None:
    assert numbers(PACKS[reference]) == TABLE[reference]


def test_every_pack_is_in_the_table() -> None:
    # The new village law could not be read: its numbers are those of 2018, and the next test holds it to them.
    assert set(PACKS) == {*TABLE, "cn.village/2026.1"}


def test_the_village_law_of_2026_copies_2018_and_says_that_it_does() -> None:
    old, new = PACKS["cn.village/2018.1"], PACKS["cn.village/2026.1"]
    copied = {rule.code: rule for rule in new.rules}
    for rule in old.rules:
        assert copied[rule.code].params == rule.params
        assert (copied[rule.code].confidence or new.confidence) in ("V", "D")
    added = [rule for rule in new.rules if rule.code not in {rule.code for rule in old.rules}]
    assert {rule.code for rule in added} == {
        "consultation", "guidance", "recognition", "supervision.attends", "chair.secretary"
    }  # fmt: skip
    assert {rule.confidence for rule in added} == {"P"}


def test_what_was_only_read_in_fragments_is_marked() -> None:
    pack = PACKS["cn.residents/2026.1"]
    sure = {rule.code for rule in pack.rules if rule.confidence == "P"}
    assert sure == {"consultation", "size", "established", "party"}
    assert all(rule.caution for rule in pack.rules if rule.code not in sure)


@pytest.mark.parametrize("reference", sorted(PACKS))
def test_every_rule_says_where_it_comes_from(reference: str) -> None:
    pack = PACKS[reference]
    for rule in pack.rules:
        cite = laws.cited(reference, pack, rule)
        assert cite.source
        assert cite.article or cite.confidence in "PSMDV", rule.code


def reaches(share: laws.Share, part: int, whole: int) -> bool:
    wanted = share.share * whole
    return Fraction(part) >= wanted if share.inclusive else Fraction(part) > wanted


# fixtures.md 3.6: the least that is enough, and one fewer that is not.
LEAST = [
    ("cn.owners.decisions/2021.1", "participation", "heads", 960, 640),
    ("cn.owners.decisions/2021.1", "participation", "area", 86_400, 57_600),
    ("cn.owners.decisions/2021.1", "ordinary", "heads", 640, 321),
    ("cn.owners.decisions/2021.1", "ordinary", "area", 57_600, 28_801),
    ("cn.owners.decisions/2021.1", "special", "heads", 640, 480),
    ("cn.owners.decisions/2021.1", "special", "area", 57_600, 43_200),
    ("cn.owners.decisions/2021.1", "participation", "heads", 1000, 667),
    ("cn.owners.decisions/2021.1", "ordinary", "heads", 667, 334),
    ("cn.owners.decisions/2021.1", "special", "heads", 667, 501),
    ("cn.owners.decisions/2021.1", "conversion", "consent", 30, 30),
    ("cn.village/2018.1", "assembly.quorum", "adults", 2496, 1249),
    ("cn.village/2018.1", "representatives.quorum", "present", 45, 30),
    ("cn.village/2018.1", "representatives.decision", "votes", 30, 16),
    ("cn.village/2018.1", "representatives.call", "representatives", 45, 9),
    ("cn.village/2018.1", "representatives.composition", "representatives", 25, 20),
    ("cn.village/2018.1", "representatives.composition", "women", 25, 9),
    ("cn.village/2018.1", "election.valid", "voted", 1800, 901),
    ("cn.village/2018.1", "election.elected", "votes", 1000, 501),
    ("cn.village/2018.1", "election.second", "votes", 1000, 334),
    ("cn.village/2018.1", "recall.request", "voters", 1800, 360),
    ("cn.village/2018.1", "recall.pass", "voted", 1800, 901),
    ("cn.resolution/2021.1", "party.attendance", "present", 60, 40),
    ("cn.resolution/2021.1", "party.support", "votes", 60, 30),
]


@pytest.mark.parametrize(("reference", "code", "key", "whole", "least"), LEAST)
def test_the_shares_give_the_figures_of_the_fixtures(
    reference: str, code: str, key: str, whole: int, least: int
) -> None:
    share = laws.share_of(PACKS[reference].params(code)[key])
    assert reaches(share, least, whole)
    assert not reaches(share, least - 1, whole)
