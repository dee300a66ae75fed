"""Owners' ways at the law's edges: using the fund and raising it, forming the committee and filing it, a covenant."""

import datetime as dt

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.deliberation import actions, bodies, queries
from gongzhi.deliberation.actions.ending import Text
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import DAY, given, load_procedures, opened, walk
from gongzhi.documents.instruments import in_force_at
from tests.cast import NOW, World

USE, RAISE, CHOOSE, COVENANT = (f"cn.owners.decisions#matter.{number}" for number in (5, 6, 3, 2))
TODAY = clock.local_date(NOW)


@pytest.fixture(autouse=True)
def installed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    load_procedures(("owners_ordinary", "owners_special", "owners_committee"))
    monkeypatch.setattr(clock, "now", lambda: NOW)


def begun(world: World, name: str, matter: str) -> Course:
    openers = {"owners_committee": "residents_committee"}
    return opened(world, name, matter=matter, opener=openers.get(name, "owners_committee"), about="电梯大修")


def counted(yes: int, no: int, of: int = 12) -> dict[str, int]:
    """Homes of 90 square metres each."""
    figures = {"registered": of, "participating": yes + no, "yes": yes, "no": no, "abstain": 0}
    return {**figures, **{f"{name}.area": n * 9_000 for name, n in figures.items()}}


@pytest.mark.req("H09", where="/deliberations/")
@pytest.mark.parametrize(
    ("name", "matter", "yes", "no", "outcome"),
    [
        ("owners_ordinary", USE, 5, 3, "passed"),
        ("owners_ordinary", USE, 4, 4, "rejected"),  # exactly half is not more than half
        ("owners_ordinary", USE, 7, 0, ""),  # 7 of 12 are less than two thirds
        ("owners_special", RAISE, 6, 2, "passed"),
        ("owners_special", RAISE, 5, 3, "rejected"),
    ],
)
def test_using_the_fund_is_ordinary_and_raising_it_is_special(
    world: World, name: str, matter: str, yes: int, no: int, outcome: str
) -> None:
    row = begun(world, name, matter)
    at = walk(world, row, until="vote") + 12 * DAY  # the posting of the roll is over
    by, day = world.actor("secretary"), at.date() + 20 * DAY
    notice = given("noticed", "owners_committee", "vote", for_day=day, documents=["plan", "told"])
    actions.record_event(by=by, at=at, number=row.number, given=notice)
    at += 20 * DAY
    tally = given(
        "recorded", "owners_assembly", "vote", on=day, figures=counted(yes, no), documents=["tally", "minutes"]
    )
    if not outcome:
        with pytest.raises(Refused) as refused:
            actions.record_event(by=by, at=at, number=row.number, given=tally)
        assert refused.value.code == "quorum_short"
        return
    actions.record_event(by=by, at=at, number=row.number, given=tally)
    decision = queries.Followed(row, day).decision
    assert decision is not None and decision.outcome == outcome


@pytest.mark.req("H09", where="/deliberations/")
@pytest.mark.parametrize(("name", "matter"), [("owners_special", USE), ("owners_ordinary", RAISE)])
def test_neither_goes_the_other_way(world: World, name: str, matter: str) -> None:
    with pytest.raises(Refused) as refused:
        begun(world, name, matter)
    assert refused.value.code == "matter_elsewhere" and not Course.objects.exists()
    right = {USE: "owners_ordinary", RAISE: "owners_special"}[matter]
    assert [one.pack.name for one in bodies.deciding(matter, "/321171102/", TODAY)] == [right]


@pytest.mark.req("H09", where="/deliberations/at/{code}/")
def test_an_emergency_is_told_with_the_situations_of_the_province(world: World) -> None:
    henan = bodies.emergency_at(USE, "/41/4115/411502/", TODAY)
    assert henan is not None and len(henan.situations) == 6 and "第70条" in henan.article
    elsewhere = bodies.emergency_at(USE, "/321171102/", TODAY)
    assert elsewhere is not None and elsewhere.situations == () and "第281条" in elsewhere.article
    assert bodies.emergency_at(RAISE, "/41/4115/411502/", TODAY) is None  # only what is there can be used at once
    page, said = "/deliberations/at/LY-5/", {"about": "外墙要掉", "matter": USE}
    assert "等不及表决的" in Client().post(page, said).content.decode()


@pytest.mark.req("H01", where="/deliberations/")
def test_a_committee_is_formed_filed_within_thirty_days_and_gets_its_seal(world: World) -> None:
    row = begun(world, "owners_committee", CHOOSE)
    at = walk(world, row, until="file")
    course = queries.Followed(row, (at + 12 * DAY).date())
    voted = next(event.on for event in course.events if event.step == "vote" and event.figures)
    last = next(due.on for due in course.dues if due.step == "file")
    # From the election on, not from when its result was posted; a day of rest moves the last day (民法典 203).
    assert 30 <= (last - voted).days <= 33
    at = dt.datetime.combine(last, at.timetz())
    receipt = given("recorded", "owners_committee", "file", on=last, documents=["receipt"])
    actions.record_event(by=world.actor("secretary"), at=at, number=row.number, given=receipt)
    row.refresh_from_db()
    assert row.current == "seal"


@pytest.mark.req("F12", where="/resolutions/{number}/text")
def test_what_owners_adopt_becomes_a_version_of_their_covenant(world: World) -> None:
    by = world.actor("secretary")
    for version, heading in ((1, "管理规约"), (2, "管理规约")):
        row = begun(world, "owners_ordinary", COVENANT)
        at = walk(world, row)
        made = Resolution.objects.get(course=row)
        assert made.effect == "adopt_text"
        text = Text("liuyuan-rules", "covenant", heading, f"# 楼道不堆物\n第 {version} 版", at.date())
        adopted = actions.adopt_text(by=by, at=at + DAY, number=made.number, text=text)
        assert adopted.version == version
    held = in_force_at(world.places["PC-1-1-1"].path, (at + DAY).date())
    assert [(one.code, one.version) for one in held] == [("liuyuan-rules", 2)]
    ordinary = begun(world, "owners_ordinary", USE)
    walk(world, ordinary)
    assert Resolution.objects.get(course=ordinary).effect == ""
