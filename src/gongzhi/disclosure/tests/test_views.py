"""The pages, over HTTP."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client

from gongzhi.common import clock
from gongzhi.disclosure import actions
from gongzhi.disclosure.models import Appeal, Message
from gongzhi.disclosure.rules import Said
from gongzhi.disclosure.tests.conftest import SPACE, consent, post, settle
from gongzhi.documents.tests.pictures import encoded, picture
from tests.architecture.test_glossary import our_models
from tests.cast import World
from tests.support.pages import client_of, text_of, words

HERE = f"/neighbours/{SPACE}"


def posted(world: World, who: str = "resident", **more: Any) -> Message:
    return post(world, who, at=clock.now(), **more)


def write(client: Client, kind: str = "lost", **more: Any) -> Any:
    given = {"title": "捡到一把伞", "body": "在单元门口捡到一把蓝伞。", **more}
    return client.post(f"{HERE}/new?kind={kind}", given)


@pytest.mark.req("O04", where="/neighbours/")
def test_a_tenant_writes_and_a_neighbour_answers(world: World) -> None:
    tenant, owner = client_of(world, "neighbour"), client_of(world, "resident")
    assert "柳园一片" in text_of(tenant.get("/neighbours/"))
    assert "失物招领" in text_of(tenant.get(f"{HERE}/new"))
    wrong = write(tenant, body="打 13912345678")
    assert wrong.status_code == 422 and "13912345678" in text_of(wrong) and "帮我遮住" in text_of(wrong)
    photo = encoded(picture((64, 48)))
    answer = write(tenant, pictures=SimpleUploadedFile("x.jpg", photo, "image/jpeg"))
    assert answer.status_code == 302, text_of(answer)
    seen = text_of(owner.get(HERE))
    assert "捡到一把伞" in seen and "柳园小区5栋邻居" in seen and "102" not in seen
    page = words(owner.get(answer.url))
    image = re.search(r'src="(/media/[^"]+)"', page)
    assert image and owner.get(image[1]).status_code == 200
    assert Client().get(image[1]).status_code == 404
    empty = owner.post(f"{answer.url}/reply", {"reply-body": ""})
    assert empty.status_code == 422
    owner.post(f"{answer.url}/reply", {"reply-body": "是我的伞，谢谢。", "reply-called": "小陈"})
    assert "是我的伞" in text_of(tenant.get(answer.url)) and "小陈" in text_of(tenant.get(answer.url))
    assert "捡到一把伞" in text_of(owner.get(HERE, {"q": "蓝伞"}))
    assert "没有找到" in text_of(owner.get(HERE, {"q": "梯子"}))


def test_who_is_not_verified_here_neither_reads_nor_writes(world: World) -> None:
    row = posted(world)
    settle(world, "outsider", "far")
    outsider = client_of(world, "outsider")
    shown = text_of(outsider.get(HERE))
    assert "捡到钥匙" not in shown and "只看得到公开的" in shown and "发一条" not in shown
    assert outsider.get(f"/neighbours/posts/{row.number}").status_code == 404
    assert outsider.get(f"{HERE}/new?kind=lost").status_code == 403
    assert write(outsider).status_code == 403
    assert Client().get(f"/neighbours/posts/{row.number}").status_code == 404
    assert Client().get("/neighbours/PC-9").status_code == 404


@pytest.mark.req("J14", where="/neighbours/")
def test_a_story_of_green_bean_soup_is_admitted_and_named_with_consent(world: World) -> None:
    owner, office, tenant = (client_of(world, one) for one in ("resident", "secretary", "neighbour"))
    answer = write(owner, "story", title="绿豆汤", body="天热，楼下有人熬了一大锅绿豆汤。")
    assert "绿豆汤" not in text_of(Client().get(HERE))
    assert "绿豆汤" in text_of(office.get("/neighbours/desk"))
    office.post(f"{answer.url}/admit")
    assert "绿豆汤" in text_of(Client().get(HERE)) and Client().get(answer.url).status_code == 200
    refused = tenant.post(f"{answer.url}/ask-name", {"ask-name-name": "老周"})
    assert refused.status_code == 422 and "我的账号" in text_of(refused)
    consent(world, "neighbour")
    tenant.post(f"{answer.url}/ask-name", {"ask-name-name": "老周"})
    assert "老周" not in text_of(Client().get(answer.url))
    assert "老周" in text_of(owner.get(answer.url))
    owner.post(f"{answer.url}/agree-name")
    assert "老周" in text_of(Client().get(answer.url))
    tenant.post(f"{answer.url}/drop-name")
    assert "老周" not in text_of(Client().get(answer.url))


@pytest.mark.req("O04", where="/neighbours/desk")
def test_reported_hidden_appealed_and_put_back(world: World) -> None:
    row = posted(world, kind="talk", title="停车", body="东门口总有人乱停车。")
    address = f"/neighbours/posts/{row.number}"
    owner, tenant, office, above = (
        client_of(world, one) for one in ("resident", "neighbour", "secretary", "supervisor")
    )
    assert tenant.post(f"{address}/alert", {}).status_code == 422
    tenant.post(f"{address}/alert", {"alert-reason": "untrue", "alert-note": "不是这样。"})
    assert "停车" in text_of(office.get("/neighbours/desk"))
    looked = text_of(office.get(address))
    assert "不是这样" in looked and "演示neighbour" not in looked
    assert office.post(f"{address}/hide", {}).status_code == 422
    office.post(f"{address}/hide", {"hide-reason": "untrue", "hide-note": "没有核实。"})
    assert tenant.get(address).status_code == 404
    told = text_of(owner.get(address))
    assert "没有核实" in told and "民法典" in told and "不同意，我要申诉" in told
    owner.post(f"{address}/appeal", {"appeal-text": "我拍了照片，是真的。"})
    assert "申诉在看" in text_of(owner.get(address))
    asked = Appeal.objects.get()
    judging = f"/neighbours/desk/appeals/{asked.pk}"
    assert office.get(judging).status_code == 403 and tenant.get(judging).status_code == 403
    assert "我拍了照片" in text_of(above.get("/neighbours/desk"))
    assert above.post(judging, {"answer": "restore"}).status_code == 422
    above.post(judging, {"answer": "restore", "note": "有照片，放回去。"})
    assert "停车" in text_of(tenant.get(HERE))
    figures = text_of(Client().get(f"{HERE}/moderation"))
    assert "不到 5 条" in figures and "放回去的" in figures


def test_the_author_takes_it_down(world: World) -> None:
    row = posted(world)
    owner, address = client_of(world, "resident"), f"/neighbours/posts/{row.number}"
    assert client_of(world, "neighbour").post(f"{address}/withdraw").status_code == 403
    assert owner.post(f"{address}/withdraw").status_code == 302
    assert owner.get(address).status_code == 404
    assert owner.post(f"{address}/nothing").status_code == 404


@pytest.mark.req("O04", where="/neighbours/")
def test_elder_mode_and_no_script(world: World) -> None:
    posted(world)
    client = client_of(world, "resident")
    client.post("/text-size", {"text_size": "max", "next": HERE})
    page = words(client.get(HERE))
    assert "捡到钥匙" in page and "hx-" not in re.search("<main.*</main>", page, re.S)[0]  # type: ignore[index]  # it has one


def test_no_page_tells_a_home_and_nothing_counts_persons(world: World) -> None:
    row = posted(world, "neighbour")
    actions.reply(by=world.actor("resident", clock.now()), at=clock.now(), number=row.number, said=Said("是我的。"))
    for who in ("resident", "secretary"):
        client = client_of(world, who)
        for address in ("/neighbours/", HERE, f"/neighbours/posts/{row.number}", f"{HERE}/moderation"):
            shown = text_of(client.get(address))
            assert not re.search(r"[12]-?10[12]|单元|演示(resident|neighbour)", shown), address
    here = [one for one in our_models() if one._meta.app_label == "disclosure"]
    assert len(here) == 4
    counting = (models.IntegerField, models.FloatField, models.DecimalField)
    fields = [field for one in here for field in one._meta.local_fields if not field.primary_key]
    assert not [field for field in fields if isinstance(field, counting)], "nothing is counted in these tables"
    assert not [field for field in fields if field.name in ("dwelling", "home", "door", "likes", "reads")]
