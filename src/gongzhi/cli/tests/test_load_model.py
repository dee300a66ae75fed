"""`load-model`: a whole model on its places, once; a second time, or after a cut, nothing twice."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from gongzhi.audit.models import Entry
from gongzhi.cli.load_model import LOADER, ModelLoaded, holdings, load_model
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import set_active_model
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.models import Pack
from gongzhi.packs.rules import three_without
from gongzhi.people.models import Organization, Post, Relation
from gongzhi.places import queries as places
from gongzhi.places.models import Place, PlaceRevision

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def both(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[ModelLoaded, ModelLoaded]]:
    """Both models, loaded once for this file; every test works in a savepoint above them."""
    packs.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_model("pingchang"), load_model("longling")
        transaction.set_rollback(True)
    packs.forget()


@pytest.fixture(autouse=True)
def _loaded(both: tuple[ModelLoaded, ModelLoaded]) -> Iterator[None]:
    packs.forget()
    yield
    packs.forget()


def run_on(name: str) -> ModelPack:
    set_active_model(by=LOADER, at=clock.now(), name=name)
    return packs.active_model()


@pytest.mark.req("C01")
@pytest.mark.req("C02")
@pytest.mark.req("A02")
def test_pingchang_stands_as_its_source_says() -> None:
    """S2: 1/8/16/147 grids in one tree, 180 posts, 22,050 households, nine lines, bodies beside each other."""
    grids = Counter(Place.objects.under("/32/").filter(kind="grid").values_list("level", flat=True))
    assert grids == {"grid1": 1, "grid2": 8, "grid3": 16, "grid4": 147}
    town = Place.objects.get(code="321171102")
    lowest = Place.objects.filter(level="grid4")
    assert all(grid.path.startswith(f"{town.path}PC/") and len(grid.codes) == 8 for grid in lowest)
    assert sum(grid.households for grid in lowest) == 22_050
    assert Place.objects.under("/32/").filter(kind="dwelling").count() == 22_050
    assert town.civil_parent.name == "京口区"
    grid_posts = Post.objects.filter(
        place__path__startswith=f"{town.path}PC/", place__kind="grid", code__startswith="grid"
    )
    assert sum(post.seats for post in grid_posts) == 180
    assert Counter(grid_posts.values_list("role", flat=True)) == {
        "secretary": 9,
        "supervisor": 1,
        "patch_lead": 16,
        "grid_member": 147,
    }
    assert Organization.objects.filter(kind="department", place__code="PC").count() == 9
    assert Organization.objects.filter(kind="grid_branch").count() == 147
    assert set(Relation.objects.values_list("kind", flat=True)) >= {"领导", "指导", "协作", "监督", "服务"}


@pytest.mark.req("A01")
def test_longling_has_four_levels_and_parallel_bodies() -> None:
    """S1 区、街道、社区、小区: places and party bodies one above the other."""
    compound = Place.objects.get(code="440307014003-1")
    names = [Place.objects.get(kind="region", code=code).name for code in compound.codes[2:]]
    assert names == ["龙岗区", "布吉街道", "龙岭社区", "榕园小区"]
    body: Organization | None = Organization.objects.get(code="compound-branch-440307014003-1")
    line = []
    while body:
        line.append(body.place.level)
        body = body.parent
    assert line == ["compound", "village", "street", "area"]
    dapeng = Place.objects.filter(civil_parent=Place.objects.get(name="大鹏新区"))
    assert sorted(dapeng.values_list("name", flat=True)) == ["南澳街道", "大鹏街道", "葵涌街道"]
    assert Place.objects.under("/44/").filter(level="street").count() == 14


@pytest.mark.req("C03")
def test_the_grids_that_are_too_large_or_too_small_can_be_found() -> None:
    run_on("pingchang")
    report = places.size_report(places.grids_under("/32/", "grid4"))
    off = [(row.verdict, row.households) for row in report if row.verdict != "fit"]
    assert sorted(off) == [("large", 192)] * 4 + [("small", 108)] * 4
    assert len(report) == 147


@pytest.mark.req("A11")
def test_three_without_compounds_follow_from_their_answers() -> None:
    assert [place.name for place in places.without_all_three("/")] == ["石榴小区", "电表厂宿舍"]
    garden, village = Place.objects.get(name="菊园小区"), Place.objects.get(name="岭背小区")
    assert three_without(garden.features).unknown == ("security",)
    assert three_without(village.features).lacking == ("property_service", "security")


def test_the_six_services_stand_ready_with_someone_to_answer() -> None:
    services = [channel for channel in run_on("longling").channels if channel.service]
    assert len(services) == 6
    units = {body.features.get("unit_kind") for body in Organization.objects.all()}
    assert {channel.unit_kind for channel in services} <= units


def test_a_second_run_adds_nothing_and_a_cut_one_is_completed() -> None:
    revision, before = PlaceRevision.objects.get().number, holdings()
    again = load_model("pingchang")
    assert again.before == again.after == before
    assert PlaceRevision.objects.get().number == revision
    Post.objects.filter(code__startswith="grid4_member").delete()
    Place.objects.filter(kind="dwelling", code__startswith="PC8B09-01").delete()
    cut = load_model("pingchang")
    assert cut.before.posts == before.posts - 147
    assert cut.after == before


def test_two_models_may_stand_side_by_side(both: tuple[ModelLoaded, ModelLoaded]) -> None:
    one, two = both
    assert packs.active_model().name == "longling"
    assert two.before == one.after
    assert two.after == holdings()
    assert Organization.objects.filter(features__unit_kind="utility").count() == 2


def test_loading_is_in_the_trail() -> None:
    acts = Counter(Entry.objects.values_list("action", flat=True))
    assert acts["packs.set_active_model"] == 2
    assert acts["packs.load_pack"] == Pack.objects.count()
    assert acts["places.bulk_load_places"] == 4
    assert acts["people.add_post"] == Post.objects.count()


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused) as refusal:
        load_model("atlantis")
    assert refusal.value.code == "unknown_model"
    assert "pingchang" in refusal.value.facts["known"]
