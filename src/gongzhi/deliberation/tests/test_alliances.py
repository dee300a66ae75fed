"""商户联盟: members, the pact, violations that are talked about first; no shop's name for who has no part in it."""

from typing import Any

import pytest
from django.test import Client
from lxml import html

from gongzhi.audit.models import Link
from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import clear_units
from gongzhi.cli.showcase.alliances import agree_a_pact
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.deliberation import actions, alliances, members, queries
from gongzhi.deliberation.actions.opening import Opening
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import DAY, load_procedures, walk
from gongzhi.documents.models import Instrument
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack, set_active_model
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from tests import cast
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of

PAGE = "/deliberations/alliances/shops/"
LATER = NOW + 120 * DAY
EARLIER = (NOW - 10 * DAY).date()


@pytest.fixture
def world(db: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """The neighbour keeps the noodle shop; the fruit shop belongs to the alliance too."""
    world = cast.build()
    load_procedures(("merchant_alliance", "alliance_violation"))
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "models/longling/model.toml")
    set_active_model(by=SETUP, at=NOW, name="longling")
    for code, kind, name in (
        ("shops", "merchant_alliance", "柳园商户联盟"),
        ("noodles", "merchant", "演示面馆"),
        ("fruit", "merchant", "演示水果店"),
        ("elsewhere", "merchant", "演示百货"),
    ):
        made = {"kind": kind, "name": name, "place": world.places["PC-1"], "valid_from": EARLIER}
        world.units[code] = people.add_organization(by=SETUP, at=NOW, code=code, **made)
    for shop in ("noodles", "fruit"):
        people.relate(by=SETUP, at=NOW, kind="加入", source=world.units[shop], target=world.units["shops"])
    post = people.add_post(
        by=SETUP,
        at=NOW,
        code="keeper",
        role="member",
        title="店主",
        place=world.places["PC-1"],
        organization=world.units["noodles"],
        valid_from=EARLIER,
    )
    people.appoint(by=SETUP, at=NOW, person=world.people["neighbour"], post=post, decision="入会", valid_from=EARLIER)
    clear_units()
    monkeypatch.setattr(clock, "now", lambda: LATER)
    return world


def violation(world: World, shop: str = "noodles", **prefer: str) -> Course:
    opening = Opening("店外摆桌占道", "alliance", concerns=f"organization:{world.units[shop].pk}")
    body = world.units["shops"]
    secretary = world.actor("secretary")
    row = actions.open_course(by=secretary, at=NOW, body=body, name="alliance_violation", opening=opening)
    if prefer:
        walk(world, row, prefer=prefer)
    return Course.objects.get(pk=row.pk)


def referred(world: World) -> Resolution:
    row = violation(world, talk="refused", check="not_made_good")
    assert (row.status, row.ending) == ("ended", "referred")
    return Resolution.objects.get(course=row)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(" ".join(html.fromstring(answer.content).xpath("//main//text()")).split())


@pytest.mark.req("F09", where="/deliberations/alliances/{code}/")
def test_everybody_sees_members_and_totals_and_nobody_which_shop_it_was(world: World) -> None:
    row = violation(world)
    violation(world, "fruit", talk="promised", check="made_good")
    stranger, keeper, other = Client(), client_of(world, "neighbour"), client_of(world, "resident")
    for client in (stranger, other):
        said = text_of(client, PAGE)
        assert "演示面馆" in said and "演示水果店" in said and "演示百货" not in said
        assert "正在谈、正在改 1" in said and "改好了 1" in said and "移送部门 0" in said
        assert "店外摆桌占道" not in said and row.number not in said
        assert client.get(f"/deliberations/{row.number}").status_code == 404
        assert row.number not in client.get("/deliberations/").content.decode()
        assert row.number not in client.get("/api/v1/courses").content.decode()
    assert row.number not in client_of(world, "grid_member").get(PAGE).content.decode()
    assert "店外摆桌占道" in text_of(client_of(world, "secretary"), PAGE)
    own = text_of(keeper, PAGE)
    assert "店外摆桌占道" in own and own.count("店外摆桌占道") == 1, "its own, not the fruit shop's"
    shown = text_of(keeper, f"/deliberations/{row.number}")
    assert "演示面馆" in shown and "先和商户谈" not in shown


@pytest.mark.req("F09", where="/deliberations/alliances/")
def test_the_alliances_are_listed_with_how_many_belong_to_them(world: World) -> None:
    said = text_of(Client(), "/deliberations/alliances/")
    assert "柳园商户联盟" in said and "2 家商户" in said
    assert Client().get("/deliberations/alliances/?as=xlsx").status_code == 200
    assert Client().get("/deliberations/alliances/nowhere/").status_code == 404
    assert "商户联盟" in text_of(Client(), "/deliberations/")
    with pytest.raises(NotFound, match="unknown_alliance"):
        alliances.get_alliance("noodles", LATER.date())


