"""专项: counted in, worked, looked at again by another, and what came back, as a fraction with its rows."""

import datetime as dt
import io
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from PIL import Image

from gongzhi.cases import actions
from gongzhi.cases.actions.campaigning import enrol_cases, join_campaign, recheck_case
from gongzhi.cases.models import Case
from gongzhi.cases.queries.campaigning import counted, get_campaign, shown, tallies
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.packs import shipped
from tests.cast import NOW, World

Report = Callable[..., Case]
CODE = "baluan-2026"
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
LATER = NOW + 20 * DAY


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 60)).save(file, "JPEG")
    file.seek(0)
    return file


def finished(world: World, report: Report, category: str = "order.stall", at: dt.datetime = NOW) -> Case:
    """A stall in the way, removed by the property company, checked, confirmed and closed, with both photos."""
    case = report(text="小区门口占道摆摊，走不过去。", category=category, at=at, photos=[picture()])
    number, unit = case.number, world.units["property-1"].pk
    actions.dispatch_case(by=world.actor("dispatcher"), at=at, number=number, unit_id=unit)
    actions.start_work(by=world.actor("property"), at=at, number=number)
    actions.submit_result(
        by=world.actor("property"), at=at + HOUR, number=number, note="劝走了，划了线。", photos=[picture()]
    )
    actions.verify_case(by=world.actor("grid_member"), at=at + 2 * HOUR, number=number)
    actions.answer_case_question(by=world.actor("resident"), at=at + 3 * HOUR, number=number, solved="yes")
    return actions.close_case(by=world.actor("dispatcher"), at=at + 4 * HOUR, number=number)


@pytest.mark.req("L09")
@pytest.mark.parametrize("name", shipped.model_names())
def test_a_campaign_has_eight_kinds_of_the_pack(name: str) -> None:
    from gongzhi.packs.tests.test_models import model

    campaign = model(name).campaign(CODE)
    assert campaign is not None and len(campaign.kinds) == 8 and campaign.illustrative
    assert "占道经营" in "".join(kind.name for kind in campaign.kinds)


@pytest.mark.req("L09")
def test_baseline_then_relapse_as_a_fraction_with_its_rows(world: World, report: Report) -> None:
    first = finished(world, report)
    second = finished(world, report, "environment.garbage")
    report(text="还没人管的占道。", category="order.stall")
    lamp = report()
    by = world.actor("secretary")
    assert enrol_cases(by=by, at=NOW + DAY, code=CODE) == 3
    assert enrol_cases(by=by, at=NOW + DAY, code=CODE) == 0
    assert Case.objects.get(pk=lamp.pk).occasion == ""
    campaign = get_campaign(CODE)
    total = tallies(by, campaign, NOW + DAY)[0]
    # The stall that is still open was reported before the first was closed: nothing has come back yet.
    assert (total.baseline, total.open, total.closed, total.relapsed) == (3, 1, 2, 0)
    report(text="又摆出来了，还是门口。", category="order.stall", at=NOW + 40 * DAY)
    lines = {line.code: line for line in tallies(by, campaign, NOW + 41 * DAY)}
    assert (lines["stall"].relapsed, lines["stall"].placed) == (1, 1)
    assert lines[""].relapse_rate == Fraction(1, 2) and lines[""].percent == "50.00"
    rows = shown(counted(by, campaign), campaign, "relapsed", NOW + 41 * DAY)
    assert [row.pk for row in rows] == [first.pk] and second.pk not in [row.pk for row in rows]


@pytest.mark.parametrize(("days", "came_back"), [(89, 1), (91, 0)])
def test_only_within_the_window_after_closing(world: World, report: Report, days: int, came_back: int) -> None:
    case = finished(world, report)
    join_campaign(by=world.actor("grid_member"), at=NOW + DAY, number=case.number, code=CODE)
    report(text="又摆出来了。", category="order.stall", at=NOW + days * DAY)
    assert tallies(world.actor("secretary"), get_campaign(CODE), NOW + 99 * DAY)[0].relapsed == came_back


