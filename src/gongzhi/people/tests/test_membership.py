"""党员登记: kept by the branch for itself, counted with small numbers kept back, shown by its holder's own choice."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, connection, transaction

from gongzhi.audit.models import Access
from gongzhi.audit.models import Entry as Trail
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.people import actions, vault
from gongzhi.people.models import Mandate, Membership, Organization, VaultKey
from gongzhi.people.queries import membership, neighbours
from tests.cast import NOW, SETUP, phone_of
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db

DAY = NOW.date()
LIST = "/people/party/members/"


@pytest.fixture
def branch(world):
    def _branch(place: str = "PC-1-1-1", kind: str = "grid_branch") -> Organization:
        return actions.add_organization(
            by=SETUP, at=NOW, code=f"branch-{place}", kind=kind, name=f"{place}党支部",
            place=world.places[place], valid_from=dt.date(2020, 1, 1),
        )  # fmt: skip

    return _branch


@pytest.fixture
def keep(world):
    def _keep(body: Organization, category: str = "direct", who: str = "resident", by: str = "secretary"):
        given = {"contact": phone_of(who), "name": "", "category": category}
        return actions.keep_member(by=world.actor(by), at=NOW, branch=body, **given)

    return _keep


def fill(body: Organization, **counts: int) -> None:
    """As many members of each category, nobody in particular."""
    for category, count in counts.items():
        for n in range(count):
            key, _ = vault.new_key("membership", NOW)
            key.save(force_insert=True)
            Membership.objects.create(
                organization=body, category=category, key=key, sealed=b"x",
                holder_index=f"{category}{n}".encode(), valid_from=DAY,
            )  # fmt: skip


# The branch's list


def test_only_the_secretary_of_the_place_keeps_members(world, branch, keep):
    body = branch()
    for name in ("resident", "grid_member", "dispatcher", "supervisor", "auditor", "administrator"):
        with pytest.raises(Forbidden):
            keep(body, by=name)
    with pytest.raises(Forbidden):
        keep(branch("PC-2-1-1"))  # another community's
    row = keep(body)
    assert row.category == "direct" and Trail.objects.filter(action="people.keep_member").count() == 1


def test_twice_changes_nothing_and_another_category_takes_the_place(branch, keep):
    body = branch()
    first, again = keep(body), keep(body)
    assert first == again and Trail.objects.filter(action="people.keep_member").count() == 1
    assert keep(body, "retired").pk == first.pk
    assert Membership.objects.get().category == "retired"


def test_what_cannot_be_kept(world, branch, keep):
    body, other = branch(), world.units["committee-1"]
    with pytest.raises(Refused, match="unknown_category"):
        keep(body, "best")
    with pytest.raises(Refused, match="not_a_branch"):
        keep(other)
    with pytest.raises(Refused, match="name_missing"):
        actions.keep_member(
            by=world.actor("secretary"), at=NOW, branch=body, contact="13700008888", name="", category="direct"
        )
    Organization.objects.filter(pk=body.pk).update(valid_to=DAY)
    with pytest.raises(Conflict, match="organization_ended"):
        keep(body)


def test_a_line_that_is_struck_leaves_nothing(world, branch, keep):
    row = keep(branch())
    for name in ("administrator", "supervisor"):
        with pytest.raises(Forbidden):
            actions.remove_member(by=world.actor(name), at=NOW, row=row)
    actions.remove_member(by=world.actor("secretary"), at=NOW, row=row)
    assert not Membership.objects.exists()
    assert VaultKey.objects.get(pk=row.key_id).destroyed_at == NOW
    with pytest.raises(NotFound):
        actions.remove_member(by=world.actor("secretary"), at=NOW, row=row)


def test_neither_the_table_nor_the_trail_says_whose_line_it_is(world, branch, keep):
    row = keep(branch())
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM people_membership t")
        stored = cursor.fetchone()[0]
    person = world.people["resident"].pk
    assert str(person) not in stored and person.hex not in stored
    told = Trail.objects.get(action="people.keep_member")
    assert told.subject == f"membership:{row.pk}" and str(person) not in json.dumps(told.changes)


def test_the_database_holds_one_line_a_branch_and_holder(branch, keep):
    body = branch()
    row = keep(body)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            organization=body, category="x", key=row.key, sealed=b"", holder_index=row.holder_index, valid_from=DAY
        )


def test_a_branch_that_goes_up_in_another_takes_its_members_along(world, branch, keep):
    old, heir = branch("PC-1-1-1"), branch("PC-1-1-2")
    for body, who in ((old, "resident"), (old, "neighbour"), (heir, "neighbour")):
        keep(body, who=who)
    by = world.actor("administrator")
    actions.merge_organizations(by=by, at=NOW, organization=old, into=heir, on=DAY)
    assert Membership.objects.filter(organization=heir).count() == 2 == Membership.objects.count()


# How many


def test_small_numbers_are_kept_back_with_whatever_gives_them_away(branch):
    body = branch()
    fill(body, direct=12, employed=3, retired=7)
    (line,) = membership.counted([body], DAY)
    shown = dict(zip([one.code for one in membership.categories()], line.counts, strict=True))
    # 3 is small; 7 would give it away beside the sum; nothing stays nothing.
    assert shown == {"direct": 12, "employed": None, "paired": 0, "retired": None, "mobile": 0}
    assert line.total == 22


def test_a_branch_of_few_shows_no_sum_either(branch):
    body = branch()
    fill(body, direct=4)
    (line,) = membership.counted([body], DAY)
    assert line.total is None and line.counts[0] is None


def test_counting_many_branches_is_one_statement(branch, django_assert_num_queries):
    bodies = [branch("PC-1-1-1"), branch("PC-1-1-2"), branch("PC-2-1-1")]
    for body in bodies:
        fill(body, direct=6)
    membership.counted(bodies, DAY)
    with django_assert_num_queries(1):
        assert [line.total for line in membership.counted(bodies, DAY)] == [6, 6, 6]


# Pages


@pytest.mark.req("B03", where="/people/party/members/{code}/")
def test_a_branch_keeps_its_members_by_four_categories_and_one_more(world, sign_in, branch):
    body = branch()
    client, address = sign_in("secretary"), f"{LIST}{body.code}/"
    page = text_of(client.get(address))
    assert "还没有登记" in page
    for name in ("直管党员", "在职党员", "结对单位党员", "离退休党员", "流动党员"):
        assert name in page
    given = {"contact": phone_of("resident"), "name": "", "category": "employed"}
    assert "处要改" in text_of(client.post(address, {**given, "category": ""}))
    assert "处要改" in text_of(client.post(address, {**given, "contact": "12"}))
    assert client.post(address, given).status_code == 302
    page = text_of(client.get(address))
    assert "139****0000" in page and "在职党员 · 从" in page
    row = Membership.objects.get()
    seen = Access.objects.get(fields__contains="membership")  # by the line: an auditor does not learn whose it is
    assert seen.subjects == [f"membership:{row.pk}"] and seen.actor == f"person:{world.people['secretary'].pk}"
    assert "党员登记" in text_of(sign_in("resident").get("/my/readings/"))
    assert "党员登记" not in text_of(sign_in("neighbour").get("/my/readings/"))
    remove = f"{address}{row.pk}/remove"
    assert sign_in("administrator").post(remove).status_code == 403
    assert client.post(remove).status_code == 302
    assert client.post(remove).status_code == 404


@pytest.mark.req("B03", where="/people/party/members/")
def test_others_see_how_many_and_never_who(world, sign_in, branch, keep):
    body, far = branch(), branch("PC-2-1-1")
    keep(body)
    fill(body, retired=9)
    for name in ("supervisor", "administrator", "auditor", "dispatcher"):
        client = sign_in(name)
        page = text_of(client.get(LIST))
        assert "PC-1-1-1党支部" in page and "不显示" in page and "resident" not in page and "139****" not in page
        assert client.get(f"{LIST}{body.code}/").status_code == 403
        assert client.get(f"{LIST}?export=xlsx").status_code == 200
    assert sign_in("resident").get(LIST).status_code == 403
    client = sign_in("secretary")
    assert far.name not in text_of(client.get(LIST))
    assert client.get(f"{LIST}{far.code}/").status_code == 404
    assert client.get(f"{LIST}{body.code}/?cursor=odd").status_code == 422


def test_no_other_page_says_who_is_a_member(world, sign_in, branch, keep):
    keep(branch(), who="grid_member")
    for name, address in (
        ("administrator", "/people/posts/post-grid_member/"),
        ("administrator", "/people/party/"),
        ("resident", "/places/PC-1-1-1/"),
        ("grid_member", "/me"),
    ):
        page = text_of(sign_in(name).get(address))
        assert "直管党员" not in page, address


# 亮身份


@pytest.fixture
def lead(world, branch, keep):
    """A neighbour lead who is a member; returns what a household reads on the lead's card."""
    post = actions.add_post(
        by=SETUP, at=NOW, code="lead", role="neighbour_lead", title="邻长", place=world.places["PC-1-1-1"]
    )
    person = world.people["neighbour"]
    actions.appoint(by=SETUP, at=NOW, person=person, post=post, decision="会议", valid_from=dt.date(2020, 1, 1))
    Mandate.objects.filter(post=post).update(households=["LY-5"])
    keep(branch(), who="neighbour")
    return neighbours._word(Mandate.objects.get(post=post), "LY-5")


