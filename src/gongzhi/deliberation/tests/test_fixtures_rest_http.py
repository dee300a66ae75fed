"""The other rows of fixtures.md 3.6, over HTTP at ±1: recall, review, the form of a branch, owners with many homes.

As in test_fixtures_http: a course is led to the step by its actions, the row is entered on the page, and where the
course stands is read over the interface.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.ballots.models import Roll
from gongzhi.ballots.tests.reviews import graded
from gongzhi.ballots.tests.test_api import caller
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.deliberation.tests.test_fixtures_http import (
    Figures,
    Step,
    answers,
    client_of,
    fields,
    outcome_of,
    today,  # noqa: F401 - a fixture
    tried,
    up_to,
)
from gongzhi.deliberation.tests.test_posts import about, member, reviewed  # noqa: F401 - a fixture
from gongzhi.deliberation.tests.walking import errors_of
from gongzhi.engines.procedure_terms import Event
from gongzhi.people.models import Mandate
from gongzhi.registers.tests.homes import approve, declare, homes
from tests import cast
from tests.cast import NOW, World

YEAR = dt.timedelta(days=365)


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures(("recall", "democratic_review", "party_branch"))
    return world


def sent(world: World, number: str, event: Event, figures: Figures) -> Any:
    return client_of(world, "secretary").post(f"/deliberations/{number}/record/recorded", fields(event, figures))


@pytest.mark.req("G08", where="/deliberations/new/{body}/{name}/")
@pytest.mark.parametrize(
    ("opener", "total", "calling", "of", "least"),
    [
        ("villagers", "voters", "calling", 1800, 360),
        ("representatives", "representatives", "calling_representatives", 45, 15),
    ],
)
def test_who_may_ask_for_a_recall(
    world: World, today: Any, member: Mandate, opener: str, total: str, calling: str, of: int, least: int  # noqa: F811
) -> None:  # fmt: skip
    address = f"/deliberations/new/{world.units['committee-1'].pk}/recall/"
    asked = {"about": "罢免要求", "opener": opener, "matter": "none", "concerns": f"mandate:{member.pk}"}
    for number, status in ((least - 1, 422), (least, 302), (least + 1, 302)):
        with tried():
            given = {**asked, f"figure-{total}": str(of), f"figure-{calling}": str(number)}
            answer = client_of(world, "secretary").post(address, given)
            assert answer.status_code == status, (number, errors_of(answer))
            assert status == 302 or "第16条" in errors_of(answer)


@pytest.mark.req("G08", where="/deliberations/{number}")
@pytest.mark.parametrize(
    ("rows", "figures_of"),
    [
        ({900: "kept", 901: "recalled", 902: "recalled"}, lambda n: (n, n)),
        ({500: "kept", 501: "recalled", 502: "recalled"}, lambda n: (1000, n)),
    ],
    ids=["901 of 1,800 take part", "501 of 1,000 agree"],
)
def test_a_recall_needs_more_than_half_twice(
    world: World,
    today: list[dt.datetime],  # noqa: F811
    member: Mandate,  # noqa: F811
    rows: dict[int, str],
    figures_of: Callable[[int], tuple[int, int]],
) -> None:
    asked = {"figures": {"voters": 1800, "calling": 360}, **about(member)}
    row, event = up_to(world, Step("recall", "vote", {}), more=asked)
    today[0] = NOW + (event.entered - NOW.date())
    for number, said in rows.items():
        with tried():
            came, yes = figures_of(number)
            counted = {"registered": 1800, "cast": came, "participating": came, **answers(yes, came)}
            answer = sent(world, row.number, event, counted)
            assert answer.status_code == 302, errors_of(answer)
            assert outcome_of(row.number, "vote") == said, number


@pytest.mark.req("G08", where="/deliberations/{number}")
@pytest.mark.parametrize(
    ("before", "failing"),
    [
        ((), "unfit"),
        (("unfit",), "ends"),  # 2024 and 2025
        (("unfit", "fit"), "unfit"),  # 2023, a good 2024, 2025
    ],
    ids=["the first", "the second in a row", "a good year between"],
)
def test_two_failing_reviews_in_a_row(
    world: World, today: list[dt.datetime], member: Mandate, before: tuple[str, ...], failing: str  # noqa: F811
) -> None:  # fmt: skip
    Mandate.objects.filter(pk=member.pk).update(valid_from=dt.date(2023, 1, 1))
    for years, way in zip(range(len(before), 0, -1), before, strict=True):
        reviewed(world, member, NOW - years * YEAR, way)
    row, event = up_to(world, Step("democratic_review", "review", {}), more=about(member))
    today[0] = NOW + (event.entered - NOW.date())
    for unfit, said in ((14, "fit"), (15, "fit"), (16, failing)):  # more than half of 30
        with tried():
            marks = [1, 2, 2, *[3] * (27 - unfit), *[4] * unfit]
            vote = graded(world, marks, today[0], registered=45)
            answer = client_of(world, "secretary").post(
                f"/deliberations/{row.number}/record/recorded", {**fields(event, {}), "vote": vote.number}
            )
            assert answer.status_code == 302, errors_of(answer)
            assert outcome_of(row.number, "review") == said, unfit


@pytest.mark.req("B04", where="/deliberations/{number}")
def test_the_form_of_a_branch(world: World, today: list[dt.datetime]) -> None:  # noqa: F811
    row, event = up_to(world, Step("party_branch", "count", {}))
    today[0] = NOW + (event.entered - NOW.date())
    for members, said in ((4, "own"), (3, "own"), (2, "joint"), (1, "joint"), (0, "functional")):
        with tried():
            counted = {**event.figures, "formal_members": members, "direct_members": members, "units": 2}
            answer = sent(world, row.number, event, counted)
            assert answer.status_code == 302, errors_of(answer)
            assert outcome_of(row.number, "count", caller(world, "secretary")) == said, members


@pytest.mark.req("H03", where="/votes/rolls/new")
def test_who_owns_three_homes_is_one_head_with_their_area(world: World, today: Any) -> None:  # noqa: F811
    doors = homes(world, ("1-101", "1-102", "2-301", "2-302"))
    for who, door in zip(("resident", "resident", "resident", "neighbour"), doors.values(), strict=True):
        approve(world, declare(world, who, door))
    purpose = {"purpose": "owners", "place": "柳园小区5栋"}
    answer = client_of(world, "secretary").post("/votes/rolls/new", purpose)
    assert answer.status_code == 302, errors_of(answer)
    roll = Roll.objects.get(number=answer.url.rsplit("/", 1)[-1])
    assert sorted(roll.entries.values_list("heads", "area")) == [(1, 8_912), (1, 3 * 8_912)]
