"""What a model asks for on its places: bodies, relations, posts."""

from collections import Counter

import pytest

from gongzhi.packs import shipped
from gongzhi.packs.model_bodies import Plan
from gongzhi.packs.model_places import read_places
from gongzhi.packs.tests.test_models import model


def plan(name: str) -> Plan:
    return Plan(model(name), read_places(shipped.model_folder(name)))


def test_pingchang_seats_are_180_and_every_grid_has_a_branch() -> None:
    """S2: 1+8+8+16+147 posts; 147 grids, 147 branches (B12)."""
    found = plan("pingchang")
    named = [seat for seat in found.seats if seat.entry.total]
    assert sum(seat.entry.seats for seat in named) == 180
    per_post = Counter(seat.entry.code for seat in named)
    assert per_post == {
        "grid1_lead": 1,
        "grid1_member": 1,
        "grid2_lead": 8,
        "grid3_lead": 16,
        "grid4_member": 147,
    }
    kinds = Counter(body.entry.kind for body in found.bodies)
    assert kinds["grid_branch"] == 147
    assert kinds["party_branch"] == kinds["residents_committee"] == 8
    assert kinds["department"] == 9
    by_code = {body.code: body for body in found.bodies}
    assert by_code["grid-branch-PC3B07"].parent == "branch-PC3"
    assert by_code["branch-PC3"].parent == "dinggang-party-321171102"
    assert by_code["branch-PC1"].name == "新瑞社区党总支"


def test_longling_leaves_out_what_another_administers() -> None:
    found = plan("longling")
    streets = [body.place for body in found.bodies if body.entry.code == "street-office"]
    assert len(streets) == 11
    assert not {"葵涌街道", "大鹏街道", "南澳街道"} & {place.name for place in streets}
    assert Counter(body.entry.code for body in found.bodies)["party"] == 144 - 9 - 7 - 9
    by_code = {body.code: body for body in found.bodies}
    assert by_code["station-440307016017-1"].parent == "workstation-440307016017"
    assert by_code["party-440307014003"].parent == "street-group-440307014"


def test_villages_and_communities_have_the_committee_that_the_law_gives_them() -> None:
    """S4: 168 villages and 56 communities, 224 bodies in all; each with whoever watches it (四议两公开一监督)."""
    kinds = Counter(body.entry.code for body in plan("yihesanti").bodies)
    assert (kinds["villagers"], kinds["residents"]) == (168, 56)
    assert (kinds["village-supervision"], kinds["residents-supervision"]) == (168, 56)
    assert kinds["owners-assembly"] == kinds["owners-committee"] == kinds["property"] == kinds["compound-branch"] == 5
    by_code = {body.code: body for body in plan("yihesanti").bodies}
    assert by_code["residents-511303005001"].name == "民建社区居民委员会"
    assert "villagers-511303005001" not in by_code
    assert by_code["owners-committee-511303001010-1"].parent == "compound-branch-511303001010-1"


def test_every_building_of_haicang_has_its_own_group() -> None:
    found = plan("haicang")
    kinds = Counter(body.entry.kind for body in found.bodies)
    assert kinds["building_group"] == len({body.place.code for body in found.bodies if body.place.kind == "building"})
    by_code = {body.code: body for body in found.bodies}
    group = by_code["building-group-350205003001-1-1-01"]
    line = [group.entry.kind]
    while group.parent:
        group = by_code[group.parent]
        line.append(group.place.level)
    assert line == ["building_group", "grid", "grid", "village", "street", "area"]


@pytest.mark.parametrize("name", shipped.model_names())
def test_codes_are_unique_fit_their_columns_and_parents_come_first(name: str) -> None:
    found = plan(name)
    seen: set[str] = set()
    for body in found.bodies:
        assert not body.parent or body.parent in seen
        assert body.entry.parent == "" or body.parent
        assert body.code not in seen
        assert len(body.code) <= 60
        assert "{" not in body.name
        seen.add(body.code)
    codes = [seat.code for seat in found.seats]
    assert len(set(codes)) == len(codes)
    assert max(map(len, codes)) <= 80
    assert {seat.body for seat in found.seats if seat.body} <= seen


@pytest.mark.parametrize("name", shipped.model_names())
def test_relations_join_bodies_near_each_other(name: str) -> None:
    found = plan(name)
    codes = {body.code for body in found.bodies}
    relations = list(found.relations())
    assert {kind for kind, _, _ in relations} >= {"领导", "协作", "监督", "服务"}
    assert all(source in codes and target in codes and source != target for _, source, target in relations)
    assert len(set(relations)) == len(relations)


HANDLING = {"department", "mediator", "lawyer", "counsellor"}


@pytest.mark.parametrize("name", shipped.model_names())
def test_every_responsible_body_has_somebody_to_handle(name: str) -> None:
    found = plan(name)
    handled = {seat.body for seat in found.seats if seat.entry.role in HANDLING}
    assert {body.code for body in found.bodies if body.entry.unit_kind} - handled == set()


@pytest.mark.req("C11")
@pytest.mark.parametrize("name", shipped.model_names())
def test_whoever_is_on_duty_after_hours_takes_orders(name: str) -> None:
    """夜间值班: a body that is given orders at night has a post that takes them up."""
    found = plan(name)
    handled = {seat.body for seat in found.seats if seat.entry.role in HANDLING}
    assert found.pack.office is not None
    entries = {entry.body for entry in found.pack.office.night_duties}
    assert entries == {found.pack.office.after_hours_body}
    assert {body.code for body in found.bodies if body.entry.code in entries} - handled == set()
