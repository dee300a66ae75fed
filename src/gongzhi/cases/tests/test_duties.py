"""职责清单: who leads, what a community is not given, 准入, funding, the burden and how reasons are used."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import gongzhi.packs as packs_room
from gongzhi.audit.queries import links_of
from gongzhi.cases import actions, queries
from gongzhi.cases.actions.duties import admit_case
from gongzhi.cases.models import Case, CaseEvent, WorkOrder
from gongzhi.cases.queries import burden as counting
from gongzhi.cases.queries import discretion as judging
from gongzhi.cases.queries.listing import Filters, filtered
from gongzhi.cases.queries.spans import Span
from gongzhi.cases.queries.suggesting import suggestions_for
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.ledger.actions import open_fund
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import load_pack
from tests.cast import NOW, SETUP, World

Report = Callable[..., Case]
HOUR = dt.timedelta(hours=1)
LIST = Path(packs_room.__file__).parent / "data/duties/pingchang.toml"


@pytest.fixture
def listed(world: World) -> World:
    """The cast's town with its duty list in force."""
    load_pack(by=SETUP, at=NOW, path=LIST)
    packs.remember()
    return world


def dispatch(world: World, case: Case, unit: str, **more: Any) -> Case:
    given: dict[str, Any] = {"at": NOW + HOUR, "unit_id": world.units[unit].pk, **more}
    return actions.dispatch_case(by=world.actor("dispatcher"), number=case.number, **given)


@pytest.mark.req("E08")
def test_the_list_in_force_routes_and_is_quoted(listed: World, report: Report) -> None:
    case = report()
    assert case.unit == listed.units["utility"]
    assert case.routing["pack"] == "pack:duties/pingchang/1.0" and case.routing["version"] == "1.0"
    assert case.routing["clause"].startswith("第1项：") and case.routing["duty"] == "PI-01"
    found = suggestions_for(listed.actor("dispatcher"), case, NOW)
    assert found.cards[0].clause == case.routing["clause"] and found.basis == "平昌社区职责清单（演示数据） 1.0"
    order = WorkOrder.objects.get(case=dispatch(listed, case, "utility"))
    assert order.facts["clause"] == case.routing["clause"]
    assert CaseEvent.objects.get(case=case, move="dispatch").facts["pack"] == "pack:duties/pingchang/1.0"


@pytest.mark.req("E08")
def test_a_new_version_changes_what_comes_after_not_what_was(listed: World, report: Report) -> None:
    before = report()
    text = LIST.read_text("utf-8").replace('version = "1.0"', 'version = "1.1"')
    text = text.replace("effective_from = 2021-01-01", "effective_from = 2026-03-01")
    text = text.replace('lead = "utility"\nclause = "第1项', 'lead = "property"\nclause = "第1项')
    load_pack(by=SETUP, at=NOW, text=text)
    packs.remember()
    after = report()
    assert after.unit == listed.units["property-1"] and after.routing["version"] == "1.1"
    before.refresh_from_db()
    assert before.unit == listed.units["utility"] and before.routing["version"] == "1.0"
    assert packs.duties(dt.date(2026, 2, 1)).pack.version == "1.0"  # type: ignore[union-attr]


@pytest.mark.req("E08")
def test_what_is_outside_its_list_is_not_given_to_a_community(listed: World, report: Report) -> None:
    case = report()
    with pytest.raises(Refused) as refused:
        dispatch(listed, case, "committee-1")
    assert refused.value.code == "outside_duty_list"
    card = next(c for c in suggestions_for(listed.actor("dispatcher"), case, NOW).cards if c.unit.kind == "community")
    assert card.outside and not card.admitted
    with pytest.raises(Forbidden):
        admit_case(by=listed.actor("dispatcher"), at=NOW, number=case.number, unit_id=1, note="请帮忙")
    unit = listed.units["committee-1"].pk
    admit_case(by=listed.actor("secretary"), at=NOW, number=case.number, unit_id=unit, note="灯在院内，居委会代管")
    with pytest.raises(Refused) as unpaid:
        dispatch(listed, case, "committee-1")
    assert unpaid.value.code == "missing_funding"
    order = WorkOrder.objects.get(case=dispatch(listed, case, "committee-1", funding="2026 路灯代管经费"))
    assert order.facts["function"] == "outside" and order.facts["funding"] == {"line": "2026 路灯代管经费"}