@pytest.mark.req("B03", where="/my/party/")
def test_a_member_shows_it_and_takes_it_back_at_any_time(world, sign_in, lead):
    def card() -> str:
        return text_of(sign_in("outsider").post("/neighbour", {"dwelling": "LY-5", "word": lead}))

    client, mine = sign_in("neighbour"), "/my/party/"
    page = text_of(client.get(mine))
    assert "PC-1-1-1党支部" in page and "直管党员" in page and "没有亮" in page
    assert "演示neighbour" in card() and "党员" not in card()
    assert client.post(mine, {"shown": "yes"}).status_code == 302
    assert "党员" in card() and "直管" not in card() and "支部" not in card()
    assert client.post(mine, {"shown": "no"}).status_code == 302
    assert "党员" not in card()
    done = Trail.objects.filter(subject=f"person:{world.people['neighbour'].pk}").values_list("action", flat=True)
    assert {"people.show_membership", "people.hide_membership"} <= set(done)


def test_who_is_no_member_has_nothing_to_show(world, sign_in):
    client = sign_in("resident")
    assert "没有支部登记过您" in text_of(client.get("/my/party/"))
    with pytest.raises(Refused, match="no_membership"):
        actions.show_membership(by=world.actor("resident"), at=NOW, shown=True)
    actions.show_membership(by=world.actor("resident"), at=NOW, shown=False)
    with pytest.raises(SignInRequired):
        actions.show_membership(by=SETUP, at=NOW, shown=True)


