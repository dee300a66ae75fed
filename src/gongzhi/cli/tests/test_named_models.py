"""`load-model yihesanti`, `haicang`, `xinyang1314`: what their sources name stands there, under the law."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from gongzhi.ballots.grounds import owners_law
from gongzhi.cli.load_model import load_model
from gongzhi.deliberation.queries import procedures_for
from gongzhi.packs import queries as packs
from gongzhi.packs.laws import region_of
from gongzhi.people.models import Organization, Post, Relation
from gongzhi.places.models import Place

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 3, 2)
COMPOUND = {"yihesanti": "511303001010-1", "haicang": "350205003001-1"}


@pytest.fixture(scope="module")
def both(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    packs.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        load_model("haicang")
        load_model("xinyang1314")
        load_model("yihesanti")
        yield
        transaction.set_rollback(True)
    packs.forget()


@pytest.fixture(autouse=True)
def _loaded(both: None) -> Iterator[None]:
    packs.forget()
    yield
    packs.forget()


def bodies(place: str) -> dict[str, str]:
    return dict(Organization.objects.filter(place__code=place).values_list("kind", "name"))


def test_yihesanti_stands_as_its_source_says() -> None:
    """S4: 19 towns, 168 + 56 bodies with their watchers, 小区党组织 with 业委会, 物业 and 业主大会 at one place."""
    area = Place.objects.get(code="511303")
    inside = Place.objects.under(area.path)
    assert (inside.filter(level="street").count(), inside.filter(level="village").count()) == (19, 224)
    kinds = Counter(Organization.objects.filter(place__path__startswith=area.path).values_list("kind", flat=True))
    assert (kinds["villagers_committee"], kinds["residents_committee"]) == (168, 56)
    assert kinds["supervision_committee"] == 224
    assert bodies(COMPOUND["yihesanti"]) == {
        "party_branch": "水映兰庭小区党支部",
        "owners_committee": "水映兰庭小区业主委员会",
        "owners_assembly": "水映兰庭小区业主大会",
        "property_company": "水映兰庭小区物业服务处",
    }
    watched = Relation.objects.filter(kind="监督", source__code=f"owners-assembly-{COMPOUND['yihesanti']}")
    assert set(watched.values_list("target__kind", flat=True)) == {"owners_committee", "property_company"}
    line, body = [], Organization.objects.get(code=f"compound-branch-{COMPOUND['yihesanti']}")
    while body.parent:
        body = body.parent
        line.append(body.name)
    assert line == ["江村街社区党委", "白塔街道党（工）委", "区委和区政府"]


def test_yihesanti_has_posts_for_courtyards_and_buildings() -> None:
    """S4 选齐和配强楼院长、单元长: one each, empty until somebody is appointed."""
    posts = Post.objects.filter(place__path__startswith="/51/")
    titles = Counter(posts.values_list("title", flat=True))
    assert titles["楼院长"] == Place.objects.under("/51/").filter(level="grid").count() == 8
    assert titles["单元长"] == Place.objects.under("/51/").filter(level="building").count() == 33
    assert (titles["党组织书记"], titles["村务监督委员会主任"], titles["居务监督委员会主任"]) == (224, 168, 56)
    assert not posts.filter(mandates__isnull=False).exists()


def test_haicang_stands_as_its_source_says() -> None:
    """S3: three levels of self-government, and the bodies that residents set up themselves."""
    area = Place.objects.get(code="350205")
    mine = Organization.objects.filter(place__path__startswith=area.path)
    kinds = Counter(mine.values_list("kind", flat=True))
    assert kinds["building_group"] == Place.objects.under(area.path).filter(level="building").count() == 34
    assert kinds["co_building_council"] == kinds["residents_committee"] == 32
    assert kinds["elders_council"] == kinds["villagers_committee"] == 15
    assert bodies("350205001005-1")["supervision_board"] == "山后社监事会"
    assert bodies("350205003006-1")["coordination_group"] == "东屿协调小组"
    assert bodies(COMPOUND["haicang"])["owners_committee"] == "文圃花园业主委员会"
    across = Relation.objects.filter(kind="协作", source__place__code="350205003001")
    pairs = {(one.source.kind, one.target.kind) for one in across}
    assert pairs >= {("party_committee", "residents_committee"), ("residents_committee", "workstation")}


def test_xinyang1314_stands_as_its_source_says() -> None:
    """S0: a branch to a compound, a joint one for two; a party group to a building; 自管会 where nobody manages."""
    area = Place.objects.get(code="411502")
    mine = Organization.objects.filter(place__path__startswith=area.path)
    kinds = Counter(mine.values_list("kind", flat=True))
    assert kinds["party_group"] == Place.objects.under(area.path).filter(level="building").count() == 30
    assert (kinds["owners_committee"], kinds["self_management_committee"]) == (2, 4)
    joint = Organization.objects.get(kind="party_branch", charges__isnull=False)
    assert [charge.place.name for charge in joint.charges.all()] == ["老粮站院"]
    assert joint.place is not None and joint.place.name == "武警家属院"
    titles = Counter(Post.objects.filter(place__path__startswith=area.path).values_list("title", flat=True))
    assert (titles["小区党支部书记"], titles["楼栋党小组长"]) == (4, 30)


def test_henan_texts_apply_in_xinyang() -> None:
    place = Place.objects.get(code="411502006009-1")
    texts = [reference.split("/")[1] for reference in owners_law(place.path, ON).packs]
    assert texts == ["cn.owners.decisions", "cn.owners.decisions.41"]


@pytest.mark.parametrize("name", sorted(COMPOUND))
def test_only_national_texts_apply_where_no_local_text_is_known(name: str) -> None:
    """Nothing of 福建 or 四川 is invented: what 北京 and 河南 decided for themselves does not reach them."""
    place = Place.objects.get(code=COMPOUND[name])
    assert region_of(place.path).startswith(place.path.split("/")[3])
    law = owners_law(place.path, ON)
    assert law.rule("participation").cites[-1].article == "第278条第二款"
    assert [reference.split("/")[1] for reference in law.packs] == ["cn.owners.decisions"]
    for path, local in (("/11/1101/110105/", "11"), ("/41/4115/411502/", "41")):
        texts = [reference.split("/")[1] for reference in owners_law(path, ON).packs]
        assert texts == ["cn.owners.decisions", f"cn.owners.decisions.{local}"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("yihesanti", {"four_deliberations", "levy", "one_core_three_bodies", "hearing", "expert_review", "inquiry"}),
        ("haicang", {"three_deliberations", "charter", "covenant", "contest", "owners_committee"}),
        ("xinyang1314", {"party_branch", "secretary_selection", "owners_committee", "charter", "covenant"}),
    ],
)
def test_the_procedures_of_a_model_can_be_opened_at_its_bodies(name: str, wanted: set[str]) -> None:
    place = Place.objects.get(code=COMPOUND.get(name, "411502006009-1"))
    assert wanted <= {one.pack.name for one in procedures_for(place.path, ON)}
