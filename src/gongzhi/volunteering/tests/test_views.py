"""The pages, over HTTP: from calling an activity to a certificate that its page verifies."""

import datetime as dt
import io
import zipfile

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.volunteering import actions, queries
from gongzhi.volunteering.models import Activity, Certificate, ServiceRecord, SignUp
from tests.cast import World
from tests.support.pages import client_of, text_of, words


def call(world: World, **more: object) -> Activity:
    """Begins in some minutes: its start code works now."""
    starts = (clock.now() + dt.timedelta(minutes=5)).astimezone(clock.CHINA)
    given = {
        "kind": "volunteering", "body": world.units["committee-1"].pk, "title": "扫楼道", "minutes": "120",
        "starts_at": f"{starts:%Y-%m-%dT%H:%M}", "where": "小广场", "capacity": "5", **more,
    }  # fmt: skip
    answer = client_of(world, "secretary").post("/volunteering/desk/new", given)
    assert answer.status_code == 302, text_of(answer)
    return Activity.objects.latest("pk")


def later(activity: Activity, hours: int) -> dt.datetime:
    return activity.gathering.starts_at + dt.timedelta(hours=hours)


def serve(world: World, activity: Activity) -> ServiceRecord:
    resident, number = world.actor("resident", clock.now()), activity.gathering.number
    for what, at in (("start", later(activity, 0)), ("end", later(activity, 2))):
        actions.use_code(by=resident, at=at, number=number, code=queries.code_of(activity, what))
    return actions.confirm(by=world.actor("secretary", clock.now()), at=later(activity, 3), number=number)[0]


@pytest.mark.req("J05", where="/volunteering/")
def test_a_resident_registers_signs_up_checks_in_and_leaves(world: World) -> None:
    activity, page = call(world), client_of(world, "resident")
    address = f"/volunteering/activities/{activity.gathering.number}"
    assert "扫楼道" in text_of(page.get("/volunteering/"))
    assert page.post("/volunteering/me/register", {"age": "minor"}).status_code == 422
    assert page.post(f"{address}/sign-up").status_code == 422
    page.post("/volunteering/me/register", {"age": "adult"})
    page.post(f"{address}/sign-up")
    assert "到了，签到" in text_of(page.get(address))
    assert page.post(f"{address}/code", {"code": "no"}).status_code == 422
    page.post(f"{address}/code", {"code": queries.code_of(activity, "start")})
    assert SignUp.objects.get().came_at is not None
    assert "要走了，签退" in text_of(page.get(address))
    page.post("/volunteering/me/leave")
    assert "登记成志愿者" in text_of(page.get("/volunteering/"))


def test_who_signs_up_sees_the_insurance(world: World) -> None:
    refused = client_of(world, "secretary").post("/volunteering/desk/new", {
        "kind": "volunteering", "body": world.units["committee-1"].pk, "title": "修屋顶", "minutes": "120",
        "starts_at": "2030-01-01T09:00", "where": "3栋", "capacity": "5", "risky": "on",
    })  # fmt: skip
    assert refused.status_code == 422 and "先给志愿者买意外伤害保险" in text_of(refused)
    activity = call(world, risky="on", insurance="演示保险，年底前有效")
    page = text_of(client_of(world, "resident").get(f"/volunteering/activities/{activity.gathering.number}"))
    assert "演示保险，年底前有效" in page


def test_the_day_is_for_who_runs_it(world: World) -> None:
    activity = call(world)
    address = f"/volunteering/desk/{activity.gathering.number}"
    shown = text_of(client_of(world, "secretary").get(address))
    assert all(queries.code_of(activity, what) in shown for what in ("start", "end", "helped"))
    assert client_of(world, "resident").get(address).status_code == 403
    assert client_of(world, "resident").get("/volunteering/desk/new").status_code == 403


@pytest.mark.req("J08", where="/volunteering/")
def test_a_fair_has_booths(world: World) -> None:
    activity, page = call(world, kind="fair", services=["clinic", "repair"]), client_of(world, "resident")
    address = f"/volunteering/activities/{activity.gathering.number}"
    page.post("/volunteering/me/register", {"age": "adult"})
    shown = text_of(page.get(address))
    assert "义诊" in shown and "修家电" in shown and "义剪" not in shown
    page.post(f"{address}/sign-up", {"service": "repair"})
    assert SignUp.objects.get().service == "repair"
    assert "修家电" in text_of(client_of(world, "secretary").get(f"/volunteering/desk/{activity.gathering.number}"))