@pytest.mark.req("E08")
def test_an_admission_ends(listed: World, report: Report) -> None:
    case, unit = report(), listed.units["committee-1"].pk
    admit_case(by=listed.actor("supervisor"), at=NOW, number=case.number, unit_id=unit, note="代管半年")
    late = NOW + dt.timedelta(days=181)
    with pytest.raises(Refused) as refused:
        dispatch(listed, case, "committee-1", at=late, funding="x")
    assert refused.value.code == "outside_duty_list"
    with pytest.raises(Refused) as needless:
        own = report(text="小区里有人养狗不牵绳，吓到孩子")
        admit_case(by=listed.actor("supervisor"), at=NOW, number=own.number, unit_id=unit, note="x")
    assert needless.value.code == "no_admission_needed"


@pytest.mark.req("E08")
def test_delegated_work_names_its_funding_or_the_exception(listed: World, report: Report) -> None:
    case = report(text="楼下老人一个人住，想请人上门看看养老怎么办", category="life.elderly")
    with pytest.raises(Refused) as unpaid:
        dispatch(listed, case, "committee-1")
    assert unpaid.value.code == "missing_funding" and "费随事转" in unpaid.value.facts["clause"]
    order = WorkOrder.objects.get(case=dispatch(listed, case, "committee-1", exception="当月已包干"))
    assert order.facts["funding"] == {"exception": "当月已包干"} and order.facts["function"] == "assist"


@pytest.mark.req("I16")
def test_delegated_work_cites_an_account_of_the_ledger(listed: World, report: Report) -> None:
    pack = Path(packs_room.__file__).parent / "data/funds/community_account.toml"
    load_pack(by=SETUP, at=NOW, path=pack)
    body, place = listed.units["committee-1"], listed.places["PC-1"]
    fund = open_fund(
        by=listed.actor("supervisor"), at=NOW, kind="community_account", name="社区账户", place=place,
        organization=body, host="committee", proof="演示 1 号", opened_on=dt.date(2026, 1, 1),
    )  # fmt: skip
    case = report(text="楼下老人一个人住，想请人上门看看养老怎么办", category="life.elderly")
    with pytest.raises(NotFound) as unknown:
        dispatch(listed, case, "committee-1", funding="F001-9 没有这个账户")
    assert unknown.value.code == "unknown_line"
    shown = suggestions_for(listed.actor("dispatcher"), case, NOW)
    assert "F001-1 委托事务经费" in shown.lines
    order = WorkOrder.objects.get(case=dispatch(listed, case, "committee-1", funding="F001-1 委托事务经费"))
    assert order.facts["funding"] == {"line": "F001-1 委托事务经费", "account": "F001-1"}
    cited = links_of("account:F001-1").get()
    assert (cited.source, cited.relation, fund.number) == (case.reference, "funded_by", "F001")


@pytest.mark.req("E08")
def test_a_community_helps_only_where_the_list_names_it(listed: World, report: Report) -> None:
    lamp, aid = dispatch(listed, report(), "utility"), report(text="独居老人要人看看", category="life.elderly")
    helper = [listed.units["committee-1"].pk]
    with pytest.raises(Refused) as refused:
        actions.join_case(by=listed.actor("dispatcher"), at=NOW + HOUR, number=lamp.number, units=helper)
    assert refused.value.code == "outside_duty_list"
    dispatch(listed, aid, "utility")
    actions.join_case(by=listed.actor("dispatcher"), at=NOW + HOUR, number=aid.number, units=helper)
    order = WorkOrder.objects.get(case=aid, role="co")
    assert order.facts["function"] == "assist" and order.facts["pack"] == "pack:duties/pingchang/1.0"


def test_without_a_category_nothing_goes_to_a_community(listed: World, report: Report) -> None:
    case = report(text="这里有点事想说说")
    assert case.category == ""
    with pytest.raises(Refused) as refused:
        dispatch(listed, case, "committee-1")
    assert refused.value.code == "category_first"


def test_without_a_list_nothing_changes(world: World, report: Report) -> None:
    packs.remember()
    case = report()
    assert case.routing["pack"].startswith("pack:model/")
    assert WorkOrder.objects.get(case=dispatch(world, case, "committee-1")).facts == {}


