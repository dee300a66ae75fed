"""The pages: one's own account; posts, appointments and handovers; each refusal beside its success."""

import io
import json

import pytest
from openpyxl import load_workbook

from gongzhi.audit.models import Access
from gongzhi.people import actions, vault
from gongzhi.people.models import Mandate, Organization, Person
from tests.cast import NOW, SETUP, phone_of
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


# One's own account


def test_my_values_are_masked_until_i_ask(sign_in):
    client = sign_in("resident")
    page = text_of(client.get("/me"))
    assert "139****0000" in page and phone_of("resident") not in page
    page = text_of(client.post("/me/show"))
    assert phone_of("resident") in page and "演示resident" in page


def test_agreeing_and_withdrawing_are_one_press_each(world, sign_in):
    client = sign_in("resident")
    assert "接受回访 没有同意" in text_of(client.get("/me"))
    assert client.post("/my/consents/callback/give").status_code == 302
    assert "接受回访 已同意" in text_of(client.get("/me"))
    assert client.post("/my/consents/callback/withdraw").status_code == 302
    assert "接受回访 没有同意" in text_of(client.get("/me"))
    assert client.post("/my/consents/anything/give").status_code == 404


def test_my_name(world, sign_in):
    client = sign_in("resident")
    assert "处要改" in text_of(client.post("/me/name", {"name": ""}))
    assert client.post("/me/name", {"name": "王静"}).status_code == 302
    assert vault.own_values(world.people["resident"])["name"] == "王静"


def test_my_password_needs_the_old_one(world, sign_in):
    client = sign_in("resident")
    new = "门前一棵老槐树树下"
    assert "现在的密码不对" in text_of(client.post("/me/password", {"old": "wrong", "new": new * 2}))
    right = {"old": "resident-password-1"}
    assert "处要改" in text_of(client.post("/me/password", {**right, "new": "12345678901"}))
    other = sign_in("resident")
    assert client.post("/me/password", {**right, "new": new * 2}).status_code == 302
    assert client.get("/me").status_code == 200  # this session goes on
    assert other.get("/me").status_code == 302  # every other one ends
    assert Person.objects.get(pk=world.people["resident"].pk).check_password(new * 2)


def test_i_take_my_data_along(sign_in):
    client = sign_in("resident")
    answer = client.post("/me/export/file")
    assert answer["Content-Disposition"].startswith("attachment")
    found = json.loads(answer.content)
    assert found["zz-people"]["values"]["phone"] == phone_of("resident")
    assert phone_of("neighbour") not in answer.content.decode()


def test_leaving_needs_the_word_and_then_is_done(world, sign_in):
    client = sign_in("outsider")
    for word in ("", "註銷", "yes"):
        assert "处要改" in text_of(client.post("/me/erase", {"word": word}))
    assert client.post("/me/erase", {"word": "注销"})["Location"] == "/"
    assert client.get("/me").status_code == 302
    person = Person.objects.get(pk=world.people["outsider"].pk)
    assert person.erased_at and not person.vault_values.exists()


def test_nobody_leaves_out_of_a_post(sign_in):
    assert "办离任交接" in text_of(sign_in("dispatcher").post("/me/erase", {"word": "注销"}))


# Organizations and posts


@pytest.mark.parametrize("name", ["resident", "grid_member", "department"])
def test_posts_are_not_for_everybody(sign_in, name):
    for address in ("/people/", "/people/posts/", "/people/posts/post-grid_member/", "/people/organizations/town/"):
        assert sign_in(name).get(address).status_code == 403


def test_the_overview_counts_vacancies_and_opens_them(sign_in):
    client = sign_in("administrator")
    page = text_of(client.get("/people/"))
    assert "空缺率" in page and "镇党委" in page
    rows = client.get("/people/posts/?role=grid_member&vacant=1").context["rows"]
    assert {row["post"].code for row in rows} == {"post-grid_member", "post-other_grid_member"}
    assert all(row["vacant"] == 1 for row in rows)


