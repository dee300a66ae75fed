"""haicang (S3): the bodies that its source names are in the register, at three levels, each with its source."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from gongzhi.cli.load_model import load_model
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.gatherings.queries import bodies, body_places
from gongzhi.packs import queries as packs
from gongzhi.people import actions as people
from gongzhi.people.models import Organization, Person, Post
from gongzhi.people.queries import actor_for
from gongzhi.places.models import Place
from tests.cast import NOW, SETUP

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def haicang(django_db_setup: None, django_db_blocker: Any) -> Iterator[Person]:
    packs.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        load_model("haicang")
        person = people.create_person(by=SETUP, at=NOW, values={"name": "演示区督办", "phone": "13900090001"})
        post = Post.objects.filter(role="supervisor").order_by("id")[0]
        people.appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=post.valid_from)
        yield person
        transaction.set_rollback(True)
    packs.forget()


@pytest.fixture
def client(haicang: Person) -> Client:
    packs.forget()
    client = Client()
    client.force_login(haicang)
    return client


@pytest.mark.req("A12", where="/gatherings/bodies/")
@pytest.mark.parametrize(
    ("kind", "name", "meets"),
    [
        ("co_building_council", "海发社区同驻共建理事会", "每半年"),
        ("co_enterprise_council", "社企同驻共建理事会", "每半年"),
        ("development_association", "社区发展协会", "每半年"),
        ("elders_council", "乡贤理事会", "每季度"),
    ],
)
def test_councils_and_associations_with_members_terms_and_meeting_rule(
    client: Client, kind: str, name: str, meets: str
) -> None:
    """S3 第二大亮点, 第三大亮点: each in the register; its page says term, how often it meets, and the source."""
    listed = client.get("/gatherings/bodies/", {"kind": kind, "q": name}).content.decode()
    body = Organization.objects.filter(kind=kind, name__contains=name).order_by("id")[0]
    assert body.name in listed
    page = client.get(f"/gatherings/bodies/{body.code}/").content.decode()
    assert "一届 3 年" in page and meets in page and "S3" in page
    assert "产品选择，可以改" in page or "举例" in page  # term and seats are no source's


@pytest.mark.req("A13", where="/gatherings/bodies/")
def test_three_levels_each_with_its_bodies(client: Client) -> None:
    page = client.get("/gatherings/bodies/").content.decode()
    assert page.index("居（村）民自治") < page.index("网格自治") < page.index("楼栋自治")
    tiers = {
        "网格自治理事会": ("grid", "自治理事会", "网格自治"),
        "楼栋自治小组": ("building", "自治小组", "楼栋自治"),
        "监事会": ("compound", "山后社监事会", "网格自治"),
        "居民理事会": ("compound", "山后社居民理事会", "网格自治"),
        "东屿协调小组": ("compound", "东屿协调小组", "网格自治"),
        "居民委员会": ("village", "海发社区居民委员会", "居（村）民自治"),
    }
    for what, (level, name, tier) in tiers.items():
        row = bodies.narrowed(bodies.register(), level=level, text=name).first()
        assert row is not None, what
        one = client.get(f"/gatherings/bodies/{row.code}/").content.decode()
        assert tier in one and name in one, what
    resident = Client().get("/gatherings/bodies/at/350205003006-1").content.decode()
    assert "东屿协调小组" in resident and "海虹社区居民委员会" in resident


@pytest.mark.req("G12", where="/gatherings/bodies/")
def test_every_form_of_self_government_is_counted_and_may_be_founded(client: Client, haicang: Person) -> None:
    """S4 小区（院落）自治; S3 业主自治, 楼栋自治, 巷自治: each is a form of the register; a lane's group is founded."""
    building = Place.objects.filter(level="building", path__contains="/350205/").order_by("path")[0]
    form = {"kind": "lane_group", "place": building.code, "decision": "巷里居民会推选", "founded_on": "2026-03-01"}
    assert client.post("/gatherings/bodies/new", {**form, "name": "榕树巷自治小组"}).status_code == 302
    forms = {one.form for one in bodies.known_of(_actor(haicang), list(bodies.register()), clock.now())}
    assert {"业主自治", "楼栋自治", "巷自治", "小区（院落）自治", "网格自治", "村落自治", "居（村）民自治"} <= forms
    covers = {one.level: one for one in body_places.coverage(_actor(haicang))}
    assert covers["building"].places == covers["building"].covered == 34
    assert covers["compound"].missing > 0
    page = client.get("/gatherings/bodies/", {"missing": "compound"}).content.decode()
    assert f"一共 {covers['compound'].missing} 处" in page
    stood = client.get("/gatherings/bodies/", {"q": "榕树巷"}).content.decode()
    assert "有架子" in stood and "还差：有人在任" in stood


def _actor(person: Person) -> Actor:
    return actor_for(person, at=clock.now(), purpose="test")