@pytest.mark.req("E09")
def test_the_burden_by_function_and_origin(listed: World, report: Report) -> None:
    own = report(text="小区里有人养狗不牵绳，吓到孩子", category="order.pets")
    paid = report(text="独居老人要人上门看看", category="life.elderly")
    dispatch(listed, own, "committee-1")
    dispatch(listed, paid, "committee-1", funding="街道养老经费")
    dispatch(listed, report(), "utility")
    row = counting.burden(listed.actor("secretary"), Span())[0]
    assert (row.unit, row.total) == ("柳园社区居委会", 2)
    assert row.functions == {"education": 1, "assist": 1} and row.origins == {"residents": 1, "above": 1}
    assert (row.funded, row.excepted, row.admitted) == (1, 0, 0)
    rows = counting.burden_orders(listed.actor("secretary"), Span(), unit=row.unit_id, origin="above")
    assert [order.case.number for order in rows] == [paid.number]
    assert counting.burden(listed.actor("secretary"), Span(since=dt.date(2027, 1, 1))) == []
    elsewhere = counting.burden(listed.actor("other_grid_member"), Span())
    assert elsewhere == []
    with pytest.raises(Forbidden):
        counting.burden(listed.actor("department"), Span())


@pytest.mark.req("E08")
def test_discretion_compares_units_and_says_when_there_are_too_few(listed: World, report: Report) -> None:
    case = dispatch(listed, report(), "utility")
    actions.return_case(
        by=listed.actor("department"), at=NOW + 2 * HOUR, number=case.number, reason="return.not_ours", note="不归我们"
    )
    found = judging.discretion(listed.actor("supervisor"), "return", Span())
    assert found.reasons == (("return.not_ours", 1),) and (found.used, found.out_of) == (1, 1)
    assert found.units[0].verdict == "few" and found.units[0].high == 1.0
    used = judging._used(1, "甲", 20, 40, 0.1, 30)
    assert used.verdict == "above" and 0.35 < used.low < 0.5 < used.high < 0.65
    assert judging._used(1, "乙", 4, 40, 0.1, 30).verdict == "same"


@pytest.mark.req("E08", where="/discretion/")
def test_each_figure_of_discretion_opens_exactly_its_cases(listed: World, report: Report) -> None:
    client = Client()
    client.force_login(listed.people["supervisor"])
    for reason in ("return.not_ours", "return.not_ours", "return.wrong_place"):
        case = dispatch(listed, report(), "utility")
        given = {"reason": reason, "note": "不归我们"}
        actions.return_case(by=listed.actor("department"), at=NOW + 2 * HOUR, number=case.number, **given)
    kept = dispatch(listed, report(), "utility")  # never returned: in no list
    supervisor = listed.actor("supervisor")
    found = judging.discretion(supervisor, "return", Span())
    unit = listed.units["utility"].pk
    assert dict(found.reasons) == {"return.not_ours": 2, "return.wrong_place": 1}
    assert [(one.used, one.out_of) for one in found.units if one.unit_id == unit] == [(3, 4)]
    assert judging.discretion(supervisor, "return", Span(), "return.not_ours").used == 2
    for reason, n in (*found.reasons, ("", 3)):
        rows = filtered(supervisor, Filters(reason=judging.Reason("return", reason, unit)), NOW)
        assert rows.count() == n and kept.number not in {case.number for case in rows}
    nobody = listed.units["property-1"].pk
    assert not filtered(supervisor, Filters(reason=judging.Reason("return", "", nobody)), NOW).exists()
    page = client.get("/discretion/?kind=return").content.decode()
    assert f"used=return&amp;used_by={unit}" in page and "used_code=return.not_ours" in page
    opened = client.get(f"/cases/?used=return&used_code=return.not_ours&used_by={unit}").content.decode()
    assert "路灯管理所用过：退单" in opened and kept.number not in opened
    sheet = client.get(f"/cases/?used=return&used_code=return.not_ours&used_by={unit}&format=xlsx")
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")


def test_the_second_line_of_a_category_serves_another_level(listed: World) -> None:
    duties = packs.duties()
    assert duties is not None
    lines = duties.lines_for(queries.routing.lineage("environment.sewage"))
    assert [line.lead for line in lines] == ["property", "urban"]
