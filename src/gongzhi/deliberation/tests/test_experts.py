"""专家智库: the roster by profession, what each follows and advised; nobody with an interest is chosen."""

from typing import Any

import pytest
from django.test import Client

from gongzhi.audit.models import Entry, Link
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.deliberation import actions, experts
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.tests.courses import DAY, load_procedures, opened, walk
from gongzhi.deliberation.tests.test_alliances import text_of
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack, set_active_model
from gongzhi.people import actions as people
from gongzhi.people.models import Mandate
from tests import cast
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of

ROSTER = "/deliberations/experts/"
SINCE = (NOW - 10 * DAY).date()


@pytest.fixture
def world(db: Any) -> World:
    """The neighbour knows drains, the outsider the law, the property company's clerk the money."""
    world = cast.build()
    load_procedures(("expert_following", "covenant"))
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "models/longling/model.toml")
    set_active_model(by=SETUP, at=NOW, name="longling")
    made = {"code": "experts", "kind": "expert_body", "name": "镇专家智库", "place": world.places["321171102"]}
    world.units["experts"] = people.add_organization(by=SETUP, at=NOW, valid_from=SINCE, **made)
    for who, profession, title in (
        ("neighbour", "water", "给排水专家"),
        ("outsider", "law", "法律专家"),
        ("property", "finance", "财务专家"),
    ):
        seat(world, who, profession, title)
    return world


def seat(world: World, who: str, profession: str, title: str) -> Mandate:
    body = world.units["experts"]
    given = {"role": "member", "title": title, "place": body.place, "organization": body, "profession": profession}
    post = people.add_post(by=SETUP, at=NOW, code=f"expert-{who}", valid_from=SINCE, **given)
    person = world.people[who]
    return people.appoint(by=SETUP, at=NOW, person=person, post=post, decision="聘书", valid_from=SINCE)


def expert(world: World, who: str) -> Mandate:
    return Mandate.objects.get(person=world.people[who], post__organization__code="experts")


def matter(world: World) -> Course:
    return opened(world, "expert_following", opener="host", matter="", about="老排水沟改造")


def choose(world: World, row: Course, who: str, by: str = "secretary") -> Course:
    pk = expert(world, who).pk
    return actions.choose_expert(by=world.actor(by), at=NOW, number=row.number, mandate_id=pk)


@pytest.mark.req("F14", where="/deliberations/experts/")
def test_the_roster_tells_by_profession_what_each_follows_and_advised(world: World) -> None:
    row = matter(world)
    choose(world, row, "neighbour")
    walk(world, row)
    said = text_of(client_of(world, "secretary"), ROSTER)
    assert said.index("法律") < said.index("给排水") < said.index("财务审计")
    assert "老排水沟改造" in said and "建议条数" in said and "还没有专家的专业：" in said
    assert "演示neighbour" not in said, "names are masked on a list"
    assert said.count("现在没有跟着的事") == 2
    assert client_of(world, "secretary").get(f"{ROSTER}?as=xlsx").status_code == 200
    for who in ("resident", "grid_member", "property"):
        assert client_of(world, who).get(ROSTER).status_code == 403
    assert Client().get(ROSTER).status_code in (302, 401)


@pytest.mark.req("F14", where="/deliberations/{number}/experts")
def test_an_expert_is_chosen_on_the_page_and_the_check_stands_there(world: World) -> None:
    row, office = matter(world), client_of(world, "secretary")
    address = f"/deliberations/{row.number}/experts"
    assert "还没有从名册里选" in text_of(office, f"/deliberations/{row.number}")
    assert office.post(address, {"expert": ""}).status_code == 422
    assert office.post(address, {"expert": "999999"}).status_code == 422
    pk = expert(world, "neighbour").pk
    assert client_of(world, "supervisor").post(address, {"expert": str(pk)}).status_code == 403
    assert client_of(world, "resident").post(address, {"expert": str(pk)}).status_code == 403
    assert office.post(address, {"expert": str(pk)}).status_code == 302
    shown = text_of(office, f"/deliberations/{row.number}")
    assert "给排水专家" in shown and "没有利害关系" in shown
    everybody = text_of(Client(), f"/deliberations/{row.number}")
    assert "给排水专家" in everybody and "演*" not in everybody
    assert Link.objects.filter(source=row.subject, relation="followed_by", target=f"mandate:{pk}").exists()
    assert Entry.objects.filter(action="deliberation.choose_expert", subject=row.subject).exists()
    again = office.post(address, {"expert": str(pk)})
    assert again.status_code == 422 and "已经写上了" in again.content.decode()


@pytest.mark.req("F14", where="/deliberations/{number}/experts")
def test_who_has_an_interest_is_refused_with_what_it_is(world: World) -> None:
    row = matter(world)
    office, address = client_of(world, "secretary"), f"/deliberations/{row.number}/experts"
    refused = office.post(address, {"expert": str(expert(world, "property").pk)})
    words = refused.content.decode()
    assert refused.status_code == 422 and "有利害关系" in words and "柳园物业 物业经办" in words
    assert not Link.objects.filter(relation="followed_by").exists()
    choose(world, row, "outsider")
    post = people.add_post(
        by=SETUP,
        at=NOW,
        code="adviser",
        role="member",
        title="顾问",
        place=world.places["PC-1"],
        organization=world.units["committee-1"],
        valid_from=SINCE,
    )
    people.appoint(by=SETUP, at=NOW, person=world.people["outsider"], post=post, decision="聘书", valid_from=SINCE)
    shown = text_of(office, f"/deliberations/{row.number}")
    assert "有利害关系" in shown and "柳园社区居委会 顾问" in shown, "what came later is seen too"
    assert "柳园社区居委会 顾问" not in text_of(Client(), f"/deliberations/{row.number}")


@pytest.mark.req("F14", where="/deliberations/{number}/experts")
def test_experts_are_chosen_from_the_roster_for_matters_that_have_them(world: World) -> None:
    row, covenant = matter(world), opened(world, "covenant", opener="villagers_committee", matter="", about="村规民约")
    with pytest.raises(Refused, match="no_experts_here"):
        choose(world, covenant, "neighbour")
    with pytest.raises(NotFound, match="unknown_expert"):
        own = Mandate.objects.get(post__code="post-secretary")
        actions.choose_expert(by=world.actor("secretary"), at=NOW, number=row.number, mandate_id=own.pk)
    with pytest.raises(Forbidden):
        choose(world, row, "neighbour", by="supervisor")
    mine = seat(world, "secretary", "planning", "规划专家")
    with pytest.raises(Forbidden, match="own_matter"):
        actions.choose_expert(by=world.actor("secretary"), at=NOW, number=row.number, mandate_id=mine.pk)
    gone = expert(world, "outsider")
    people.end_mandate(by=SETUP, at=NOW, mandate=gone, on=NOW.date())
    with pytest.raises(NotFound, match="unknown_expert"):
        actions.choose_expert(by=world.actor("secretary"), at=NOW, number=row.number, mandate_id=gone.pk)
    walk(world, row)
    with pytest.raises(Conflict, match="course_over"):
        choose(world, Course.objects.get(pk=row.pk), "neighbour")
    assert experts.roster(world.actor("resident"), NOW.date()) == []