@pytest.mark.req("J10", where="/volunteering/desk")
def test_a_day_of_residents_comes_again_every_month(world: World) -> None:
    activity = call(world, kind="residents_day", every="month")
    series = activity.gathering.series
    assert series is not None and series.every == "month"


@pytest.mark.req("J11", where="/volunteering/")
def test_a_team_wears_its_badge(world: World) -> None:
    given = {"body": world.units["committee-1"].pk, "badge": "red_armband"}
    answer = client_of(world, "secretary").post("/volunteering/desk/team", given)
    assert client_of(world, "resident").post("/volunteering/desk/team", given).status_code == 403
    page = client_of(world, "resident")
    assert "红袖标·平安守护" in text_of(page.get(answer.url))
    page.post("/volunteering/me/register", {"age": "adult"})
    page.post(f"{answer.url}/join")
    assert "退出这支队伍" in text_of(page.get(answer.url))


def test_a_certificate_is_verified_by_its_page(world: World) -> None:
    activity, page, office = call(world), client_of(world, "resident"), client_of(world, "secretary")
    page.post("/volunteering/me/register", {"age": "adult"})
    page.post(f"/volunteering/activities/{activity.gathering.number}/sign-up")
    made = serve(world, activity)
    shown = text_of(page.get("/my/volunteering/"))
    assert "2 小时" in shown and "签到签退" in shown
    day = clock.local_date(made.starts_at).isoformat()
    page.post("/my/volunteering/certificates", {"host": made.host_id, "first": day, "last": day})
    row = Certificate.objects.get()
    paper = page.get(f"/my/volunteering/certificates/{row.code}.docx")
    text = zipfile.ZipFile(io.BytesIO(paper.content)).read("word/document.xml").decode()
    assert row.code in text and "演示resident" in text and "2 小时" in text
    assert page.get(f"/my/volunteering/certificates/{row.code}.pdf").content.startswith(b"%PDF")
    assert client_of(world, "neighbour").get(f"/my/volunteering/certificates/{row.code}.pdf").status_code == 404
    anybody, address = Client(), f"/volunteering/verify/{row.code}"
    found = words(anybody.get(address))
    assert "有效" in found and "120" in found and "演示resident" not in found
    unknown = anybody.get("/volunteering/verify/ZY-1")
    assert unknown.status_code == 404 and "没有出过" in words(unknown)
    assert page.post(f"{address}/revoke").status_code == 403
    office.post(f"{address}/revoke")
    assert "作废" in words(anybody.get(address))


def test_what_is_entered_afterwards_waits_for_a_second_person(world: World) -> None:
    activity, page, office = call(world), client_of(world, "resident"), client_of(world, "secretary")
    page.post("/volunteering/me/register", {"age": "adult"})
    page.post(f"/volunteering/activities/{activity.gathering.number}/sign-up")
    now = clock.now().astimezone(clock.CHINA)
    given = {"starts_at": f"{now - dt.timedelta(hours=2):%Y-%m-%dT%H:%M}", "ends_at": f"{now:%Y-%m-%dT%H:%M}"}
    address = f"/volunteering/desk/signups/{SignUp.objects.get().pk}/back"
    assert office.post(address, given).status_code == 422
    office.post(address, {**given, "reason": "手机没电了"})
    other = client_of(world, "supervisor")
    assert "手机没电了" in text_of(other.get("/volunteering/desk"))
    entry = SignUp.objects.get().back_entries.get()
    assert office.post(f"/volunteering/desk/back/{entry.pk}", {"answer": "yes"}).status_code == 403
    other.post(f"/volunteering/desk/back/{entry.pk}", {"answer": "yes"})
    assert ServiceRecord.objects.get().how == "staff"
    assert "补录" in text_of(page.get("/my/volunteering/"))


@pytest.mark.req("J15", where="/volunteering/desk")
def test_what_was_done_is_counted_by_kind_and_few_are_kept_back(world: World) -> None:
    activity, page = call(world, kind="fair"), client_of(world, "resident")
    page.post("/volunteering/me/register", {"age": "adult"})
    page.post(f"/volunteering/activities/{activity.gathering.number}/sign-up")
    serve(world, activity)
    shown = text_of(client_of(world, "secretary").get("/volunteering/desk"))
    assert "便民服务 1 1 少于 5 不显示" in shown
    assert "做了多少" not in text_of(page.get("/volunteering/desk"))