@pytest.mark.req("F09", where="/deliberations/alliances/{code}/")
def test_the_pact_is_a_text_with_its_resolution_its_filing_and_its_versions(world: World) -> None:
    secretary, body = world.actor("secretary"), world.units["shops"]
    assert "还没有管用的公约" in text_of(Client(), PAGE)
    for version, begun in ((1, NOW - 200 * DAY), (2, NOW)):
        opening = Opening("商户自律公约", "alliance")
        row = actions.open_course(by=secretary, at=begun, body=body, name="merchant_alliance", opening=opening)
        walk(world, row)
        made = Resolution.objects.get(course=row)
        assert made.effect == "adopt_text"
        sent = {"code": "shop-pact", "kind": "covenant", "heading": "柳园商户自律公约", "words": "# 一\n不占道。"}
        sent["effective_from"] = (made.decided_on + DAY).isoformat()
        answer = client_of(world, "secretary").post(f"/resolutions/{made.number}/text", sent)
        assert answer.status_code == 302, answer.content.decode()
        assert Instrument.objects.get(code="shop-pact", version=version).adopted_on == made.decided_on
    said = text_of(Client(), PAGE)
    assert "柳园商户自律公约" in said and "第几版 2" in said and made.number in said
    assert "第 1 版" in said and "备案" in said
    now, old = alliances.pacts(body, LATER.date())
    assert (now.text.version, now.holds, old.text.version, old.holds) == (2, True, 1, False)
    assert now.filed_on and now.published_on and now.filed_on <= now.published_on


@pytest.mark.req("F09", where="/report")
def test_a_report_about_a_shop_takes_three_taps_and_goes_to_the_community(world: World) -> None:
    resident, noodles = client_of(world, "resident"), world.units["noodles"]
    page = html.fromstring(resident.get(PAGE).content)
    door = page.xpath(f"//a[contains(@href, 'about={noodles.pk}')]/@href")[0]
    form = html.fromstring(resident.get(door).content).xpath("//form[@data-draft='report']")[0]
    assert form.xpath(f".//select[@name='about_unit']/option[@value='{noodles.pk}']/@selected")
    options = form.xpath(".//select[@name='about_unit']/option/text()")
    assert "演示水果店" in options and "柳园物业" not in options
    given = {name: form.fields[name] or "" for name in ("key", "channel", "scanned", "place", "about_unit")}
    nobody = resident.post("/report", {**given, "about_unit": "", "text": "把桌子摆到人行道上"})
    assert nobody.status_code == 422 and not Case.objects.exists()
    sent = resident.post("/report", {**given, "text": "把桌子摆到人行道上"})
    assert sent.status_code == 302, sent.content.decode()
    case = Case.objects.get()
    assert (case.about_unit, case.unit, case.channel) == (noodles, world.units["committee-1"], "merchant")
    assert case.number not in Client().get("/public").content.decode()
    for who in ("neighbour", "outsider"):
        assert case.number not in client_of(world, who).get(PAGE).content.decode()


@pytest.mark.req("F09", where="/report")
def test_the_channel_wants_one_of_the_shops(world: World) -> None:
    from gongzhi.cases.actions import report_case
    from gongzhi.cases.queries import locate

    where = locate(place_code="PC-1")
    said = {
        "by": world.actor("resident"),
        "at": NOW,
        "text": "把桌子摆到人行道上",
        "where": where,
        "channel": "merchant",
    }
    for wrong in (None, world.units["property-1"].pk):
        with pytest.raises(Refused, match="about_missing"):
            report_case(**said, about_unit_id=wrong)


@pytest.mark.req("F09", where="/deliberations/new/{body}/{name}/")
def test_what_was_reported_is_taken_up_by_the_alliance_once(world: World) -> None:
    test_a_report_about_a_shop_takes_three_taps_and_goes_to_the_community(world)
    office, case = client_of(world, "secretary"), Case.objects.get()
    page = html.fromstring(office.get(PAGE).content)
    door = page.xpath("//a[contains(@href, 'case=')]/@href")[0]
    said = {"about": "店外摆桌占道", "opener": "resident", "matter": "none"}
    fruit = f"organization:{world.units['fruit'].pk}"
    wrong = office.post(door, {**said, "concerns": fruit})
    assert wrong.status_code == 422 and "说的不是这一家" in wrong.content.decode() and not Course.objects.exists()
    answer = office.post(door, {**said, "concerns": f"organization:{world.units['noodles'].pk}"})
    assert answer.status_code == 302, answer.content.decode()
    row = Course.objects.get()
    assert Link.objects.filter(source=f"case:{case.number}", relation="taken_up", target=row.subject).exists()
    assert case.number in text_of(office, f"/deliberations/{row.number}")
    assert case.number not in text_of(client_of(world, "neighbour"), f"/deliberations/{row.number}")
    assert not html.fromstring(office.get(PAGE).content).xpath("//a[contains(@href, 'case=')]")


