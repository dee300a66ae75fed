"""Party coverage and areas: counted by place, given and ended by the administrator, no member named."""

import datetime as dt
import io

import pytest
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from gongzhi.audit.models import Entry as Trail
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions
from gongzhi.people.models import Charge, Mandate, Organization
from gongzhi.people.queries import party
from gongzhi.places.models import Place
from tests.cast import NOW, ROOT, SETUP
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db

DAY = NOW.date()


def rows_of(response) -> list[tuple]:
    return list(load_workbook(io.BytesIO(response.content), read_only=True).active.values)


@pytest.fixture
def branch(world):
    def _branch(place: str, code: str = "", kind: str = "grid_branch") -> Organization:
        return actions.add_organization(
            by=SETUP, at=NOW, code=code or f"branch-{place}", kind=kind, name=f"{place}党支部",
            place=world.places[place], valid_from=dt.date(2020, 1, 1),
        )  # fmt: skip

    return _branch


def count(world, code: str = "grid"):
    return party.covered(world.actor("administrator"), party.cover_named(code), DAY)


@pytest.mark.req("B02", "B12", where="/people/party/")
def test_places_are_counted_not_branches(world, branch):
    """One branch for two grids: two of three grids have one, and one body."""
    assert (count(world).covered, count(world).total) == (0, 3)
    body = branch("PC-1-1-1")
    actions.charge_body(
        by=world.actor("administrator"), at=NOW, organization=body, place=world.places["PC-1-1-2"], decision="联合"
    )
    found = count(world)
    assert (found.own, found.shared, found.covered, found.without, found.bodies) == (1, 1, 2, 1, 1)
    assert found.rate == "66.7%"
    left = party.uncovered(world.actor("administrator"), found.cover, DAY)
    assert [place.code for place in left] == ["PC-2-1-1"]


def test_a_body_of_ones_own_beside_a_joint_one_counts_once(world, branch):
    joint, _own = branch("PC-1-1-1"), branch("PC-1-1-2")
    actions.charge_body(by=SETUP, at=NOW, organization=joint, place=world.places["PC-1-1-2"], decision="联合")
    assert (count(world).own, count(world).shared) == (2, 0)


def test_a_dissolved_branch_covers_nothing(world, branch):
    body = branch("PC-1-1-1")
    actions.charge_body(by=SETUP, at=NOW, organization=body, place=world.places["PC-1-1-2"], decision="联合")
    Organization.objects.filter(pk=body.pk).update(valid_to=DAY)
    assert count(world).covered == 0
    with pytest.raises(Conflict, match="organization_ended"):
        body.refresh_from_db()
        actions.charge_body(by=SETUP, at=NOW, organization=body, place=world.places["PC-2-1-1"], decision="联合")


def test_other_bodies_do_not_count(world, branch):
    branch("PC-1-1-1", kind="council")
    assert count(world).covered == 0


@pytest.mark.req("B02", where="/people/party/cover/{code}/")
def test_1583_branches_and_the_compounds_that_they_cover(world, django_assert_max_num_queries):
    """S0: 1583 branches. Ten of them are joint, each for one compound more; seven compounds have none."""
    parent, first = world.places["PC-1"], dt.date(2020, 1, 1)
    made = Place.objects.bulk_create(
        Place(kind="grid", level="grid4", code=f"X{n}", name=f"{n}", parent=parent, path=f"{ROOT}PC-1/X{n}/")
        for n in range(1600)
    )
    bodies = Organization.objects.bulk_create(
        Organization(code=f"b-{n}", kind="grid_branch", name=f"{n}", place=made[n], valid_from=first)
        for n in range(1583)
    )
    Charge.objects.bulk_create(
        Charge(organization=bodies[n], place=made[1583 + n], valid_from=first, decision="联合") for n in range(10)
    )
    actor, cover = world.actor("administrator"), party.cover_named("grid")
    with django_assert_max_num_queries(4):  # two to count, two to know where the model stands
        found = party.covered(actor, cover, DAY)
    assert (found.bodies, found.own, found.shared, found.covered) == (1583, 1583, 10, 1593)
    assert found.without == 7 + 3  # and the three grids of the cast


# Giving and ending


