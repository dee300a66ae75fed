"""A village resolution by 四议两公开一监督 in a real browser: from the proposal to the result that everybody reads."""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from gongzhi.common import clock
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import load_procedures
from tests import cast
from tests.cast import NOW, World
from tests.journeys.street import Street
from tests.support.widths import fits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
DAY = dt.timedelta(days=1)
SHOTS = os.environ.get("GONGZHI_SHOTS", "")  # a folder: what each page looked like


@pytest.fixture
def world(transactional_db: None) -> World:
    world = cast.build()
    load_procedures()
    return world


class Village:
    """The secretary and the supervisor at their screens, on a day that passes."""

    def __init__(self, street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
        self.street, self.patch, self.now = street, monkeypatch, NOW
        self.runner, self.watcher = street.page_of("secretary"), street.page_of("supervisor")
        self.wait(0)

    def wait(self, days: int) -> None:
        self.now += days * DAY
        self.patch.setattr(clock, "now", lambda: self.now)

    @property
    def address(self) -> str:
        return f"{self.street.url}/deliberations/{Course.objects.get().number}"

    def day(self, days: int = 0) -> str:
        return f"{(self.now + days * DAY).date():%Y-%m-%d}"

    def enter(self, kind: str, *, page: Any = None, body: str = "", **fields: Any) -> None:
        page = page or self.runner
        page.goto(self.address)
        form = page.locator(f'form[action$="/record/{kind}"]')
        form.evaluate("form => { form.closest('details').open = true; }")
        form.locator("select[name=body]").select_option(label=body)
        if form.locator("input[name=on]").count():
            form.locator("input[name=on]").fill(self.day())
        for name, value in fields.items():
            control = form.locator(f"[name='{name.replace('_', '-', 1)}'], [name='{name}']").first
            if control.evaluate("one => one.tagName") == "SELECT":
                control.select_option(str(value))
            else:
                control.fill(str(value))
        with page.expect_navigation(timeout=30_000):
            form.locator("button[type=submit]").click()

    def sign(self) -> None:
        self.enter("signed", page=self.watcher, body="村务监督委员会")

    def shoot(self, page: Any, name: str) -> None:
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.req("G02", where="/deliberations/")
def test_a_village_decides_in_the_open(
    page_at: Callable[..., Any], live_server: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = Village(Street(page_at, live_server.url, world), monkeypatch)
    runner = village.runner
    open_it(village, world)
    village.enter("recorded", body="村党组织", filed_proposal="一号盒")
    runner.goto(village.address)
    assert runner.get_by_text("村务监督委员会").first.is_visible()
    village.shoot(runner, "signing")
    village.sign()
    village.enter("recorded", body="村“两委”", filed_plan="一号盒")
    village.sign()
    meet(
        village,
        "村党组织",
        "党员大会",
        1,
        {"registered": 60, "present": 44, "yes": 37, "no": 5, "abstain": 2, "due": 44},
    )
    village.sign()
    convene(village)
    village.enter("recorded", body="村民委员会", filed_authorization="二号盒")
    few = {"registered": 45, "present": 26, "yes": 20, "no": 3, "abstain": 3}
    meet(village, "村民委员会", "村民代表会议", 5, few)
    assert runner.get_by_text("到会人数还差 4：现在 26，要 30").is_visible()
    village.shoot(runner, "too-few")
    enough = {"registered": 45, "present": 30, "yes": 16, "no": 14, "abstain": 0}
    village.enter("recorded", body="村民代表会议", filed_minutes="三号盒", **figures(enough))
    village.sign()
    post_and_hear(village, world)
    village.enter("recorded", body="村民委员会", filed_acceptance="四号盒", filed_accounts="四号盒")
    village.sign()
    village.enter("published", body="村民委员会", again_acceptance="acceptance", again_accounts="accounts")
    village.sign()
    village.wait(12)
    village.enter("recorded", body="村民委员会", filed_file="五号盒")
    read_it(village)


def open_it(village: Village, world: World) -> None:
    page = village.runner
    page.goto(f"{village.street.url}/deliberations/")
    page.get_by_role("link", name="启动一个程序").click()
    page.locator("main").get_by_role("link", name="柳园社区居委会").click()
    village.shoot(page, "choose")
    page.get_by_role("link", name="四议两公开一监督").click()
    page.get_by_label("要决定什么事").fill("老排水沟改造，花 38.6 万元")
    page.get_by_label("属于法律里的哪一项").select_option("cn.village#matter.5")
    page.get_by_label("谁提出来").select_option(label="村党组织")
    village.shoot(page, "open")
    with page.expect_navigation():
        page.get_by_role("button", name="启动").click()
    assert page.get_by_text("要先办完“一议：村党组织提议”这一步").first.is_visible()
    assert not page.locator("select[name=body]").first.input_value()
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []


def convene(village: Village) -> None:
    village.enter("recorded", body="村民委员会", outcome="representatives", again_plan="plan")


def figures(values: dict[str, int]) -> dict[str, int]:
    return {f"figure_{name}": value for name, value in values.items()}


def meet(village: Village, caller: str, body: str, days: int, counted: dict[str, int]) -> None:
    """Called with its notice, held on its day, counted."""
    village.enter("noticed", body=caller, for_day=village.day(days), again_plan="plan")
    village.wait(days)
    paper = "filed_opinion" if body == "党员大会" else "filed_minutes"
    village.enter("recorded", body=body, **{paper: "二号盒"}, **figures(counted))


def post_and_hear(village: Village, world: World) -> None:
    """Posted; a neighbour objects on a telephone; the supervisors answer; only then its days count."""
    village.enter("published", body="村民委员会", filed_decision="村口公示栏")
    village.sign()
    neighbour = village.street.page_of("resident", 390)
    neighbour.goto(village.address)
    village.shoot(neighbour, "neighbour")
    assert fits(neighbour)
    neighbour.get_by_text("提异议").first.click()
    neighbour.get_by_label("您不同意哪一点，为什么").fill("三家报价没有贴出来")
    with neighbour.expect_navigation():
        neighbour.get_by_role("button", name="提异议").click()
    village.wait(12)
    village.runner.goto(village.address)
    assert village.runner.get_by_text("还有 1 条异议没答复").first.is_visible()
    answer = {"key": "1", "outcome": "rejected", "note": "报价贴在村口，已经带他看过"}
    village.enter("answered", page=village.watcher, body="村务监督委员会", **answer)
    village.wait(1)


def read_it(village: Village) -> None:
    """Anybody reads the resolution, what it rests on, and every step with its day."""
    assert Course.objects.get().ending == "decided"
    made = Resolution.objects.get()
    reader = village.street.page_of("visitor", 390)
    reader.goto(f"{village.street.url}/deliberations/")
    village.shoot(reader, "list")
    reader.get_by_role("link", name="老排水沟改造").click()
    village.shoot(reader, "ended")
    reader.get_by_role("link", name=made.number).click()
    village.shoot(reader, "resolution")
    assert reader.get_by_text("到会人数").first.is_visible() and reader.get_by_text("cn.village").first.is_visible()
    assert [one["id"] for one in Axe().run(reader).response["violations"]] == []
