"""Staffing an office: posts that clash, 一肩挑, coverage, employment, rosters, neighbour leads, bodies that end."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from gongzhi.audit.models import Access, Entry
from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.receivers_after_hours import tell_who_is_on_duty
from gongzhi.cases.rules import Where
from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.notifications.models import Notice
from gongzhi.notifications.registry import Event
from gongzhi.people import actions, rules
from gongzhi.people.models import Mandate, Organization, Post
from gongzhi.people.queries import duty, name_on, neighbours, reporting
from gongzhi.places.actions import add_place, merge_places, move_place
from tests.cast import NOW, SETUP

pytestmark = pytest.mark.django_db
DAY = NOW.astimezone(CHINA).date()
ON = dt.date(2026, 4, 1)


def post(world, code, title, place="PC-1", role="department", unit="committee-1", **more) -> Post:
    body = world.units.get(unit)
    given = {"role": role, "title": title, "place": world.places[place], "organization": body, **more}
    return actions.add_post(by=SETUP, at=NOW, code=code, valid_from=dt.date(2020, 1, 1), **given)


def appoint(world, name, to, **more) -> Mandate:
    given = {"person": world.people[name], "post": to, "decision": "test", "valid_from": dt.date(2025, 3, 18), **more}
    return actions.appoint(by=SETUP, at=NOW, **given)


def sheet(response) -> list[tuple]:
    assert response.status_code == 200
    return list(load_workbook(io.BytesIO(response.content)).worksheets[0].iter_rows(values_only=True))


# A06: two posts, one person


@pytest.mark.parametrize(
    ("title", "is_one"), [("社区书记", True), ("书记", True), ("副书记", False), ("书记员", False)]
)
def test_a_deputy_is_no_secretary(title, is_one):
    assert rules.ends_with(title, ["书记"]) == is_one


@pytest.mark.req("A06")
def test_one_shoulder_rate_with_its_rows(world, sign_in):
    first = appoint(world, "resident", post(world, "d-1", "居委会主任", unit="property-1"))
    appoint(world, "secretary", post(world, "d-2", "居委会主任"))
    post(world, "s-2", "社区书记", place="PC-2", role="secretary", unit="committee-2")
    post(world, "d-3", "社区主任", place="PC-2", unit="committee-2")
    actions.end_mandate(by=SETUP, at=NOW, mandate=first, on=DAY)
    found = reporting.sharing(world.actor("auditor"), DAY)[0]
    assert (found.numerator, found.denominator, found.vacant, found.rate) == (1, 2, 1, "50.0%")
    page = sign_in("auditor").get("/people/reports/sharing")
    assert "50.0%" in page.content.decode() and "1 / 2" in page.content.decode()
    rows = sheet(sign_in("auditor").get("/people/reports/sharing?export=xlsx"))
    assert [row[-1] for row in rows[2:]] == ["一人兼任", "有空缺"]
    assert reporting.sharing(world.actor("secretary"), DAY)[0].denominator == 1, "only one's own places"


@pytest.mark.req("A06")
def test_the_law_refuses_what_the_model_only_doubts_with_a_reason(world, sign_in):
    committee, watch = post(world, "c", "村委会委员"), post(world, "w", "村务监督委员会委员")
    held = appoint(world, "resident", committee)
    with pytest.raises(Refused) as refused:
        appoint(world, "resident", watch)
    assert refused.value.code == "posts_clash" and "第三十二条" in refused.value.facts["basis"]
    actions.end_mandate(by=SETUP, at=NOW, mandate=held, on=DAY)
    appoint(world, "neighbour", post(world, "sj", "支部书记", role="patch_lead"))
    with pytest.raises(Refused) as refused:
        appoint(world, "neighbour", watch)
    assert refused.value.code == "posts_doubtful"
    appoint(world, "neighbour", watch, despite="人手不够，暂由书记兼任")
    entry = Entry.objects.filter(action="people.appoint").latest("id")
    assert entry.changes["despite"] is True


@pytest.mark.req("C02")
def test_the_page_of_appointing_shows_who_is_eligible(world, sign_in):
    post(world, "pl", "片长", place="PC-1-1", role="patch_lead", eligibility="社区两委班子成员")
    page = sign_in("administrator").get("/people/posts/pl/appoint").content.decode()
    assert "任职条件" in page and "社区两委班子成员" in page


# A07: vacancies


@pytest.mark.req("A07")
def test_units_without_a_holder_are_counted_and_listed(world, sign_in):
    appoint(world, "resident", post(world, "b5", "楼院长", place="LY-5", role="grid_member", unit=""))
    for number in (6, 7, 8):
        code = f"LY-{number}"
        given = {"kind": "building", "level": "building", "parent": world.places["PC-1-1-1"]}
        add_place(by=SETUP, at=NOW, code=code, name=f"{number}栋", **given)
    administrator = world.actor("administrator")
    row = next(row for row in reporting.coverage(administrator, DAY) if row.title == "楼院长")
    assert (row.level, row.units, row.posted, row.held, row.without, row.rate) == ("building", 4, 1, 1, 3, "25.0%")
    client = sign_in("administrator")
    assert "25.0%" in client.get("/people/reports/vacancies").content.decode()
    page = client.get("/people/reports/vacancies?title=楼院长&level=building").content.decode()
    assert "6栋" in page and "柳园小区5栋" not in page
    rows = sheet(client.get("/people/reports/vacancies?title=楼院长&level=building&export=xlsx"))
    assert [row[0] for row in rows[2:]] == ["LY-6", "LY-7", "LY-8"]
    assert sheet(client.get("/people/reports/vacancies?export=xlsx"))[1][0] == "岗位"


# C05: employment


@pytest.mark.req("C05")
def test_employment_is_written_down_and_counted_by_type(world, sign_in):
    one = world.people["grid_member"].mandates.get()
    client = sign_in("administrator")
    given = {"employment": "part_time", "stipend": "每月 2000 元", "committee_path": "on"}
    assert client.post(f"/people/mandates/{one.pk}/terms", given).status_code == 302
    one.refresh_from_db()
    assert (one.employment, one.terms) == ("part_time", {"stipend": "每月 2000 元", "committee_path": True})
    assert "2000" not in str(Entry.objects.filter(action="people.set_terms").get().changes)
    found = {row.code: row for row in reporting.employment(world.actor("administrator"), DAY, "grid_member")}
    assert (found["part_time"].holders, found["part_time"].with_stipend, found["part_time"].on_path) == (1, 1, 1)
    assert found["part_time"].mean_years == "6.2" and found[""].holders == 1
    page = client.get("/people/reports/employment?role=grid_member&type=part_time").content.decode()
    assert "每月 2000 元" in page
    rows = sheet(client.get("/people/reports/employment?role=grid_member&type=part_time&export=xlsx"))
    assert rows[2][3:5] == ("兼职", "每月 2000 元") and set(rows[2][2][1:]) == {"*"}


def test_only_the_administrator_writes_employment(world):
    one = world.people["grid_member"].mandates.get()
    with pytest.raises(Forbidden):
        actions.set_terms(by=world.actor("secretary"), at=NOW, mandate=one, employment="part_time", terms={})
    with pytest.raises(Refused):
        actions.set_terms(by=world.actor("administrator"), at=NOW, mandate=one, employment="robot", terms={})


# C11: rosters and nights

NIGHT = dt.datetime(2026, 3, 18, 14, 0, tzinfo=dt.UTC)  # 22:00 of a Wednesday


def night_shift(world) -> Mandate:
    one = world.people["dispatcher"].mandates.get()
    shift = rules.shift_of(DAY, dt.time(18), dt.time(8, 30), CHINA)
    actions.add_shifts(by=world.actor("administrator"), at=NOW, mandate=one, shifts=[shift])
    return one


@pytest.mark.req("C11")
def test_who_is_on_duty_when_and_where(world):
    one = night_shift(world)
    path = world.places["PC-1-1-1"].path
    found = duty.on_duty(path, NIGHT)
    assert [(row.person_id, row.organization_id) for row in found] == [(one.person_id, world.units["command"].pk)]
    assert duty.on_duty(path, NOW) == [] and duty.on_duty("/440307/", NIGHT) == []
    morning = dt.datetime(2026, 3, 19, 0, 29, tzinfo=dt.UTC)
    assert duty.on_duty(path, morning) and not duty.on_duty(path, morning + dt.timedelta(minutes=1))


@pytest.mark.req("C11")
def test_a_report_at_night_is_told_to_who_is_on_duty_and_by_day_to_nobody(world):
    one = night_shift(world)
    where = Where(path=world.places["PC-1-1-1"].path, found="code")

    def told(at) -> list:
        number = cases.report_case(by=world.actor("resident"), at=at, text="路灯全灭了，看不见路", where=where)[
            "number"
        ]
        tell_who_is_on_duty(Event(id=1, topic="case.report", payload={"case": number}, at=at, now=at))
        return list(Notice.objects.filter(kind="case_after_hours", subject=f"case:{number}"))

    assert [notice.person_id for notice in told(NIGHT)] == [one.person_id]
    assert told(NOW) == []


@pytest.mark.req("C11")
def test_the_roster_page(world, sign_in):
    one = night_shift(world)
    client = sign_in("administrator")
    given = {"mandate": one.pk, "day": "2026-03-18", "since": "20:00", "until": "21:00"}
    assert "已经排了班" in client.post("/people/roster/", given).content.decode()
    assert client.post("/people/roster/", {**given, "day": "2026-03-20"}).status_code == 302
    one.refresh_from_db()
    assert len(one.roster) == 2
    for shift in list(one.roster):
        assert client.post(f"/people/roster/{one.pk}/remove", {"begins": shift["from"]}).status_code == 302
    one.refresh_from_db()
    assert one.roster == []
    assert client.post(f"/people/roster/{one.pk}/remove", {"begins": "x"}).status_code == 404
    with pytest.raises(Refused):
        actions.add_shifts(by=SETUP, at=NOW, mandate=one, shifts=[(NIGHT, NIGHT)])
    with pytest.raises(Forbidden):
        actions.add_shifts(by=world.actor("department"), at=NOW, mandate=one, shifts=[(NOW, NIGHT)])


# A08: neighbours


@pytest.fixture
def lead(world) -> Mandate:
    for room in range(101, 118):
        code = f"LY-5-1-{room}"
        given = {"kind": "dwelling", "level": "dwelling", "parent": world.places["LY-5"]}
        add_place(by=SETUP, at=NOW, code=code, name=f"1单元 {room}室", **given)
    return appoint(world, "neighbour", post(world, "ll", "邻长", place="LY-5", role="neighbour_lead", unit=""))


@pytest.mark.req("A08")
def test_a_neighbour_leads_phone_is_for_the_doors_with_a_slip(world, lead, sign_in):
    client = sign_in("administrator")
    address = f"/people/mandates/{lead.pk}/households"
    assert client.post(address, {"households": "LY-5-1-101\nLY-5-1-102"}).status_code == 302
    page = client.get(address).content.decode()
    lead.refresh_from_db()
    slips = {slip.code: slip.word for slip in neighbours.slips_of(world.actor("administrator"), lead)}
    assert set(slips) == {"LY-5-1-101", "LY-5-1-102"} and slips["LY-5-1-101"] in page
    visit = sign_in("resident")
    shown = visit.post("/neighbour", {"dwelling": "LY-5-1-101", "word": slips["LY-5-1-101"].lower()}).content.decode()
    assert "13900000001" in shown and "演示neighbour" in shown
    assert Access.objects.latest("id").subjects == [f"person:{lead.person_id}"], "the lead sees who looked"
    for dwelling, word in (("LY-5-1-102", slips["LY-5-1-101"]), ("LY-5-1-103", "XXXXXXXX"), ("x", "")):
        refused = visit.post("/neighbour", {"dwelling": dwelling, "word": word}).content.decode()
        assert "13900000001" not in refused
    actions.end_mandate(by=SETUP, at=NOW, mandate=lead, on=DAY)
    with pytest.raises(NotFound):
        neighbours.lead_of("LY-5-1-101", slips["LY-5-1-101"], DAY)


@pytest.mark.req("A08")
def test_a_lead_keeps_to_a_few_doors_of_the_own_building_and_is_no_staff(world, lead):
    doors = [f"LY-5-1-{room}" for room in range(101, 118)]
    administrator = world.actor("administrator")
    for codes, code in ((doors[:16], "too_many_households"), (["LY-9-1-101"], "unknown_dwellings")):
        with pytest.raises(Refused) as refused:
            actions.set_households(by=administrator, at=NOW, mandate=lead, codes=codes)
        assert refused.value.code == code
    actions.set_households(by=administrator, at=NOW, mandate=lead, codes=doors[:15])
    with pytest.raises(Refused):
        other = world.people["grid_member"].mandates.get()
        actions.set_households(by=administrator, at=NOW, mandate=other, codes=doors[:1])
    assert not rules.needs_second_factor({"neighbour_lead"}) and rules.permissions_of("neighbour_lead") == frozenset()
    with pytest.raises(Forbidden):
        neighbours.slips_of(world.actor("secretary"), lead)


# A03: bodies and places that change


@pytest.mark.req("A03")
def test_a_closed_case_keeps_the_unit_of_its_day(world, sign_in):
    where = Where(path=world.places["PC-1"].path, found="code")
    number = cases.report_case(by=world.actor("resident"), at=NOW, text="楼道里的灯坏了", where=where)["number"]
    unit = world.units["committee-1"]
    Case.objects.filter(number=number).update(unit=unit, status="closed", closed_at=NOW)
    actions.change_organization(by=SETUP, at=NOW, organization=unit, on=ON, name="柳园社区管理服务中心")
    assert name_on(unit.pk, DAY) == "柳园社区居委会" and name_on(unit.pk, ON) == "柳园社区管理服务中心"
    page = sign_in("dispatcher").get(f"/desk/{number}").content.decode()
    assert "柳园社区管理服务中心" in page and "当时叫柳园社区居委会" in page


@pytest.mark.req("A03")
def test_a_body_goes_up_in_another_with_its_posts_and_its_open_work(world, sign_in):
    where = Where(path=world.places["PC-1"].path, found="code")
    number = cases.report_case(by=world.actor("resident"), at=NOW, text="楼道里的灯坏了", where=where)["number"]
    Case.objects.filter(number=number).update(unit=world.units["property-1"])
    client = sign_in("administrator")
    assert (
        "没有这个组织"
        in client.post("/people/organizations/property-1/merge", {"into": "x", "on": ON}).content.decode()
    )
    response = client.post("/people/organizations/property-1/merge", {"into": "committee-1", "on": ON.isoformat()})
    assert response.status_code == 302
    old, heir = Organization.objects.get(code="property-1"), Organization.objects.get(code="committee-1")
    assert old.valid_to == ON and name_on(old.pk, DAY) == "柳园物业"
    assert Case.objects.get(number=number).unit == heir
    assert Post.objects.get(code="post-property").organization == heir and "facility" in heir.serves
    with pytest.raises(Conflict):
        actions.end_organization(by=SETUP, at=NOW, organization=old, on=ON)
    assert "已撤销" in client.get("/people/organizations/property-1/").content.decode()


@pytest.mark.req("A03")
def test_only_an_empty_body_is_abolished(world, sign_in):
    client = sign_in("administrator")
    page = client.post("/people/organizations/utility/end", {"on": ON.isoformat()}).content.decode()
    assert "1 个有人的岗位" in page
    actions.end_mandate(by=SETUP, at=NOW, mandate=world.people["department"].mandates.get(), on=DAY)
    assert client.post("/people/organizations/utility/end", {"on": "2019-01-01"}).status_code == 200
    assert client.post("/people/organizations/utility/end", {"on": ON.isoformat()}).status_code == 302
    assert Organization.objects.get(code="utility").valid_to == ON
    with pytest.raises(Forbidden):
        actions.end_organization(by=world.actor("secretary"), at=NOW, organization=world.units["town"], on=ON)


@pytest.mark.req("A03")
def test_open_work_goes_along_when_a_place_moves_or_goes_up_in_another(world):
    grid, other = world.places["PC-1-1-1"], world.places["PC-1-1-2"]

    def report() -> str:
        where = Where(path=grid.path, found="code", grid_id=grid.pk)
        return cases.report_case(by=world.actor("resident"), at=NOW, text="井盖松了", where=where)["number"]

    standing, closed = report(), report()
    Case.objects.filter(number=closed).update(status="closed", closed_at=NOW)
    move_place(by=SETUP, at=NOW, place=grid, parent=world.places["PC-2-1"], on=ON)
    assert Case.objects.get(number=standing).path == "/321171102/PC/PC-2/PC-2-1/PC-1-1-1/"
    assert Case.objects.get(number=closed).path == "/321171102/PC/PC-1/PC-1-1/PC-1-1-1/", "what is over stays"
    grid.refresh_from_db()
    merge_places(by=SETUP, at=NOW, place=grid, into=other, on=dt.date(2026, 5, 1))
    assert Case.objects.get(number=standing).path == other.path


def test_the_posts_of_a_body_as_a_table_without_names(world, sign_in):
    rows = sheet(sign_in("auditor").get("/people/organizations/committee-1/?export=xlsx"))
    assert ("社区书记", "柳园社区", 2, 1, 1) in [(row[0], row[2], *row[4:7]) for row in rows]
    assert "演示secretary" not in str(rows)
