"""From one report to a published account: a shed that neighbours asked for, decided, built, accepted. 演示数据."""

import datetime as dt
from typing import Any

import pytest

from gongzhi.cases.queries.routing import clear_units
from gongzhi.common import clock
from gongzhi.deliberation.models import Resolution
from gongzhi.deliberation.tests.courses import load_procedures, opened, walk
from gongzhi.gatherings import actions as gatherings
from gongzhi.gatherings.tests.conftest import SEATS, START
from gongzhi.ledger.tests.conftest import open_fund
from gongzhi.packs import queries as packs
from gongzhi.people import actions as people
from gongzhi.projects import actions
from gongzhi.projects.models import Project
from gongzhi.projects.tests.conftest import build, spend
from gongzhi.publications import actions as publications
from tests.cast import NOW, SETUP, World
from tests.journeys.street import Street, photo
from tests.support.widths import sound

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
TITLE, PROBLEM = "5栋充电车棚", "电动车在楼道充电"
NEIGHBOURS = ("resident", "neighbour", "outsider")


@pytest.fixture
def world(transactional_db: None) -> World:
    made = build()
    load_procedures(("covenant",))
    clear_units()
    packs.forget()
    return made


def council(world: World) -> Any:
    """A council in which three neighbours sit: who speaks for the place."""
    place = world.places["PC-1"]
    made = {"code": "council-1", "kind": "council", "name": "柳园议事会", "place": place}
    body = people.add_organization(by=SETUP, at=NOW, valid_from=START, **made)
    for name, role in SEATS.items():
        post = people.add_post(
            by=SETUP, at=NOW, code=f"seat-{name}", role=role, title=f"议事员{name}", place=place, organization=body
        )
        post.valid_from = START
        post.save(update_fields=["valid_from"])
        people.appoint(by=SETUP, at=NOW, person=world.people[name], post=post, decision="test", valid_from=START)
    return body


def talked_about(world: World) -> tuple[str, str]:
    """A topic of a resident and the resolution that followed: their references."""
    body, now = council(world), clock.now()
    topic = gatherings.propose_topic(
        by=world.actor("resident", now), at=now, body=body, title="5栋要有充电的地方", why="楼道充电不安全。"
    )
    chair = world.actor("secretary", now)
    gatherings.answer_topic(by=chair, at=now, number=topic.number, taken=True, reason="下次就议。")
    course = opened(
        world, "covenant", at=now - dt.timedelta(days=120), matter="", opener="villagers_committee", about="建充电车棚"
    )
    walk(world, course)
    return topic.reference, Resolution.objects.get(course=course).reference


class Office:
    """The desk of the project in the hands of whoever sits there."""

    def __init__(self, street: Street, name: str) -> None:
        self.street, self.page = street, street.page_of(name, 1280)

    @property
    def url(self) -> str:
        return f"{self.street.url}/projects/P00001"

    def form(self, title: str) -> Any:
        """A folded form of the desk, unfolded."""
        self.page.goto(self.url)
        box = self.page.locator("details", has=self.page.get_by_text(title, exact=True)).first
        box.evaluate("box => { box.open = true; }")
        return box

    def show(self, name: str, reference: str = "", words: str = "") -> None:
        box = self.form("交一项材料")
        box.get_by_label("哪一项").select_option(label=name)
        box.get_by_label("编号").fill(reference)
        box.get_by_label("或者写一句").fill(words)
        self.send(box, "交上")

    def send(self, box: Any, button: str) -> None:
        with self.page.expect_navigation():
            box.get_by_role("button", name=button, exact=True).click()
        assert self.page.locator("[role=alert]:visible").count() == 0, self.page.locator("main").inner_text()

    def fund(self, kind: str, name: str, amount: str) -> None:
        box = self.form("列一笔经费")
        box.get_by_label("哪一种").select_option(label=kind)
        box.get_by_label("谁出的").fill(name)
        box.get_by_label("多少元").fill(amount)
        box.get_by_label("从哪本账付").select_option(value="F001")
        self.send(box, "列上")

    def move(self, word: str) -> str:
        """One press; what the page says afterwards."""
        self.page.goto(self.url)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=word, exact=True).click()
        return str(self.page.locator("body").inner_text())

    def done(self, position: int, purpose: str) -> None:
        self.page.goto(self.url)
        box = self.page.locator("details", has=self.page.locator(f"#files-{position}")).first
        box.evaluate("box => { box.open = true; }")
        box.get_by_label("照片是什么时候的").select_option(label=purpose)
        box.get_by_label("照片或文件").set_input_files(photo())
        self.send(box, "记下")

    def pay(self, position: int, amount: str) -> None:
        self.page.goto(self.url)
        box = self.page.locator("details", has=self.page.locator(f"#amount-{position}")).first
        box.evaluate("box => { box.open = true; }")
        box.get_by_label("一共付了多少元").fill(amount)
        self.send(box, "记下")