def test_only_who_manages_people_may_give_a_place_to_a_body(world, branch):
    body, place = branch("PC-1-1-1"), world.places["PC-1-1-2"]
    for name in ("secretary", "resident", "supervisor"):
        with pytest.raises(Forbidden):
            actions.charge_body(by=world.actor(name), at=NOW, organization=body, place=place, decision="联合")
    actions.charge_body(by=world.actor("administrator"), at=NOW, organization=body, place=place, decision="联合")
    assert Trail.objects.filter(action="people.charge").exists()


def test_giving_twice_changes_nothing_and_ending_keeps_the_past(world, branch):
    by, body, place = world.actor("administrator"), branch("PC-1-1-1"), world.places["PC-1-1-2"]
    one = actions.charge_body(by=by, at=NOW, organization=body, place=place, decision="联合")
    assert actions.charge_body(by=by, at=NOW, organization=body, place=place, decision="再来") == one
    with pytest.raises(Forbidden):
        actions.end_charge(by=world.actor("secretary"), at=NOW, charge=one)
    actions.end_charge(by=by, at=NOW, charge=one)
    assert Charge.objects.get(pk=one.pk).valid_to == DAY and count(world).covered == 1
    with pytest.raises(Conflict, match="charge_ended"):
        actions.end_charge(by=by, at=NOW, charge=one)


def test_what_cannot_be_given(world, branch):
    by, body, place = world.actor("administrator"), branch("PC-1-1-1"), world.places["PC-1-1-2"]
    with pytest.raises(Refused, match="charge_own_place"):
        actions.charge_body(by=by, at=NOW, organization=body, place=world.places["PC-1-1-1"], decision="联合")
    with pytest.raises(Refused, match="decision_missing"):
        actions.charge_body(by=by, at=NOW, organization=body, place=place, decision="  ")
    mandate = Mandate.objects.get(post__code="post-patch_lead")
    with pytest.raises(Refused, match="charge_own_place"):
        actions.charge_holder(by=by, at=NOW, mandate=mandate, place=mandate.post.place, decision="会议")
    with pytest.raises(Refused, match="holder_gone"):
        actions.charge_holder(
            by=by, at=NOW, mandate=mandate, place=place, decision="会议", on=dt.date(2019, 1, 1)
        )