@pytest.mark.req("F09", where="/resolutions/{number}/refer")
def test_what_was_not_made_good_goes_to_the_department_as_a_case(world: World) -> None:
    made = referred(world)
    office, address = client_of(world, "secretary"), f"/resolutions/{made.number}/refer"
    assert made.effect == "work_order" and "移送，建诉求" in office.get(f"/resolutions/{made.number}").content.decode()
    good = {"category": "order.stall", "words": "谈过两次，到期去看还摆在人行道上。商户说店里坐不下。"}
    assert office.post(address, {**good, "category": ""}).status_code == 422
    assert office.post(address, {**good, "words": ""}).status_code == 422
    assert client_of(world, "supervisor").post(address, good).status_code == 403
    assert client_of(world, "resident").post(address, good).status_code in (403, 404)
    assert office.post(f"/resolutions/{made.number}/done", {"words": "办了"}).status_code == 422
    assert not Case.objects.exists()
    assert office.post(address, good).status_code == 302
    case = Case.objects.get()
    assert (case.category, case.about_unit) == ("order.stall", world.units["noodles"])
    assert Link.objects.filter(source=made.reference, relation="referred", target=f"case:{case.number}").exists()
    made.refresh_from_db()
    assert made.done_as == f"case:{case.number}" and case.number in text_of(office, f"/resolutions/{made.number}")
    assert office.post(address, good).status_code in (409, 422) and Case.objects.count() == 1
    assert "移送部门 1" in text_of(Client(), PAGE)


@pytest.mark.req("F09", where="/resolutions/{number}/announce")
def test_no_shop_is_shamed_in_public_and_nobody_judges_their_own(world: World) -> None:
    made = referred(world)
    assert client_of(world, "secretary").post(f"/resolutions/{made.number}/announce").status_code == 422
    assert "公告这份决议" not in client_of(world, "secretary").get(f"/resolutions/{made.number}").content.decode()
    assert Client().get(f"/resolutions/{made.number}").status_code == 404
    with pytest.raises(Refused, match="not_public"):
        actions.announcing.announce_resolution(by=world.actor("secretary"), at=LATER, number=made.number)
    post = people.add_post(
        by=SETUP,
        at=NOW,
        code="keeper-2",
        role="member",
        title="店主",
        place=world.places["PC-1"],
        organization=world.units["fruit"],
        valid_from=EARLIER,
    )
    own = world.people["secretary"]
    people.appoint(by=SETUP, at=NOW, person=own, post=post, decision="入会", valid_from=EARLIER)
    with pytest.raises(Forbidden, match="own_matter"):
        violation(world, "fruit")
    body: Organization = world.units["shops"]
    opening = Opening("店外摆桌占道", "alliance", concerns=f"organization:{world.units['elsewhere'].pk}")
    with pytest.raises(Refused, match="missing_concerns"):
        secretary = world.actor("secretary")
        actions.open_course(by=secretary, at=NOW, body=body, name="alliance_violation", opening=opening)
    assert [one.name for one in members.members(body, LATER.date())] == ["演示水果店", "演示面馆"]
    assert made.course_id in queries.visible_to(world.actor("neighbour")).values_list("pk", flat=True)


@pytest.mark.req("F09", where="/deliberations/alliances/{code}/")
@pytest.mark.req("F14", where="/deliberations/experts/")
def test_the_demo_shows_an_alliance_and_an_expert_at_work(world: World) -> None:
    load_procedures(("expert_following",))
    made = {"code": "experts", "kind": "expert_body", "name": "镇专家智库", "place": world.places["321171102"]}
    body = people.add_organization(by=SETUP, at=NOW, valid_from=EARLIER, **made)
    given = {"role": "member", "title": "给排水专家", "place": body.place, "organization": body, "profession": "water"}
    post = people.add_post(by=SETUP, at=NOW, code="expert-1", valid_from=EARLIER, **given)
    people.appoint(by=SETUP, at=NOW, person=world.people["outsider"], post=post, decision="聘书", valid_from=EARLIER)
    crew = Crew(NOW, residents=[world.people["resident"]])
    for name, (role, _title, place, _unit) in cast.POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    agree_a_pact(crew, world.places["LY-5"], NOW)
    shown = alliances.counted(Organization.objects.get(code="demo-alliance"))
    assert (shown.running, shown.made_good, shown.referred) == (1, 1, 0)
    page = text_of(client_of(world, "secretary"), "/deliberations/alliances/demo-alliance/")
    assert "自律公约" in page and "演示水果店" in page and "等联盟去谈" in page and "4 家商户" in page
    assert "老旧排水管" in text_of(client_of(world, "secretary"), "/deliberations/experts/")