def test_nobody_shows_it_for_somebody_else_and_a_struck_line_shows_nothing(world, branch, keep):
    body = branch()
    row = keep(body)
    with pytest.raises(Refused, match="no_membership"):
        actions.show_membership(by=world.actor("secretary"), at=NOW, shown=True)
    actions.show_membership(by=world.actor("resident"), at=NOW, shown=True)
    assert membership.is_shown(world.people["resident"].pk)
    actions.remove_member(by=world.actor("secretary"), at=NOW, row=row)
    assert not membership.is_shown(world.people["resident"].pk)


# Taking along, and leaving


def test_the_export_holds_it_and_the_erasure_takes_it(world, branch, keep):
    row = keep(branch(), "retired")
    actions.show_membership(by=world.actor("resident"), at=NOW, shown=True)
    told = actions.export_account(by=world.actor("resident"), at=NOW)["people-party"]["memberships"]
    assert told == [{"branch": "PC-1-1-1党支部", "category": "离退休党员", "since": DAY, "shown_at": NOW}]
    assert actions.export_account(by=world.actor("neighbour"), at=NOW)["people-party"] == {}
    actions.erase_account(by=world.actor("resident"), at=NOW, person=world.people["resident"])
    assert not Membership.objects.exists()
    assert VaultKey.objects.get(pk=row.key_id).destroyed_at == NOW
