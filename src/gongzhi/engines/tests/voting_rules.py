"""Rules of the fixtures (fixtures.md 3.6), as a pack would give them: numbers for tests, with their article."""

from typing import Any

from gongzhi.engines.thresholds import Requirement
from gongzhi.engines.voting.rules import Least, Rule, Ties


def share(counts: str, text: str, inclusive: bool, of: str, measure: str = "heads") -> dict[str, Any]:
    return {"counts": counts, "measure": measure, "share": text, "inclusive": inclusive, "of": of}


def both(counts: str, text: str, inclusive: bool, of: str) -> list[list[dict[str, Any]]]:
    """Heads and area."""
    return [[share(counts, text, inclusive, of, measure) for measure in ("heads", "area")]]


def requirement(*ways: list[dict[str, Any]]) -> Requirement:
    return Requirement.from_params(ways)


def motion(article: str, quorum: Requirement, majority: Requirement, **more: Any) -> Rule:
    options = ("yes", "no", "abstain")
    return Rule("test", "1", article, article, "resolution", options, quorum, majority, **more)


OWNERS = requirement(*both("participating", "2/3", True, "registered"))
HEADS_AND_AREA = {"measures": ("heads", "area"), "precedence": (("paper", "booth", "at_door", "proxy"), ("online",))}


def owners(text: str, inclusive: bool, **more: Any) -> Rule:
    """民法典 第278条: 2/3 of heads and of area take part; a share of those who do."""
    majority = requirement(*both("yes", text, inclusive, "participating"))
    return motion("民法典第278条", OWNERS, majority, **{**HEADS_AND_AREA, **more})


ORDINARY, SPECIAL = owners("1/2", False), owners("3/4", True)
UNANIMOUS = motion("民法典第279条", requirement(), requirement(*both("yes", "1", True, "registered")), **HEADS_AND_AREA)
DISSENT = motion(
    "河南省物业管理条例第66条",
    requirement(),
    requirement([{**each, "limit": "at_most"} for each in both("no", "1/3", True, "registered")[0]]),
    **HEADS_AND_AREA,
)
ASSEMBLY = motion(
    "村组法第22条",
    requirement(
        [share("present", "1/2", False, "registered")], [share("present", "2/3", True, "registered", "households")]
    ),
    requirement([share("yes", "1/2", False, "present")]),
    measures=("heads", "households"),
)
DELEGATES = motion(
    "村组法第26条",
    requirement([share("present", "2/3", True, "due")]),
    requirement([share("yes", "1/2", False, "present")]),
)
PARTY = motion(
    "四议两公开：党员大会审议",
    requirement([share("present", "2/3", True, "due")]),
    requirement([share("yes", "1/2", True, "due")]),
)
RECALL = motion(
    "村组法第16条",
    requirement([share("cast", "1/2", False, "registered")]),
    requirement([share("yes", "1/2", False, "cast")]),
    secret=True,
)


def election(seats: int, options: tuple[str, ...], **more: Any) -> Rule:
    """村组法 第15条: more than half of the registered vote; elected with more than half of those voting."""
    given = {
        "quorum": requirement([share("cast", "1/2", False, "registered")]),
        "majority": requirement([share("support", "1/2", False, "cast")]),
        "secret": True,
        "contested": True,
        "runoff_extra": 1,
        "composition": (Least("woman", 1),),
        **more,
    }
    quorum, majority = given.pop("quorum"), given.pop("majority")
    return Rule(
        "test", "1", "election", "村组法第15条", "approval", options, quorum, majority,
        seats=seats, most_marks=given.pop("most_marks", seats), **given,
    )  # fmt: skip


def second_round(seats: int, options: tuple[str, ...], **more: Any) -> Rule:
    """另行选举: the most votes, and a third of the ballots cast."""
    majority = requirement([share("support", "1/3", True, "cast")])
    return election(seats, options, **{"quorum": requirement(), "majority": majority, "contested": False, **more})


BY_LOT = Ties("lot")
