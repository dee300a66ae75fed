"""A body gets a post by a form, and somebody is appointed to it: who may, and what is refused."""

import pytest

from gongzhi.audit.models import Entry
from gongzhi.common.errors import Conflict, Refused
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack, set_active_model
from gongzhi.people import actions
from gongzhi.people.models import Mandate, Organization, Post
from tests.cast import NOW, SETUP, phone_of

pytestmark = pytest.mark.django_db
ADDRESS = "/people/organizations/experts/posts/add"
SAID = {"code": "expert-lift", "title": "电梯专家", "role": "member", "profession": "lift", "place": "PC", "seats": "2"}


@pytest.fixture
def experts(world) -> Organization:
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "models/longling/model.toml")
    set_active_model(by=SETUP, at=NOW, name="longling")
    given = {"code": "experts", "kind": "expert_body", "name": "专家智库", "place": world.places["PC"]}
    return actions.add_organization(by=SETUP, at=NOW, **given)


@pytest.mark.req("F14", where="/people/organizations/{code}/posts/add")
def test_an_expert_body_gets_a_post_with_a_profession_and_a_holder(world, sign_in, experts):
    office = sign_in("administrator")
    assert "加一个岗位" in office.get("/people/organizations/experts/").content.decode()
    assert "给排水" in office.get(ADDRESS).content.decode()
    answer = office.post(ADDRESS, SAID)
    assert answer.status_code == 302 and answer.url == "/people/posts/expert-lift/appoint"
    post = Post.objects.get(code="expert-lift")
    assert (post.organization, post.profession, post.seats, post.role) == (experts, "lift", 2, "member")
    assert Entry.objects.filter(action="people.add_post", subject=f"post:{post.pk}").exists()
    given = {"contact": phone_of("neighbour"), "decision": "聘书 1 号", "valid_from": "2026-03-18", "entry": "selected"}
    assert office.post(answer.url, given).status_code == 302
    assert Mandate.objects.get(post=post).person == world.people["neighbour"]


@pytest.mark.req("F14", where="/people/organizations/{code}/posts/add")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "post-secretary"}, "已经用了"),
        ({"code": ""}, ""),
        ({"place": "nowhere"}, "nowhere"),
        ({"role": "king"}, ""),
        ({"profession": "magic"}, ""),
        ({"seats": "0"}, ""),
    ],
)
def test_a_post_that_makes_no_sense_is_put_back(sign_in, experts, change, said):
    count = Post.objects.count()
    answer = sign_in("administrator").post(ADDRESS, {**SAID, **change})
    assert answer.status_code == 200 and said in answer.content.decode() and Post.objects.count() == count


@pytest.mark.req("F14", where="/people/organizations/{code}/posts/add")
def test_nobody_else_adds_posts(sign_in, experts):
    for name in ("secretary", "dispatcher", "auditor", "resident"):
        assert sign_in(name).post(ADDRESS, SAID).status_code == 403, name
    assert not Post.objects.filter(code="expert-lift").exists()


def test_the_action_refuses_what_the_model_does_not_know(world, experts):
    given = {"role": "member", "title": "专家", "place": world.places["PC"], "organization": experts}
    with pytest.raises(Refused, match="unknown_profession"):
        actions.add_post(by=world.actor("administrator"), at=NOW, code="expert-1", profession="magic", **given)
    actions.add_post(by=SETUP, at=NOW, code="expert-1", profession="law", **given)
    with pytest.raises(Conflict, match="code_taken"):
        actions.add_post(by=SETUP, at=NOW, code="expert-1", **given)


def test_only_an_expert_body_asks_for_a_profession(sign_in, experts):
    assert (
        'name="profession"'
        not in sign_in("administrator").get("/people/organizations/command/posts/add").content.decode()
    )
