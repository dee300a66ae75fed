"""参与共治的单位和人 across rooms: each body and each person once, however often, in however many places."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from gongzhi.common import clock
from gongzhi.gatherings.models import Attendance, Gathering
from gongzhi.ledger.tests.conftest import photo
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.partnerships.queries.participants import participants
from gongzhi.partnerships.tests.conftest import signed
from gongzhi.people import vault
from gongzhi.projects import actions
from gongzhi.projects.actions import Source
from gongzhi.projects.tests.conftest import approved
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of, text_of, words

SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
PEOPLE = ("resident", "neighbour", "outsider", "grid_member", "patch_lead", "department")


@pytest.fixture
def street(world: World) -> World:
    for path in shipped.common_packs():
        if path.parent.name in ("agreements", "schedules"):
            load_pack(by=SETUP, at=NOW, path=path)
    return world


def met(world: World, number: str, place: str, came: tuple[str, ...], body: str = "", at: dt.datetime = NOW) -> None:
    """A meeting that is over, and who came; the last for a body."""
    key, _plain = vault.new_key("gathering", NOW)
    key.save()
    where = world.places[place]
    row = Gathering.objects.create(
        number=number, kind="council", pack="pack:model/pingchang/1.0", title="议事会", place=where, path=where.path,
        organization=world.units["committee-1"], where="会议室", terms={}, starts_at=at, status="closed", public=False,
        ends_at=at + dt.timedelta(hours=1), called_by="system:test", called_at=at, key=key, words=b"",
    )  # fmt: skip
    for name in came:
        for_body = world.units[body] if body and name == came[-1] else None
        Attendance.objects.create(
            gathering=row, person=world.people[name], capacity="member", body=for_body, state="came", came_at=at
        )


def paid(world: World, title: str, body: str) -> None:
    """A project for which a body's money came in."""
    project = approved(world, title=title)
    source = Source("own", "演示物业", 100_00, body=world.units[body])
    line = actions.add_funding_line(by=world.actor("secretary"), at=NOW, number=project.number, source=source)
    actions.pay_line(
        by=world.actor("secretary"), at=NOW, number=project.number, position=line.position, amount=100_00,
        uploads=[photo()],
    )  # fmt: skip


@pytest.mark.req("I07")
def test_the_same_body_in_three_rooms_is_one_and_so_is_a_person_at_two_meetings(street: World) -> None:
    street.units["build-centre"] = street.units["property-1"]
    signed(street, partner=street.units["property-1"])
    met(street, "HY-1", "PC-1", PEOPLE[:4], body="property-1")
    met(street, "HY-2", "PC-2", PEOPLE[2:], body="property-1")
    paid(street, "车棚", "property-1")
    whole = participants(street.places["PC"], SINCE, UNTIL)
    (row,) = whole.rows
    assert row.body == street.units["property-1"] and row.counts == (1, 2, 1)
    assert whole.kinds == (("物业服务单位", 1),)
    # Four came to one meeting, four to the other, two to both.
    assert whole.persons == 6
    # The two communities are counted anew, not added up: the same body is in both.
    first = participants(street.places["PC-1"], SINCE, UNTIL)
    second = participants(street.places["PC-2"], SINCE, UNTIL)
    assert len(first.rows) == len(second.rows) == len(whole.rows) == 1
    # Few people are no number.
    assert first.persons is None and first.smallest == whole.smallest


def test_days_and_unsigned_agreements_do_not_count(street: World) -> None:
    met(street, "HY-1", "PC-1", PEOPLE, at=dt.datetime(2025, 12, 31, 15, 59, tzinfo=dt.UTC))
    met(street, "HY-2", "PC-1", PEOPLE[:5], body="utility", at=dt.datetime(2025, 12, 31, 16, 0, tzinfo=dt.UTC))
    found = participants(street.places["PC-1"], SINCE, UNTIL)
    assert found.persons == 5 and [row.body.code for row in found.rows] == ["utility"]
    before = participants(street.places["PC-1"], dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    assert before.persons == 6 and before.rows == ()
    # The body that called the meeting is its host, not a participant.
    Attendance.objects.filter(body=street.units["utility"]).update(body=street.units["committee-1"])
    assert participants(street.places["PC-1"], SINCE, UNTIL).rows == ()


@pytest.mark.req("I07", where="/agreements/participants/PC-1")
def test_the_page_lists_bodies_and_counts_people(street: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    met(street, "HY-1", "PC-1", PEOPLE, body="property-1")
    page = "/agreements/participants/PC-1"
    office = client_of(street, "secretary")
    assert page in words(office.get("/agreements/"))
    said = text_of(office.get(page))
    assert "柳园物业" in said
    shown = words(office.get(page))
    assert "<dt>人</dt><dd>6</dd>" in shown and "演示resident" not in shown
    book = load_workbook(io.BytesIO(office.get(f"{page}?as=xlsx").content))
    cells = [str(cell) for line in book.active.values for cell in line if cell is not None]
    assert "柳园物业" in cells and any("参加的人 6" in one for one in cells)
    assert "还没有单位参加" in words(office.get(page, {"year": "2024"}))
    assert office.get("/agreements/participants/PC-2").status_code == 403
    assert client_of(street, "resident").get(page).status_code == 403