def test_posts_and_vacancies_are_files_too_without_names(sign_in):
    client = sign_in("administrator")

    def rows_of(address: str) -> list:
        book = load_workbook(io.BytesIO(client.get(address).content)).active
        return list(book.iter_rows(values_only=True))

    _note, heads, *lines = rows_of("/people/posts/?role=grid_member&vacant=1&export=xlsx")
    assert (len(lines), heads[-3:], lines[0][-3:]) == (2, ("名额", "在任", "空缺"), (2, 1, 1))
    assert "演示" not in str(lines)
    _note, _heads, *seats = rows_of("/people/?export=xlsx")
    assert ("网格员", 2, 4, 2, 2) in {line[:5] for line in seats}
    assert sign_in("department").get("/people/posts/?export=xlsx").status_code == 403


def test_names_are_masked_and_shown_for_a_purpose_only(world, sign_in):
    client = sign_in("secretary")
    page = client.get("/people/posts/post-grid_member/")
    assert "演******" in text_of(page) and "演示grid_member" not in page.content.decode()
    mandate = Mandate.objects.get(person=world.people["grid_member"])
    assert client.post(f"/people/mandates/{mandate.pk}/show", {"purpose": " "}).status_code == 422
    before = Access.objects.count()
    shown = text_of(client.post(f"/people/mandates/{mandate.pk}/show", {"purpose": "值班联系"}))
    assert phone_of("grid_member") in shown
    assert Access.objects.count() == before + 1


def test_a_post_elsewhere_is_as_if_it_were_none(sign_in):
    assert sign_in("secretary").get("/people/posts/post-other_grid_member/").status_code == 404
    assert sign_in("secretary").get("/people/posts/no-such/").status_code == 404


def test_a_long_list_is_turned_page_by_page(world, sign_in):
    place = world.places["PC-1"]
    for n in range(95):
        actions.add_post(by=SETUP, at=NOW, code=f"z-{n:03d}", role="patch_lead", title="片长", place=place)
    client, address, found = sign_in("administrator"), "/people/posts/?role=patch_lead&q=z-", []
    while address:
        response = client.get(address)
        found += [row["post"].code for row in response.context["rows"]]
        address = response.context["next_url"]
    assert found == [f"z-{n:03d}" for n in range(95)]


APPOINTMENT = {"name": "", "decision": "街党工委〔2026〕12号", "valid_from": "2026-03-18", "valid_to": ""}


def test_appointing(world, sign_in):
    client, address = sign_in("administrator"), "/people/posts/post-auditor/appoint"
    assert "街党工委" not in text_of(sign_in("auditor").get("/people/posts/post-auditor/"))
    wrong = text_of(client.post(address, {**APPOINTMENT, "contact": "12"}))
    assert "电话号码不完整" in wrong
    wrong = text_of(client.post(address, {**APPOINTMENT, "contact": "13800001111"}))
    assert "请写上姓名" in wrong
    crossed = {**APPOINTMENT, "contact": phone_of("neighbour"), "valid_to": "2026-03-18"}
    assert "晚于开始日期" in text_of(client.post(address, crossed))
    answer = client.post(address, {**APPOINTMENT, "contact": phone_of("neighbour")})
    assert answer["Location"] == "/people/posts/post-auditor/"
    assert Mandate.objects.filter(person=world.people["neighbour"], post=world.posts["auditor"]).exists()
    full = text_of(client.post(address, {**APPOINTMENT, "contact": phone_of("resident")}))
    assert "名额已满" in full


