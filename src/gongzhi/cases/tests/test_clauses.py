"""What neighbours agreed on stands beside the demands that it settles."""

from collections.abc import Callable

import pytest
from django.test import Client

from gongzhi.cases.models import Case
from gongzhi.common import clock
from gongzhi.documents import actions as documents
from gongzhi.packs import queries as packs
from tests.cast import NOW, World


@pytest.mark.req("F12", where="/track/{number}")
def test_a_case_shows_the_clause_that_settles_its_kind(world: World, report: Callable[..., Case]) -> None:
    case = report(at=clock.now())
    other = next(one.name for one in packs.categories() if one.name not in packs.names_of_category(case.category))
    own, above = packs.names_of_category(case.category)[0], packs.names_of_category(case.category)[-1]
    settles = ((own, "谁看见谁报，物业当天修。"), (above, "爱护公用设施。"), (other, "不乱扔。"))
    agreed = [f"{words}【诉求：{name}】" for name, words in settles]
    text = "\n".join(["# 一、公用的灯", *agreed])
    told = {"code": "liuyuan", "kind": "covenant", "title": "柳园小区自治管理办法", "place": world.places["PC-1"]}
    by = world.actor("secretary")
    documents.draft_instrument(by=by, at=NOW, text=text, **told)
    client = Client()
    client.force_login(world.people["dispatcher"])
    page = f"/desk/{case.number}"
    assert "这里约定的" not in client.get(page).content.decode()  # a draft settles nothing
    today = clock.local_date(NOW)
    documents.adopt_instrument(
        by=by, at=NOW, code="liuyuan", adopted_on=today, effective_from=today, basis="业主大会决议"
    )
    shown = client.get(page).content.decode()
    resident = Client()
    resident.force_login(world.people["resident"])
    mine = resident.get(f"/track/{case.number}").content.decode()
    for what in (shown, mine):
        assert "谁看见谁报，物业当天修。" in what and "爱护公用设施。" in what and "不乱扔" not in what
    assert resident.get("/instruments/liuyuan").status_code == 200  # whoever is shown it may read the whole of it
    assert "/instruments/liuyuan" in shown and "柳园小区自治管理办法" in shown and "一、公用的灯" in shown