def test_the_database_holds_one_holder_a_charge(world, branch):
    body, mandate = branch("PC-1-1-1"), Mandate.objects.get(post__code="post-patch_lead")
    given = {"place": world.places["PC-2-1-1"], "valid_from": DAY, "decision": "会议"}
    for wrong in ({}, {"organization": body, "mandate": mandate}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Charge.objects.create(**given, **wrong)


# Areas


@pytest.mark.req("B06", where="/people/areas/")
def test_areas_are_held_by_post_or_by_charge_and_overlaps_are_seen(world):
    by, home = world.actor("administrator"), world.places["LY-5"]
    wide, narrow = party.party().areas
    counted = party.area_count(by, wide, DAY)
    assert (counted.total, counted.held) == (2, 1)  # 片长 of 柳园一片; 桥南一片 has nobody
    assert (party.area_count(by, narrow, DAY).held, party.area_count(by, narrow, DAY).total) == (0, 1)
    secretary, lead = (Mandate.objects.get(post__code=f"post-{name}") for name in ("secretary", "patch_lead"))
    actions.charge_holder(by=by, at=NOW, mandate=secretary, place=home, decision="会议")
    assert party.area_count(by, narrow, DAY).held == 1 and party.area_count(by, narrow, DAY).several == 0
    actions.charge_holder(by=by, at=NOW, mandate=lead, place=home, decision="会议")
    found = party.area_count(by, narrow, DAY)
    assert (found.held, found.several, found.without) == (1, 1, 0)


def test_whoever_leaves_the_post_holds_no_area(world):
    by, home = world.actor("administrator"), world.places["LY-5"]
    secretary = Mandate.objects.get(post__code="post-secretary")
    actions.charge_holder(by=by, at=NOW, mandate=secretary, place=home, decision="会议")
    actions.end_mandate(by=by, at=NOW, mandate=secretary, on=DAY)
    assert party.area_count(by, party.area_at("building"), DAY).held == 0


# Pages


@pytest.mark.req("B02", "B12", where="/people/party/")
def test_the_page_says_how_many_and_lists_those_without(world, sign_in, branch):
    branch("PC-1-1-1")
    client = sign_in("administrator")
    page = text_of(client.get("/people/party/"))
    assert "33.3% 1 / 3" in page and "还没全覆盖" in page
    listed = text_of(client.get("/people/party/cover/grid/"))
    assert "柳园二网格" in listed and "桥南一网格" in listed and "柳园一网格" not in listed.split("没有的")[1]
    assert sign_in("resident").get("/people/party/").status_code == 403
    assert client.get("/people/party/cover/nothing/").status_code == 404
    lines = rows_of(client.get("/people/party/?export=xlsx"))
    assert ("四级网格有党支部（党小组）", 3, 1, 0, 2, "33.3%", 1) in [line[:7] for line in lines]
    assert any("桥南一网格" in line for line in rows_of(client.get("/people/party/cover/grid/?export=xlsx")))


@pytest.mark.req("B02", where="/people/party/join/{code}")
def test_a_place_is_given_to_a_joint_branch_on_its_page(world, sign_in, branch):
    client, address = sign_in("administrator"), "/people/party/join/PC-1-1-2"
    assert "没有可选的" in text_of(client.get(address))
    body = branch("PC-1-1-1")
    assert "处要改" in text_of(client.post(address, {"holder": body.pk, "decision": ""}))
    assert sign_in("secretary").post(address, {"holder": body.pk, "decision": "会议"}).status_code == 403
    assert client.post(address, {"holder": body.pk, "decision": "党工委会议"}).status_code == 302
    assert "由 PC-1-1-1党支部" in text_of(client.get("/people/party/cover/grid/"))
    charge = Charge.objects.get()
    assert sign_in("secretary").post(f"/people/charges/{charge.pk}/end").status_code == 403
    assert client.post(f"/people/charges/{charge.pk}/end").status_code == 302
    assert count(world).covered == 1
    assert client.post(f"/people/charges/{charge.pk}/end").status_code == 409


@pytest.mark.req("B06", where="/people/areas/")
def test_a_building_is_taken_on_and_let_go_without_a_name_on_the_page(world, sign_in):
    client, address = sign_in("administrator"), "/people/areas/LY-5/take"
    assert "柳园小区5栋" in text_of(client.get("/people/areas/"))
    mandate = Mandate.objects.get(post__code="post-patch_lead")
    assert "处要改" in text_of(client.post(address, {"holder": "0", "decision": "会议"}))
    assert sign_in("secretary").post(address, {"holder": mandate.pk, "decision": "会议"}).status_code == 403
    assert client.post(address, {"holder": mandate.pk, "decision": "支部会议"}).status_code == 302
    assert "柳园小区5栋" not in text_of(client.get("/people/areas/")).split("包栋", 2)[2]
    page = text_of(client.get("/people/areas/?level=building&show=all"))
    assert "片长" in page and "演示patch_lead" not in page
    lines = rows_of(client.get("/people/areas/?level=building&show=all&export=xlsx"))
    assert any(line[:2] == ("LY-5", "柳园小区5栋") and line[3] == "片长" for line in lines)
    assert client.post(f"/people/charges/{Charge.objects.get().pk}/end").status_code == 302
    assert party.area_count(world.actor("administrator"), party.area_at("building"), DAY).held == 0
    assert client.get("/people/areas/?level=city").status_code == 404


@pytest.mark.req("B01", where="/people/party/form")
@pytest.mark.parametrize(
    ("members", "units", "said"),
    [
        (3, 1, "单独建立党支部"),
        (2, 2, "联合建立党支部"),
        (2, 6, "一般不超过 5 个单位"),
        (0, 1, "功能型党支部"),
        (60, 1, "不超过 50 人"),
    ],
)
def test_the_form_of_a_branch_is_advised_with_its_text(world, sign_in, members, units, said):
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.party_branch.toml")
    client = sign_in("secretary")
    page = text_of(client.get("/people/party/form", {"members": members, "units": units}))
    assert said in page
    assert "支部工作条例" in page and "待核对" in page and "直管党员" in page
    assert "建议：" not in text_of(client.get("/people/party/form"))
    assert "建议：" not in text_of(client.get("/people/party/form", {"members": "-1", "units": units}))
    assert sign_in("resident").get("/people/party/form").status_code == 403


def test_somebody_elses_charge_is_not_there(world, branch):
    body = branch("PC-2-1-1")
    one = actions.charge_body(by=SETUP, at=NOW, organization=body, place=world.places["PC-1-1-2"], decision="联合")
    assert party.get_charge(world.actor("administrator"), one.pk) == one
    with pytest.raises(NotFound):
        party.get_charge(world.actor("administrator"), one.pk + 1)