def test_standing_in_and_leaving(world, sign_in):
    client = sign_in("administrator")
    mandate = Mandate.objects.get(person=world.people["secretary"])
    address = f"/people/mandates/{mandate.pk}/substitute"
    given = {**APPOINTMENT, "contact": phone_of("neighbour")}
    assert "处要改" in text_of(client.post(address, given))
    assert client.post(address, {**given, "valid_to": "2027-03-25"}).status_code == 302
    assert Mandate.objects.filter(substitute_for=mandate).count() == 1
    end = f"/people/mandates/{mandate.pk}/end"
    assert sign_in("secretary").get(end).status_code == 403
    assert "到日子再来" in text_of(client.post(end, {"on": "2099-01-01"}))
    assert client.post(end, {"on": "2026-03-18"})["Location"] == "/people/posts/post-secretary/"
    mandate.refresh_from_db()
    assert str(mandate.valid_to) == "2026-03-18"
    assert "已经结束" in text_of(client.post(end, {"on": "2026-03-18"}))


@pytest.mark.req("A02")
def test_bodies_are_added_renamed_and_keep_their_past(sign_in):
    client = sign_in("administrator")
    given = {"code": "team-1", "name": "柳园志愿队", "kind": "command_centre", "parent": "command", "place": "PC-1"}
    assert "处要改" in text_of(client.post("/people/organizations/add", {**given, "place": "nowhere"}))
    assert "处要改" in text_of(client.post("/people/organizations/add", {**given, "parent": "nobody"}))
    assert client.post("/people/organizations/add", given)["Location"] == "/people/organizations/team-1/"
    assert "已经用了" in text_of(client.post("/people/organizations/add", given))
    change = "/people/organizations/command/change"
    wrong = {"name": "指挥中心", "parent": "team-1", "on": "2026-03-18"}
    assert "上级不能是它自己或它的下级" in text_of(client.post(change, wrong))
    assert client.post(change, {"name": "综合指挥中心", "parent": "town", "on": "2026-03-18"}).status_code == 302
    page = text_of(client.get("/people/organizations/command/"))
    assert "综合指挥中心" in page and "指挥中心 2020年1月1日 到 3月18日" in page
    assert Organization.objects.get(code="command").parent.code == "town"


@pytest.mark.req("A02")
def test_bodies_of_one_level_stand_to_each_other_somehow(world, sign_in):
    client, address = sign_in("administrator"), "/people/organizations/command/relate"
    assert sign_in("secretary").get(address).status_code == 403
    assert "处要改" in text_of(client.post(address, {"kind": "朋友", "target": "committee-1"}))
    assert "要选另一个组织" in text_of(client.post(address, {"kind": "指导", "target": "command"}))
    assert "没有这个组织" in text_of(client.post(address, {"kind": "指导", "target": "nobody"}))
    assert client.post(address, {"kind": "指导", "target": "committee-1"}).status_code == 302
    assert "指导 柳园社区居委会" in text_of(client.get("/people/organizations/command/"))
    assert "指挥中心 指导 本组织" in text_of(client.get("/people/organizations/committee-1/"))
    relation = world.units["command"].relations_out.get()
    assert sign_in("secretary").post(f"/people/relations/{relation.pk}/end").status_code == 403
    assert client.post(f"/people/relations/{relation.pk}/end").status_code == 302
    assert client.post(f"/people/relations/{relation.pk}/end").status_code == 409
    assert "没有登记的关系" in text_of(client.get("/people/organizations/command/"))


@pytest.mark.req("C02")
def test_a_post_says_who_may_hold_it(world, sign_in):
    actions.add_post(
        by=SETUP,
        at=NOW,
        code="lead-1",
        role="secretary",
        title="二级网格长",
        place=world.places["PC-1"],
        seats=8,
        eligibility="社区党总支书记",
        incompatible=["auditor"],
    )
    page = text_of(sign_in("administrator").get("/people/posts/lead-1/"))
    assert "二级网格长" in page and "社区党总支书记" in page and "不能兼任" in page and "名额 8 空缺 8" in page


def test_pages_stay_cheap(sign_in, django_assert_max_num_queries):
    client = sign_in("administrator")
    for address, most in (("/people/", 11), ("/people/posts/", 9), ("/people/posts/post-grid_member/", 11)):
        client.get(address)
        with django_assert_max_num_queries(most):
            client.get(address)