def proposed(street: Street, office: Office, number: str) -> None:
    page = office.page
    page.goto(f"{street.url}/desk/{number}")
    page.get_by_role("link", name="立成项目").click()
    page.get_by_role("link", name="以奖代补小项目").click()
    page.get_by_label("在哪里").select_option(value="PC-1")
    page.get_by_label("问题是什么").fill(PROBLEM)
    page.get_by_label("项目叫什么").fill(TITLE)
    page.get_by_label("谁来办").select_option(label="柳园社区居委会")
    with page.expect_navigation():
        page.get_by_role("button", name="申报", exact=True).click()
    sound(page)


def prepared(office: Office, topic: str, resolution: str) -> None:
    office.show("多少人受影响、他们怎么说", topic)
    office.show("小区提议", topic)
    office.show("社区商议", resolution)
    for name in ("打算怎么做、多久做完", "要多少钱、从哪里来", "建好以后谁来管"):
        office.show(name, words="写在方案里")
    office.fund("以奖代补", "街道以奖代补", "8000")
    office.fund("居民自筹", "居民自筹", "2000")


def built(street: Street, world: World, office: Office, second: Office) -> None:
    second.move("申报书审过了")
    assert "还没有挂点的人" in second.move("批准立项")
    box = second.form("定挂点的人")
    box.get_by_label("谁来挂点").select_option(label="平昌社区 督办")
    second.send(box, "定下")
    assert "记下了：批准立项" in second.move("批准立项")
    office.move("动工")
    office.done(1, "动工前")
    box = second.form("记一次走访")
    box.get_by_label("看到什么").fill("柱子立好了")
    second.send(box, "记下")
    office.done(2, "完工后")
    office.move("都做完了，请居民验收")
    for name in NEIGHBOURS:
        page = street.page_of(name, 390)
        page.goto(f"{street.url}/works/P00001")
        page.get_by_label("满意", exact=True).check()
        with page.expect_navigation():
            page.get_by_role("button", name="交上", exact=True).click()
        assert "谢谢您" in page.locator("body").inner_text()
    for name in ("grid_member", "property"):
        at = clock.now()
        actions.say_accepted(by=world.actor(name, at), at=at, number="P00001", satisfied=True)
    box = office.form("传照片或材料")
    box.get_by_label("是什么").select_option(label="材料")
    box.get_by_label("照片或文件").set_input_files(photo())
    office.send(box, "传上")
    office.move("验收通过")


def settled(street: Street, world: World, office: Office, second: Office, fund: Any) -> None:
    office.pay(1, "8000")
    office.pay(2, "2000")
    spend(world, Project.objects.get(), fund, 900_000)
    assert "账对不上：F001 10,000.00 / 9,000.00 (1,000.00)" in second.move("账结清，办结")
    spend(world, Project.objects.get(), fund, 100_000)
    assert "还没做结项评价" in second.move("账结清，办结")
    page = second.page
    page.goto(f"{street.url}/projects/P00001/evaluate")
    for box in page.locator("input[name^=mark-]").all():
        box.fill("8")
    for box in page.locator("input[name^=evidence-]").all():
        box.fill("会议记录")
    with page.expect_navigation():
        page.get_by_role("button", name="记下评价").click()
    assert "80.0" in page.locator("main").inner_text()
    sound(page)
    assert "记下了：办结" in second.move("账结清，办结")


def published(world: World, office: Office) -> str:
    """The draft of the account, released by another: its number."""
    office.move("公开这个项目的账")
    number = office.page.url.rstrip("/").rsplit("/", 1)[1]
    at = clock.now()
    publications.submit_publication(by=world.actor("secretary", at), at=at, number=number)
    publications.release_publication(by=world.actor("supervisor", at), at=at, number=number)
    return str(number)


@pytest.mark.req("I01", where="/works/")
@pytest.mark.req("D04", where="/desk/")
@pytest.mark.req("B09", where="/projects/")
@pytest.mark.req("I02", where="/projects/")
@pytest.mark.req("I03", where="/projects/")
def test_a_report_becomes_a_shed_that_everybody_can_check(street: Street, world: World) -> None:
    fund = open_fund(world)
    number = street.report(street.page_of("resident", 390), "电动车在楼道充电，晚上闻到焦味。")
    topic, resolution = talked_about(world)
    office, second = Office(street, "secretary"), Office(street, "supervisor")
    proposed(street, office, number)
    prepared(office, topic, resolution)
    built(street, world, office, second)
    settled(street, world, office, second, fund)
    item = published(world, office)
    visitor = street.page_of("visitor", 390)
    visitor.goto(f"{street.url}/works/P00001")
    said = visitor.locator("main").inner_text()
    for words in ("1 次反映", "5栋要有充电的地方", "建充电车棚", "P00001", "10,000.00 元", "5 人验收，5 人满意", item):
        assert words in said, words
    assert number not in said and "动工前的照片" in visitor.content() and "柱子立好了" in said
    sound(visitor)
    visitor.goto(f"{street.url}/c/PC-1/")
    visitor.get_by_role("link", name="这里的项目").click()
    assert TITLE in visitor.locator("main").inner_text()
    sound(visitor)
