"""The shipped models with their party organizations: 147 of 147 grids (S2), 5 of 6 compounds by four branches (S0)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from gongzhi.cli.load_model import LOADER, load_model
from gongzhi.cli.showcase import areas
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import set_active_model
from gongzhi.people import actions as people
from gongzhi.people.models import Post
from gongzhi.people.queries import party
from gongzhi.places.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def both(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    packs.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        load_model("pingchang")
        load_model("xinyang1314")
        load_model("xinyang1314")
        yield
        transaction.set_rollback(True)
    packs.forget()


def covered(model: str, code: str) -> party.Covered:
    set_active_model(by=LOADER, at=clock.now(), name=model)
    packs.forget()
    return party.covered(LOADER, party.cover_named(code), clock.local_date(clock.now()))


@pytest.mark.req("B12", where="/people/party/")
def test_every_fourth_level_grid_of_pingchang_has_its_unit(both: None) -> None:
    found = covered("pingchang", "grid")
    assert (found.covered, found.total, found.rate) == (147, 147, "100.0%")


@pytest.mark.req("B02", where="/people/party/")
def test_a_joint_branch_counts_for_each_compound_that_it_covers(both: None) -> None:
    """城关老院 has none; 老粮站院 goes with 武警家属院."""
    found = covered("xinyang1314", "compound")
    assert (found.covered, found.total, found.bodies) == (5, 6, 4)
    left = party.uncovered(LOADER, found.cover, clock.local_date(clock.now()))
    assert [place.name for place in left] == ["城关老院"]
    groups = covered("xinyang1314", "building")
    assert (groups.covered, groups.total) == (30, 30)


@pytest.mark.req("B06", where="/people/areas/")
def test_the_demo_shares_out_areas_and_leaves_some_open(both: None) -> None:
    set_active_model(by=LOADER, at=clock.now(), name="xinyang1314")
    packs.forget()
    now, spot = clock.now(), Place.objects.filter(path__startswith="/41/", kind="building").order_by("path").first()
    assert spot is not None
    lead = Post.objects.get(code="compound_lead-compound-branch-411502001004-1")
    person = people.create_person(by=LOADER, at=now, values={"name": "演示"}, is_demo=True)
    people.appoint(by=LOADER, at=now, person=person, post=lead, decision="演示")
    areas.share_areas(spot, now)
    wide = party.area_count(LOADER, party.area_at("grid"), clock.local_date(now))
    assert wide.held > 0 and wide.without > 0
