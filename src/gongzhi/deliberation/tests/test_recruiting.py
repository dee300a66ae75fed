"""网格员招聘 on its pages to the end: three ways in, who is planned, who confirms, how many; then counted."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.deliberation.models import Resolution
from gongzhi.deliberation.tests.courses import DAY, load_procedures
from gongzhi.deliberation.tests.test_posts import seat
from gongzhi.deliberation.tests.test_walks import walks_of
from gongzhi.deliberation.tests.walking import Walker
from gongzhi.people.models import Mandate, Post
from tests import cast
from tests.cast import World, phone_of
from tests.support.pages import client_of


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures(("grid_recruitment",))
    return world


def recruited(world: World, patch: pytest.MonkeyPatch) -> tuple[Resolution, Post]:
    """Two are to be engaged of eight who came by three ways (2 nominated, 3 recommended, 3 by themselves)."""
    post = seat(world, "grid_member", "网格员", "new-grid-member")
    Post.objects.filter(pk=post.pk).update(seats=2)
    walk = walks_of("grid_recruitment")[0]
    walker = Walker(world, patch)
    walker.open(walk, world.units["committee-1"])
    walker.to_the_end(walk)
    after = walker.now + DAY
    patch.setattr(clock, "now", lambda: after)
    return Resolution.objects.get(course=walker.row), post


@pytest.mark.req("C04", where="/resolutions/{number}/posts")
def test_who_was_recruited_is_planned_by_one_hand_and_confirmed_by_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, post = recruited(world, monkeypatch)
    office, watcher, page = client_of(world, "secretary"), client_of(world, "supervisor"), f"/resolutions/{made.number}"
    course = office.get(f"/deliberations/{made.course.number}").content.decode()
    assert all(way in course for way in ("社区提名人数", "居民推选人数", "自荐人数"))
    said = {"contact": phone_of("resident"), "post": f"post:{post.pk}", "until": "2029-12-31"}
    assert "写上这一位" in office.get(page).content.decode()
    for who in ("resident", "grid_member", "auditor", "supervisor"):
        assert client_of(world, who).post(f"{page}/posts", said).status_code in (403, 404), who
    refused(office, page, {**said, "contact": "12"}, "")
    refused(office, page, {**said, "contact": "13912345678"}, "请写上姓名")
    refused(office, page, {**said, "post": ""}, "")
    refused(office, page, {**said, "post": f"post:{world.posts['supervisor'].pk}"}, "")
    refused(office, page, {**said, "until": "2020-01-01"}, "任期要晚于决定那天")
    assert office.post(f"{page}/posts", said).status_code == 302
    refused(office, page, said, "已经写上了")
    short = watcher.post(f"{page}/posts/confirm")
    assert short.status_code == 422 and "决议里是 2 人，现在写了 1 人" in short.content.decode()
    assert not Mandate.objects.filter(post=post).exists()
    second = {**said, "contact": "13912345678", "name": "演示新人"}
    assert office.post(f"{page}/posts", second).status_code == 302
    refused(office, page, {**said, "contact": "13912345679", "name": "演示多人"}, "一个也不能多")
    assert office.post(f"{page}/posts/confirm").status_code == 403
    assert watcher.post(f"{page}/posts/confirm").status_code == 302
    begun = Mandate.objects.filter(post=post)
    assert {(one.valid_from, one.valid_to) for one in begun} == {(made.decided_on, dt.date(2029, 12, 31))}
    assert {one.person for one in begun} > {world.people["resident"]} and begun.count() == 2
    assert watcher.post(f"{page}/posts/confirm").status_code == 409
    assert "演示新人" not in office.get(page).content.decode()


@pytest.mark.req("G13", where="/people/reports/changes")
def test_they_are_counted_as_recruits_without_a_word_in_the_decision(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, post = recruited(world, monkeypatch)
    office, page = client_of(world, "secretary"), f"/resolutions/{made.number}"
    for n in range(2):
        said = {"contact": f"1391234567{n}", "name": f"演示新人{n}", "post": f"post:{post.pk}"}
        assert office.post(f"{page}/posts", said).status_code == 302
    assert client_of(world, "supervisor").post(f"{page}/posts/confirm").status_code == 302
    assert {(one.decision, one.entry) for one in Mandate.objects.filter(post=post)} == {
        (f"决议 {made.number}", "recruited")
    }
    shown = (
        client_of(world, "auditor")
        .get(f"/people/reports/changes?from={made.decided_on}&to={made.decided_on}")
        .content.decode()
    )
    assert f"决议 {made.number}" in shown and shown.count("<dd>2</dd>") == 2, "two begun, two of them recruited"


def refused(office: Client, page: str, said: dict[str, str], words: str) -> None:
    answer = office.post(f"{page}/posts", said)
    assert answer.status_code == 422 and words in answer.content.decode(), (said, answer.status_code)