def test_another_category_or_place_is_no_relapse(world: World, report: Report) -> None:
    case = finished(world, report)
    join_campaign(by=world.actor("grid_member"), at=NOW + DAY, number=case.number, code=CODE)
    report(text="垃圾没人清。", category="environment.garbage", at=NOW + 9 * DAY)
    elsewhere = Case.objects.get(pk=report(text="又有摊。", category="order.stall", at=NOW + 9 * DAY).pk)
    Case.objects.filter(pk=elsewhere.pk).update(place=world.places["PC-1-1-2"])
    assert tallies(world.actor("secretary"), get_campaign(CODE), NOW + 30 * DAY)[0].relapsed == 0


@pytest.mark.req("L09")
def test_another_person_looks_again_after_the_days_of_the_pack(world: World, report: Report) -> None:
    case = finished(world, report)
    join_campaign(by=world.actor("grid_member"), at=NOW + DAY, number=case.number, code=CODE)
    again = {"number": case.number, "stands": True}
    with pytest.raises(Refused, match="too_early"):
        recheck_case(by=world.actor("patch_lead"), at=NOW + 10 * DAY, **again)
    for stranger in ("property", "resident", "other_grid_member", "auditor"):
        with pytest.raises((Forbidden, NotFound)):
            recheck_case(by=world.actor(stranger), at=LATER, **again)
    case = recheck_case(by=world.actor("patch_lead"), at=LATER, **again, photos=[picture()])
    assert case.status == "closed"
    line = tallies(world.actor("secretary"), get_campaign(CODE), LATER)[0]
    assert (line.due, line.rechecked, line.stands) == (0, 1, 1)


def test_what_is_no_part_of_it_is_refused(world: World, report: Report) -> None:
    by, at = world.actor("grid_member"), NOW + DAY
    with pytest.raises(Refused, match="other_category"):
        join_campaign(by=by, at=at, number=report().number, code=CODE)
    stall = report(text="占道。", category="order.stall")
    with pytest.raises(NotFound, match="unknown_campaign"):
        join_campaign(by=by, at=at, number=stall.number, code="none")
    Case.objects.filter(pk=stall.pk).update(occasion="list:PC-1")
    with pytest.raises(Conflict, match="other_occasion"):
        join_campaign(by=by, at=at, number=stall.number, code=CODE)
    with pytest.raises(Refused, match="no_campaign"):
        Case.objects.filter(pk=stall.pk).update(status="closed")
        recheck_case(by=by, at=at, number=stall.number, stands=True)


@pytest.mark.req("L09")
def test_the_page_opens_rows_pairs_photos_and_exports(world: World, report: Report, monkeypatch: Any) -> None:
    case = finished(world, report)
    from gongzhi.common import clock

    monkeypatch.setattr(clock, "now", lambda: LATER)
    client = Client()
    client.force_login(world.people["secretary"])
    assert "还有 1 件同类的没归进来" in client.get(f"/campaigns/{CODE}").content.decode()
    assert "归进来 1 件" in client.post(f"/campaigns/{CODE}/enrol", follow=True).content.decode()
    page = client.get(f"/campaigns/{CODE}?show=recheck").content.decode()
    assert case.number in page and "之前" in page and "之后" in page and page.count('loading="lazy"') >= 2
    done = client.post(f"/campaigns/{CODE}/{case.number}", {"stands": "yes"}, follow=True).content.decode()
    assert "复查记下了" in done
    book = load_workbook(io.BytesIO(client.get(f"/campaigns/{CODE}?show=all&format=xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[1][0] == "编号" and rows[2][0] == case.number and rows[2][5] == "好着"
    assert "专项整治" in client.get("/campaigns/").content.decode()
    sums = load_workbook(io.BytesIO(client.get("/campaigns/?format=xlsx").content)).active
    assert next(row[3] for row in sums.iter_rows(min_row=2, values_only=True)) == 1, "the baseline of the first"


@pytest.mark.req("L10")
@pytest.mark.parametrize("name", shipped.model_names())
def test_the_three_examples_of_hazards_are_preset(name: str) -> None:
    from gongzhi.packs.tests.test_models import model

    names = {category.code: category.name for category in model(name).categories}
    preset = {"order.fire_lane": "消防通道", "order.charging": "电动车与充电", "safety.wiring": "电气线路老化"}
    assert preset.items() <= names.items()
