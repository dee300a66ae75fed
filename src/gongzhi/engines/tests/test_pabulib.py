"""`.pb` files: every kind of ballot, odd headers and encodings, what is wrong and on which line, out and in again."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from gongzhi.engines.budgeting.elections import Election
from gongzhi.engines.budgeting.faults import FAULTS, Unreadable
from gongzhi.engines.budgeting.pabulib import read_pb, write_pb
from gongzhi.engines.budgeting.tallies import recorded_rule, recorded_winners
from gongzhi.engines.tests.elections import elections

FILE = """META
key;value
description;演示数据：修哪几条路
budget;1 000,50
vote_type;approval
rule;greedy-threshold
min_project_score_threshold;2

PROJECTS
Project_ID;name;COST;selected
p1;"路灯; 东头";300.25;1
2;晒谷场;700;2

VOTES
voter_id;age;vote
1;20;"p1,2"
2;;p1
3;70;
"""


def kind(vote_type: str, votes: str, more: str = "") -> str:
    head = f"META\nkey;value\nbudget;10\nvote_type;{vote_type}\n{more}PROJECTS\nproject_id;cost\na;4\nb;5\nc;6\nVOTES\n"
    return head + votes


def test_it_is_read_whole() -> None:
    vote = read_pb(FILE.encode())
    assert vote.budget == Fraction(2001, 2) and vote.costs == {"p1": Fraction(1201, 4), "2": 700}
    assert vote.voters == 3 and vote.scores() == {"p1": 2, "2": 1} and vote.threshold == 2
    assert vote.projects[0].name == "路灯; 东头"
    rule = recorded_rule(vote)
    assert rule and rule.name == "greedy-threshold" and recorded_winners(vote) == {"p1"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends_change_nothing(encoding: str, end: str) -> None:
    assert read_pb(FILE.replace("\n", end).encode(encoding)) == read_pb(FILE.encode())


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        (kind("choose-1", "voter_id;vote\n1;a\n2;a\n3;b\n"), [2, 1, 0]),
        (kind("approval", "vote;voter_id\na,b,a;1\n;2\n"), [1, 1, 0]),
        (kind("cumulative", 'voter_id;vote;points\n1;a,b;"2,3"\n2; b ;0.5\n'), [2, Fraction(7, 2), 0]),
        (kind("ordinal", "voter_id;vote\n1;a,b\n2;c\n", "max_length;3\n"), [3, 2, 3]),
        (kind("ordinal", "voter_id;vote\n1;a,b\n2;c\n"), [2, 1, 1]),
        (kind("ordinal", "voter_id;vote\n1;a,b,c\n", "max_length;2\n"), [2, 1, 0]),
    ],
)
def test_every_kind_of_ballot(text: str, scores: list) -> None:
    assert list(read_pb(text.encode()).scores().values()) == scores


VOTES = "VOTES\nvoter_id;vote\n1;a\n"
HEAD = "META\nkey;value\nbudget;10\n"
PROJECTS = "PROJECTS\nproject_id;cost\na;4\n"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("hello\n" + HEAD, "before_first_section", 1),
        (HEAD + PROJECTS, "no_section", 0),
        (HEAD + HEAD + PROJECTS + VOTES, "second_section", 4),
        (HEAD + "budget;11\n" + PROJECTS + VOTES, "second_key", 4),
        ("META\nkey;value\nunit;x\n" + PROJECTS + VOTES, "no_amount", 2),
        ("META\nkey;value\nunit;x\nbudget;ten\n" + PROJECTS + VOTES, "no_number", 4),
        (HEAD + "PROJECTS\nproject_id;cost\na;-4\n" + VOTES, "below_zero", 6),
        (HEAD + "PROJECTS\nproject_id;price\na;4\n" + VOTES, "no_column", 5),
        (HEAD + PROJECTS + "a;5\n" + VOTES, "project_id", 7),
        (HEAD + PROJECTS + "b,c;5\n" + VOTES, "comma_in_id", 7),
        (HEAD + "vote_type;applause\n" + PROJECTS + VOTES, "vote_type", 4),
        (HEAD + PROJECTS + VOTES + "2\n", "no_vote", 10),
        (HEAD + PROJECTS + VOTES + "2;a,z\n", "unknown_project", 10),
        (kind("choose-1", 'voter_id;vote\n1;"a,b"\n'), "second_choice", 12),
        (kind("cumulative", 'voter_id;vote;points\n1;"a,b";2\n'), "points", 12),
        (kind("cumulative", "voter_id;vote\n1;a\n"), "no_column", 11),
        (kind("ordinal", "voter_id;vote\n1;a\n", "max_length;few\n"), "max_length", 5),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read_pb(text.encode())
    assert (caught.value.code, caught.value.line) == (code, line)
    assert str(caught.value).startswith(f"line {line}: ") == bool(line)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        read_pb(b"META\xff\xff\xff")
    assert caught.value.code == "encoding" and "encoding" in FAULTS


@settings(max_examples=100, deadline=None)
@given(elections() | elections(points=True))
def test_out_and_in_again(vote: Election) -> None:
    amounts = [vote.budget, *vote.costs.values()]
    if any(10**6 % each.denominator for each in amounts):
        with pytest.raises(ValueError, match="no exact decimal"):
            write_pb(vote)
        return
    again = read_pb(write_pb(vote, selected=["a"]))
    assert (again.costs, again.ballots, again.budget) == (vote.costs, vote.ballots, vote.budget)
    assert recorded_winners(again) == {"a"}
